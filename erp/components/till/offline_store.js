// What a device keeps for one person at one branch: the lease, the goods it may sell, the bills it made.
const PREFIX = "vantage.till.of.";
const STORES = ["facts", "goods", "bills"];
const opened = new Map();

// Nothing was written; `code` says why to programs, the message to people.
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const WHY = {
  unsent: "Bills that were made here are not sent yet.",
  other_lease: "Another window changed what this device was lent.",
  other_person: "Another person signed in meanwhile.",
  renewed: "Prices and stock of this device were renewed meanwhile. Look at the bill again.",
  made_before: "A bill was made of this cart before: look under Bills. Press again to make another one.",
};

export const refusal = (code) => new Refusal(code, WHY[code]);

function database(name) {
  if (!opened.has(name)) {
    opened.set(name, new Promise((done, failed) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("facts");
        asked.result.createObjectStore("goods", { keyPath: "id" });
        asked.result.createObjectStore("bills", { keyPath: "sale_id" });
      };
      asked.onsuccess = () => {
        asked.result.onclose = () => opened.delete(name);
        done(asked.result);
      };
      asked.onerror = () => { opened.delete(name); failed(asked.error); };
    }));
  }
  return opened.get(name);
}

const answerOf = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });

export class Store {
  // `person` is tenant, branch and user: nobody else's goods and bills are in it.
  constructor(person) {
    this.person = person;
    this.name = PREFIX + person;
  }

  // Runs one transaction: what `act` answers once all is on the disk, or nothing of it where `act` throws.
  async work(stores, mode, act) {
    const db = await database(this.name);
    const transaction = db.transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const ended = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error ?? new Error("The device keeps nothing."));
    });
    let why = null;
    const made = Promise.resolve(act((name) => transaction.objectStore(name))).catch((error) => {
      why = error;
      try { transaction.abort(); } catch { /* it has ended by itself */ }
    });
    await ended.catch((error) => { why ??= error; });
    if (why) throw why;
    return made;
  }

  fact(name) { return this.work(["facts"], "readonly", (of) => answerOf(of("facts").get(name))); }
  keepFact(name, value) { return this.work(["facts"], "readwrite", (of) => { of("facts").put(value, name); }); }

  // Lease, shelf and bills as they stand at one instant.
  standing() {
    return this.work(["facts", "bills"], "readonly", async (of) => {
      const [lease, shelf, bills] = await Promise.all([answerOf(of("facts").get("lease")), answerOf(of("facts").get("shelf")), answerOf(of("bills").getAll())]);
      return { lease, asOf: shelf?.as_of ?? null, bills: bills.sort((a, b) => a.place - b.place) };
    });
  }

  goods() { return this.work(["goods"], "readonly", (of) => answerOf(of("goods").getAll())); }
  async bills() { return (await this.standing()).bills; }

  // A lease that is another leaves nothing of the one before but bills that are still to be sent.
  keepLease(lease) {
    return this.work(STORES, "readwrite", async (of) => {
      if (!this.person.endsWith(`.${lease.user_id}`)) throw refusal("other_person");
      const held = await answerOf(of("facts").get("lease"));
      if (held?.lease_id === lease.lease_id) {
        of("facts").put({ ...held, ...lease, next_number: Math.max(held.next_number, lease.next_number) }, "lease");
        return;
      }
      of("goods").clear();
      of("facts").delete("shelf");
      for (const bill of await answerOf(of("bills").getAll())) if (bill.status !== "unsent") of("bills").delete(bill.sale_id);
      of("facts").put(lease, "lease");
    });
  }

  keepGoods({ leaseId, isWhole, rows, gone, asOf }) {
    return this.work(["goods", "facts"], "readwrite", async (of) => {
      const lease = await answerOf(of("facts").get("lease"));
      if (lease?.lease_id !== leaseId) throw refusal("other_lease");
      if (isWhole) of("goods").clear();
      for (const row of rows) of("goods").put(row);
      for (const id of gone) of("goods").delete(id);
      of("facts").put({ lease_id: leaseId, as_of: asOf }, "shelf");
    });
  }

  // Gives the next number, keeps the bill and empties the cart at once. A cart makes one bill: pressed again it is answered
  // with that bill, whichever window made it. `make` says what may not be sold by throwing.
  keepNewBill({ saleId, nextId, leaseId, asOf, isSame, make }) {
    return this.work(["facts", "bills"], "readwrite", async (of) => {
      const facts = of("facts");
      const [made, lease, shelf, cart] = await Promise.all([answerOf(of("bills").get(saleId)), ...["lease", "shelf", "cart"].map((name) => answerOf(facts.get(name)))]);
      if (made && !isSame(made)) throw refusal("made_before");
      if (made) return made;
      const bill = make(lease);
      if (lease.lease_id !== leaseId || shelf?.as_of !== asOf) throw refusal("renewed");
      facts.put({ ...lease, next_number: bill.place + 1, last_sold_at: bill.sold_at }, "lease");
      of("bills").add(bill);
      if (!cart || cart.sale_id === saleId) facts.put({ sale_id: nextId, entries: [] }, "cart");
      return bill;
    });
  }

  // What the server said of a bill; of one that is not kept any more it says nothing.
  keepAnswer(saleId, { status, reason }) {
    return this.work(["bills"], "readwrite", async (of) => {
      const bill = await answerOf(of("bills").get(saleId));
      if (bill) of("bills").put({ ...bill, status, reason });
    });
  }

  // A server that was set back asks for all of them; it knows again what it has.
  sendAgain(leaseId) {
    return this.work(["bills"], "readwrite", async (of) => {
      const bills = await answerOf(of("bills").getAll());
      for (const bill of bills.filter((each) => each.lease_id === leaseId)) of("bills").put({ ...bill, status: "unsent", reason: "" });
    });
  }

  // From here on nothing is sold under the lease, until the server said whether it ended.
  startLeaving() {
    return this.work(["facts", "bills"], "readwrite", async (of) => {
      const [lease, bills] = await Promise.all([answerOf(of("facts").get("lease")), answerOf(of("bills").getAll())]);
      if (bills.some((bill) => bill.status === "unsent")) throw refusal("unsent");
      if (lease) of("facts").put({ ...lease, is_leaving: true }, "lease");
      return lease;
    });
  }

  stay(leaseId) {
    return this.work(["facts"], "readwrite", async (of) => {
      const lease = await answerOf(of("facts").get("lease"));
      if (lease?.lease_id === leaseId) of("facts").put({ ...lease, is_leaving: false }, "lease");
    });
  }

  // Leaves nothing behind; refuses while a bill is unsent, or where the lease is not the one that ended.
  forget(leaseId = null) {
    return this.work(STORES, "readwrite", async (of) => {
      const [lease, bills] = await Promise.all([answerOf(of("facts").get("lease")), answerOf(of("bills").getAll())]);
      if (bills.some((bill) => bill.status === "unsent")) throw refusal("unsent");
      if (leaseId && lease && lease.lease_id !== leaseId) throw refusal("other_lease");
      for (const name of STORES) of(name).clear();
    });
  }

  // What else is kept on this browser and may be handed in by the same person: what others sold at the same branch, or they themselves elsewhere.
  async kept(mayHandIn) {
    const names = ((await indexedDB.databases?.()) ?? []).map(({ name }) => name);
    const people = names.filter((name) => name.startsWith(PREFIX) && name !== this.name).map((name) => name.slice(PREFIX.length));
    return people.filter((person) => mayHandIn(this.person, person)).map((person) => new Store(person));
  }
}

const partsOf = (person) => person.split(".");

export function isNeighbour(person, other) {
  const [tenant, branch] = partsOf(person), [otherTenant, otherBranch] = partsOf(other);
  return tenant === otherTenant && branch === otherBranch;
}

export function isSelf(person, other) {
  const [tenant, , user] = partsOf(person), [otherTenant, , otherUser] = partsOf(other);
  return tenant === otherTenant && user === otherUser;
}

export const isColleague = (person, other) => partsOf(person)[0] === partsOf(other)[0];
