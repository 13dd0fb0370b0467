// The till without its server: search, scan, cart, payment and receipt on the device alone.
import { useEffect, useMemo, useRef, useState } from "react";
import { ScannerWedge } from "../../browser_parts/wedge.jsx";
import { adding, billOf, changing, hindrance, priced, removing, takenBy } from "./offline_cart.js";
import { BillDialog, BillsDialog, HandInDialog, PayDialog } from "./offline_dialogs.jsx";
import { Shelf } from "./offline_goods.js";
import { OfflineBill } from "./offline_lines.jsx";
import { Paper } from "./offline_receipt.jsx";
import { drain, isAway, noteUnsent, refresh, unsentOf } from "./offline_sending.js";
import { allBills, allGoods, fact, keepFact, keepNewBill } from "./offline_store.js";
import { OfflineFinder } from "./offline_finder.jsx";
import { TillKeys } from "./till_keys.jsx";

const EVERY_MS = 4000;
const WORDS = /^[a-z ]+$/i; // typed as fast as a scanner types

function useKept() {
  const [kept, setKept] = useState(null);
  const read = async () => {
    const [lease, asOf, goods, bills] = await Promise.all([fact("lease"), fact("asOf"), allGoods(), allBills()]);
    setKept((held) => ({ lease, asOf, bills, shelf: held?.asOf === asOf && held.shelf ? held.shelf : new Shelf(goods) }));
  };
  const readBills = async () => {
    const [lease, bills] = await Promise.all([fact("lease"), allBills()]);
    setKept((held) => held && { ...held, lease, bills });
  };
  useEffect(() => { read(); }, []);
  return [kept, read, readBills];
}

// Sends what is unsent on load, when the browser is online again, on a timer, and when asked.
function useServer(read, readBills) {
  const [server, setServer] = useState({ isThere: false, problem: "" });
  const act = useRef(null);
  act.current = async () => {
    const there = await fetch("/auth/session", { cache: "no-store" }).then((answer) => ({ isThere: answer.status < 500, isOut: answer.status === 401 }), () => ({ isThere: false }));
    if (!there.isThere) return setServer({ isThere: false, problem: "" });
    if (there.isOut) return setServer({ isThere: true, isOut: true, problem: (await noteUnsent()) ? "Sign in, so that the bills can be sent." : "" });
    const { sent, error } = await drain();
    if (sent) { await refresh().catch(() => {}); await read(); } else await readBills();
    return setServer({ isThere: !error || !isAway(error), problem: error && !isAway(error) ? error.message : "" });
  };
  useEffect(() => {
    let isBusy = false;
    const go = async () => { if (isBusy) return; isBusy = true; try { await act.current(); } finally { isBusy = false; } };
    go();
    const timer = setInterval(go, EVERY_MS);
    window.addEventListener("online", go);
    return () => { clearInterval(timer); window.removeEventListener("online", go); };
  }, []);
  return [server, () => act.current()];
}

function useCart() {
  const [cart, setCart] = useState(null);
  useEffect(() => { fact("cart").then((held) => setCart(held ?? [])); }, []);
  useEffect(() => { if (cart) keepFact("cart", cart); }, [cart]);
  return [cart ?? [], setCart];
}

export function OfflineTerminal() {
  const [kept, read, readBills] = useKept();
  const [server, sendNow] = useServer(read, readBills);
  const [cart, setCart] = useCart();
  const [chosen, choose] = useState(0);
  const [open, setOpen] = useState(""); // which dialog
  const [sold, setSold] = useState(null);
  const [paper, setPaper] = useState(null);
  const [note, setNote] = useState("");
  const taken = useMemo(() => (kept ? takenBy(kept.bills, kept.asOf) : new Map()), [kept]);
  const bill = useMemo(() => (kept?.shelf && kept.lease ? priced(cart, kept.shelf, taken, kept.lease.bears_tax) : null), [cart, kept, taken]);
  const saleId = useRef(crypto.randomUUID());
  const stop = kept ? hindrance(kept.lease, new Date().toISOString()) : "";
  const add = (row) => {
    const next = adding(cart, row);
    setNote("");
    setCart(next);
    choose(next.find((entry) => entry.id === row.id && !entry.lot).uid);
  };
  const scan = (code) => {
    if (open) return;
    const row = kept?.shelf.scanned(code) ?? (WORDS.test(code) ? kept?.shelf.search(code)[0] : null);
    if (row) add(row); else setNote(`${code} is not on this till's shelf, by what the server last said.`);
  };
  const pay = () => bill?.isSellable && !stop && setOpen("pay");
  const complete = async (tenders) => {
    const now = new Date().toISOString();
    const { bill: made } = await keepNewBill((lease, place) => billOf({ lease, place, asOf: kept.asOf, saleId: saleId.current, now, priced: bill, tenders }));
    saleId.current = crypto.randomUUID();
    setSold(made);
    setCart([]);
    setOpen("sold");
    await noteUnsent();
    await readBills();
    sendNow();
  };
  const step = (uid, by) => setCart(cart.map((entry) => (entry.uid === uid ? { ...entry, units: Math.max(1, entry.units + by) } : entry)));
  const key = (name) => {
    const at = cart.findIndex((entry) => entry.uid === chosen);
    if (name === "more") step(chosen, 1);
    if (name === "less") step(chosen, -1);
    if (name === "remove" && at >= 0) { setCart(removing(cart, chosen)); choose(cart[at + 1]?.uid ?? cart[at - 1]?.uid ?? 0); }
    if (name === "up" || name === "down") choose(cart[Math.max(0, Math.min(cart.length - 1, at + (name === "up" ? -1 : 1)))]?.uid ?? 0);
  };
  const print = (made, isReprint) => { setPaper({ ...made, isReprint }); setTimeout(() => window.print(), 50); };
  if (!kept) return <div className="offline-wait" aria-busy="true"><span className="bone" /></div>;
  const unsent = unsentOf(kept.bills).length, waiting = kept.bills.filter((made) => made.status === "waiting").length;
  return (
    <>
      <div className="offline-till">
        <Bar lease={kept.lease} server={server} unsent={unsent} waiting={waiting} onBills={() => setOpen("bills")} onHandIn={() => setOpen("hand-in")} />
        <div className="till">
          <section className="till-left" aria-label="Products">
            <OfflineFinder shelf={kept.shelf} taken={taken} onAdd={add} note={stop || note} />
          </section>
          <OfflineBill bill={bill} chosen={chosen} onChoose={choose} onStep={step} onChange={(uid, change) => setCart(changing(cart, uid, change))} onRemove={(uid) => setCart(removing(cart, uid))} onPay={pay} stop={stop} />
        </div>
        <ScannerWedge onScan={scan} />
        <TillKeys chosen={String(chosen)} total={String(bill?.sums.value ?? 0)} onKey={key} onPay={pay} />
      </div>
      {open === "pay" && <PayDialog bill={bill} lease={kept.lease} sale={saleId.current} onComplete={complete} onClose={() => setOpen("")} />}
      {open === "sold" && <BillDialog made={sold} onPrint={() => print(sold, false)} onClose={() => setOpen("")} />}
      {open === "bills" && <BillsDialog bills={kept.bills} server={server} onSend={sendNow} onPrint={(made) => print(made, true)} onClose={() => setOpen("")} />}
      {open === "hand-in" && <HandInDialog unsent={unsent} onDone={() => window.location.assign("/till")} onClose={() => setOpen("")} />}
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
