// The till without its server: search, scan, cart, payment and receipt on the device alone.
import { useEffect, useMemo, useRef, useState } from "react";
import { ScannerWedge } from "../../browser_parts/wedge.jsx";
import { adding, billOf, changing, discountProblem, hindrance, isBillOf, joined, nextUnit, priced, readOff, removing, soldAt, takenBy } from "./offline_cart.js";
import { BillDialog, BillsDialog, HandInDialog, PayDialog } from "./offline_dialogs.jsx";
import { Shelf } from "./offline_goods.js";
import { OfflineBill } from "./offline_lines.jsx";
import { Paper } from "./offline_receipt.jsx";
import { drain, handIn, isAway, readyPerson, refresh, rest, signedIn, unsentOf } from "./offline_sending.js";
import { Refusal, Store } from "./offline_store.js";
import { OfflineFinder } from "./offline_finder.jsx";
import { Foreign } from "./offline_foreign.jsx";
import { TillKeys } from "./till_keys.jsx";

const EVERY_MS = 4000;
const WORDS = /^[a-z ]+$/i; // typed as fast as a scanner types
const BAD_PERCENT = "A discount is between 0 and 100 percent, with two decimals at most.";
const BAD_AMOUNT = "A discount is an amount such as 25.50.";
const NOBODY = { isThere: false, problem: "" };

// Lease, shelf and bills of one person; the shelf is built anew once the goods are others.
function useKept(store) {
  const [kept, setKept] = useState(null);
  const shelf = useRef({ of: "", built: null });
  const read = async () => {
    const { lease, asOf, bills } = await store.standing();
    const of = `${store.name} ${lease?.lease_id} ${asOf}`;
    if (shelf.current.of !== of) shelf.current = { of, built: new Shelf(asOf ? await store.goods() : []) };
    setKept({ lease, asOf, bills, shelf: shelf.current.built });
  };
  useEffect(() => { read(); }, [store]);
  return [kept, read];
}

// Sends what is unsent on load, when the browser is online again, on a timer, and when asked; tells who is signed in.
function useServer(store, read, onPerson) {
  const [server, setServer] = useState(NOBODY);
  const act = useRef(null);
  act.current = async () => {
    let person = "";
    try {
      person = await signedIn();
    } catch (error) {
      if (error.status !== 401) return setServer(NOBODY);
      const left = unsentOf(await store.bills()).length;
      return setServer({ isThere: true, isOut: true, problem: left ? "Sign in, so that the bills can be sent. Whoever sells at this branch may." : "" });
    }
    if (person !== store.person) return setServer({ isThere: true, person: onPerson(person), problem: "" });
    const { sent, error } = await drain(store);
    if ((await store.fact("lease"))?.is_leaving) await handIn(store);
    if (sent) await refresh(store).catch(() => {}); // the goods are as they were until the next time
    await read();
    return setServer({ isThere: !error || !isAway(error), person, problem: error && !isAway(error) ? error.message : "" });
  };
  const safely = () => act.current().catch((error) => setServer(isAway(error) ? NOBODY : { isThere: true, person: store.person, problem: error.message }));
  useEffect(() => {
    let isBusy = false;
    const go = async () => { if (isBusy) return; isBusy = true; await safely(); isBusy = false; };
    go();
    const timer = setInterval(go, EVERY_MS);
    window.addEventListener("online", go);
    return () => { clearInterval(timer); window.removeEventListener("online", go); };
  }, [store]);
  return [server, safely];
}

const fresh = (entries = [], off = "") => ({ sale_id: crypto.randomUUID(), entries, off });

// The bill at hand, under the id of the sale it will be.
function useCart(store) {
  const [cart, setCart] = useState(null);
  useEffect(() => { store.fact("cart").then((held) => setCart(held ?? fresh())); }, [store]);
  useEffect(() => { if (cart) store.keepFact("cart", cart); }, [cart]);
  return [cart ?? { sale_id: "", entries: [] }, setCart];
}

// Everything here belongs to one person at one branch; nobody else who is signed in sees it.
export function OfflineTerminal() {
  const [person, setPerson] = useState(readyPerson);
  const store = useMemo(() => new Store(person), [person]);
  return <Terminal key={person} store={store} onPerson={(signed) => { if (!readyPerson()) setPerson(signed); return signed; }} />;
}

function Terminal({ store, onPerson }) {
  const [kept, read] = useKept(store);
  const [server, sendNow] = useServer(store, read, onPerson);
  const [held, setHeld] = useCart(store);
  const cart = held.entries;
  const setCart = (entries) => setHeld({ ...held, entries });
  const [chosen, choose] = useState(0);
  const [open, setOpen] = useState(""); // which dialog
  const [sold, setSold] = useState(null);
  const [paper, setPaper] = useState(null);
  const [note, setNote] = useState("");
  const taken = useMemo(() => (kept ? takenBy(kept.bills, kept.asOf) : new Map()), [kept]);
  const bill = useMemo(() => (kept?.shelf && kept.lease ? priced(held, kept.shelf, taken, kept.lease) : null), [held, kept, taken]);
  const mayTakeOff = Number(kept?.lease?.discount_limit ?? 0) > 0;
  const stop = kept ? hindrance(kept.lease, new Date().toISOString()) || (bill?.isTooLong ? "A bill holds no more than 200 lots of goods. Pay for some of them first." : "") : "";
  const add = (row) => {
    const next = adding(cart, row);
    setNote("");
    setCart(next);
    choose(joined(next, row).uid);
  };
  const scan = (code) => {
    if (open) return;
    const row = kept?.shelf.scanned(code) ?? (WORDS.test(code) ? kept?.shelf.search(code)[0] : null);
    if (row) add(row); else setNote(`${code} is not on this till's shelf, by what the server last said.`);
  };
  const pay = () => bill?.isSellable && !stop && setOpen("pay");
  const complete = async (tenders) => {
    const { lease: lent, asOf } = kept, { sale_id: saleId } = held, next = fresh();
    const isHere = (each) => each.sale_id === saleId; // a late answer leaves the next customer's cart alone
    const make = (lease) => {
      const now = new Date().toISOString(), problem = hindrance(lease, now) || discountProblem(bill.sums, lease, bill.parts);
      if (problem) throw new Refusal("hindered", problem);
      return billOf({ lease, place: lease.next_number, asOf, saleId, now: soldAt(lease, now), priced: bill, tenders });
    };
    try {
      const made = await store.keepNewBill({ saleId, nextId: next.sale_id, leaseId: lent.lease_id, asOf, isSame: (each) => isBillOf(each, bill, tenders), make });
      setSold(made);
      setOpen("sold");
      setHeld((each) => (isHere(each) ? next : each));
    } catch (error) {
      if (error.code === "made_before") setHeld((each) => (isHere(each) ? fresh(each.entries, each.off) : each));
      await read();
      throw error;
    }
    await read();
    sendNow();
  };
  const step = (uid, by) => setCart(cart.map((entry) => (entry.uid === uid ? { ...entry, units: Math.max(1, entry.units + by) } : entry)));
  const change = (uid, given) => { setNote(""); setCart(changing(cart, uid, given)); };
  const takeOff = (uid, text) => {
    const off = readOff(text, 100);
    if (off === null) setNote(BAD_PERCENT); else change(uid, { off });
  };
  const takeOffBill = (text) => {
    const off = readOff(text);
    setNote(off === null ? BAD_AMOUNT : "");
    if (off !== null) setHeld({ ...held, off });
  };
  const key = (name) => {
    const at = cart.findIndex((entry) => entry.uid === chosen);
    if (name === "unit" && at >= 0) change(chosen, { unit: nextUnit(cart[at], kept.shelf.byId.get(cart[at].id)) });
    if (name === "more") step(chosen, 1);
    if (name === "less") step(chosen, -1);
    if (name === "remove" && at >= 0) { setCart(removing(cart, chosen)); choose(cart[at + 1]?.uid ?? cart[at - 1]?.uid ?? 0); }
    if (name === "up" || name === "down") choose(cart[Math.max(0, Math.min(cart.length - 1, at + (name === "up" ? -1 : 1)))]?.uid ?? 0);
  };
  const print = (made, isReprint) => { setPaper({ ...made, isReprint }); setTimeout(() => window.print(), 50); };
  if (server.person && server.person !== store.person) return <Foreign store={store} person={server.person} kept={kept} />;
  if (!kept) return <div className="offline-wait" aria-busy="true"><span className="bone" /></div>;
  const unsent = unsentOf(kept.bills).length, waiting = kept.bills.filter((made) => made.status === "waiting").length;
  return (
    <>
      <div className="offline-till">
        <h1 className="sr-only">Offline till</h1>
        <Bar lease={kept.lease} server={server} unsent={unsent} waiting={waiting} onBills={() => setOpen("bills")} onHandIn={() => setOpen("hand-in")} />
        <div className="till">
          <section className="till-left" aria-label="Products">
            <OfflineFinder shelf={kept.shelf} taken={taken} onAdd={add} note={stop || note} isLasting={kept.lease?.is_lasting} />
          </section>
          <OfflineBill bill={bill} chosen={chosen} mayTakeOff={mayTakeOff} onChoose={choose} onStep={step} onChange={change} onDiscount={takeOff} onOff={takeOffBill} onRemove={(uid) => setCart(removing(cart, uid))} onPay={pay} stop={stop} />
        </div>
        <ScannerWedge onScan={scan} />
        <TillKeys chosen={String(chosen)} total={String(bill?.sums.value ?? 0)} onKey={key} onPay={pay} />
      </div>
      {open === "pay" && bill && <PayDialog bill={bill} lease={kept.lease} sale={held.sale_id} onComplete={complete} onClose={() => setOpen("")} />}
      {open === "sold" && <BillDialog made={sold} onPrint={() => print(sold, false)} onClose={() => setOpen("")} />}
      {open === "bills" && <BillsDialog bills={kept.bills} server={server} onSend={sendNow} onPrint={(made) => print(made, true)} onClose={() => setOpen("")} />}
      {open === "hand-in" && <HandInDialog unsent={unsent} onHandIn={() => { rest(kept.lease.shift_id); return handIn(store); }} onDone={() => window.location.assign("/till")} onClose={() => setOpen("")} />}
      <Paper bill={paper} />
    </>
  );
}

const billsText = (count) => `${count} ${count === 1 ? "bill" : "bills"} to send`;

function Bar({ lease, server, unsent, waiting, onBills, onHandIn }) {
  const where = server.isThere ? (server.isOut ? "Signed out" : "The server is back") : "No connection";
  return (
    <header className="offline-bar">
      <div className="offline-where"><b>{lease?.register_name ?? "Offline till"}</b><span>{lease?.cashier}</span></div>
      <p className="offline-state" role="status" data-there={server.isThere || undefined}>{server.problem || `${where}. Bills are kept on this device${server.isThere ? " and sent" : ""}.`}</p>
      <button type="button" className="button button-outline button-touch" id="unsent" data-count={unsent} data-waiting={waiting || undefined} onClick={onBills}>{unsent ? billsText(unsent) : "Bills"}</button>
      {server.isThere && !server.isOut && <a className="button button-outline button-touch" href="/till">Go to the till</a>}
      {server.isThere && server.isOut && <a className="button button-solid button-touch" href="/sign-in?next=%2Ftill%2Foffline%2F">Sign in</a>}
      {server.isThere && !server.isOut && lease && <button type="button" className="button button-ghost button-touch" onClick={onHandIn}>Hand in</button>}
    </header>
  );
}
