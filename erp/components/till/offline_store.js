// What the device keeps: its lease, the goods it may sell, the bills it made. Nothing else of the server.
const NAME = "vantage.till";
let opened = null;

function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("facts");
      asked.result.createObjectStore("goods", { keyPath: "id" });
      asked.result.createObjectStore("bills", { keyPath: "sale_id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => { opened = null; failed(asked.error); };
  });
  return opened;
}

// Runs one transaction and answers what `act` asked for, once it is on the disk.
async function work(stores, mode, act) {
  const db = await database();
  return new Promise((done, failed) => {
    const transaction = db.transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const asked = act(transaction);
    transaction.oncomplete = () => done(asked instanceof IDBRequest ? asked.result : asked);
    transaction.onabort = transaction.onerror = () => failed(transaction.error ?? new Error("The device keeps nothing."));
  });
}

export const fact = (name) => work(["facts"], "readonly", (t) => t.objectStore("facts").get(name));
export const keepFact = (name, value) => work(["facts"], "readwrite", (t) => t.objectStore("facts").put(value, name));
export const allGoods = () => work(["goods"], "readonly", (t) => t.objectStore("goods").getAll());
export const keepBill = (bill) => work(["bills"], "readwrite", (t) => t.objectStore("bills").put(bill));

export async function allBills() {
  const bills = await work(["bills"], "readonly", (t) => t.objectStore("bills").getAll());
  return bills.sort((a, b) => a.place - b.place);
}

export function keepGoods({ isWhole, rows, gone, asOf }) {
  return work(["goods", "facts"], "readwrite", (t) => {
    const goods = t.objectStore("goods");
    if (isWhole) goods.clear();
    for (const row of rows) goods.put(row);
    for (const id of gone) goods.delete(id);
    t.objectStore("facts").put(asOf, "asOf");
  });
}

// Gives the next number, keeps the bill and empties the cart in one transaction: two tabs never give one number twice.
export function keepNewBill(make) {
  return work(["facts", "bills"], "readwrite", (t) => {
    const kept = {};
    const asked = t.objectStore("facts").get("lease");
    asked.onsuccess = () => {
      const lease = asked.result;
      if (!lease || lease.next_number > lease.last_number) return t.abort();
      kept.bill = make(lease, lease.next_number);
      t.objectStore("facts").put({ ...lease, next_number: lease.next_number + 1 }, "lease");
      t.objectStore("bills").put(kept.bill);
      t.objectStore("facts").put([], "cart");
    };
    return kept;
  });
}

export function keepLease(lease) {
  return work(["facts"], "readwrite", (t) => {
    const facts = t.objectStore("facts");
    const asked = facts.get("lease");
    asked.onsuccess = () => {
      const own = asked.result?.lease_id === lease.lease_id ? asked.result.next_number : 0;
      facts.put({ ...lease, next_number: Math.max(own, lease.next_number) }, "lease");
    };
  });
}

export function forgetAll() {
  return work(["facts", "goods", "bills"], "readwrite", (t) => {
    for (const store of ["facts", "goods", "bills"]) t.objectStore(store).clear();
  });
}
