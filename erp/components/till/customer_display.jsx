// What the customer sees: the till tells it over a channel of the browser, so that no server is asked.
import { useEffect, useRef, useState } from "react";

const ASK_MS = 4000;
const SILENT_MS = 10000;
const LISTENS_MS = 120000; // a window that is covered asks once a minute
const channelOf = (register) => new BroadcastChannel(`vantage.display.${register}`);
const SHOWN = ["lines", "chosen", "totals", "units", "receipt", "points"]; // what stays the same stays the same object
const hasNews = (receipt) => Boolean(receipt?.number);

function billOf({ lines, chosen, totals, units, paying, receipt, points }) {
  return {
    lines: lines.map(({ uid, label, quantity, unit, price, discount, total, free, saving }) => ({ uid, label, quantity, unit, price, discount, total, free, saving })),
    chosen, units, points,
    sums: { total: totals.total, label: totals.label, discount: totals.discount, coupon: totals.coupon, back: totals.back, saving: totals.saving },
    paying,
    done: hasNews(receipt) ? { what: receipt.what, big: receipt.big, total: receipt.total, points: receipt.points } : null,
  };
}

export function DisplayFeed({ register, ...facts }) {
  const [paying, setPaying] = useState(null);
  const channel = useRef(null);
  const heard = useRef(0); // when a display asked last: nothing is told to nobody
  const latest = useRef(null);
  latest.current = { ...facts, paying };
  useEffect(() => {
    const changed = (event) => setPaying(event.detail);
    window.addEventListener("till:paying", changed);
    return () => window.removeEventListener("till:paying", changed);
  }, []);
  useEffect(() => {
    if (!register) return;
    const opened = channelOf(register);
    channel.current = opened;
    const answer = () => { heard.current = Date.now(); opened.postMessage({ bill: billOf(latest.current) }); };
    opened.onmessage = ({ data }) => data?.hello && answer();
    opened.postMessage({ bill: billOf(latest.current) }); // a display may have been there before
    return () => { opened.postMessage({ bill: null }); opened.close(); channel.current = null; };
  }, [register]);
  useEffect(() => {
    if (Date.now() - heard.current < LISTENS_MS) channel.current?.postMessage({ bill: billOf(latest.current) });
  }, [register, paying, ...SHOWN.map((name) => facts[name])]);
  return null;
}

function useBill() {
  const [bill, setBill] = useState(null);
  useEffect(() => {
    const channel = channelOf(new URLSearchParams(window.location.search).get("till") ?? "");
    let heard = Date.now();
    channel.onmessage = ({ data }) => { if (data && "bill" in data) { heard = Date.now(); setBill(data.bill); } };
    const ask = () => { channel.postMessage({ hello: true }); if (Date.now() - heard > SILENT_MS) setBill(null); };
    ask();
    const timer = setInterval(ask, ASK_MS);
    return () => { clearInterval(timer); channel.close(); };
  }, []);
  return bill;
}

export function CustomerDisplay({ shop, branch }) {
  const bill = useBill();
  if (bill?.done) return <Thanks done={bill.done} shop={shop} />;
  if (!bill || (!bill.lines.length && !bill.sums.back)) return <Idle shop={shop} branch={branch} />;
  return (
    <main className="display" data-paying={bill.paying ? "true" : undefined}>
      <Lines bill={bill} />
      <aside className="display-side">
        {bill.paying?.svg ? <Scan paying={bill.paying} /> : <Sums bill={bill} shop={shop} />}
      </aside>
    </main>
  );
}

function Lines({ bill }) {
  useEffect(() => { document.querySelector('.display-lines [data-chosen="true"]')?.scrollIntoView({ block: "nearest" }); }, [bill]);
  return (
    <ol className="display-lines" aria-label="Your bill">
      {bill.lines.map((line) => (
        <li key={line.uid} data-chosen={line.uid === bill.chosen}>
          <span className="display-name">{line.label}</span>
          <b>{line.total}</b>
          <span className="display-how">
            {line.quantity}{line.unit ? ` ${line.unit}` : ""} × {line.price}
            {line.discount && <i>{line.discount}% off</i>}
            {line.free && <i>{line.free}</i>}
            {line.saving && <i>You save {line.saving}</i>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Sums({ bill, shop }) {
  const { sums, paying } = bill;
  const rows = [["Discount", sums.discount], ["Coupon", sums.coupon], ["Goods back", sums.back]].filter(([, amount]) => amount);
  return (
    <>
      <p className="display-shop">{shop}</p>
      <dl>{rows.map(([name, amount]) => <div key={name}><dt>{name}</dt><dd>{amount}</dd></div>)}</dl>
      {sums.saving && <p className="display-saving">You save <b>{sums.saving}</b> against MRP</p>}
      {bill.points && <p className="display-points">{bill.points}</p>}
      {paying?.given && <dl><div><dt>{paying.name}</dt><dd>{paying.given}</dd></div></dl>}
      <div className="display-due">
        <span>{paying?.change ? "Change" : paying?.left ? "Still to pay" : sums.label === "Total" ? "To pay" : sums.label}</span>
        <b>{paying?.change || paying?.left || sums.total}</b>
        <small>{bill.units}</small>
      </div>
    </>
  );
}

function Scan({ paying }) {
  return (
    <div className="display-scan">
      <p>Scan to pay with any UPI app</p>
      <img alt={`UPI code for ${paying.given}`} src={`data:image/svg+xml;utf8,${encodeURIComponent(paying.svg)}`} />
      <b>{paying.given}</b>
    </div>
  );
}

function Thanks({ done, shop }) {
  return (
    <main className="display-calm" role="status">
      <p className="display-big"><span>{done.what}</span><b>{done.big}</b></p>
      <h1>Thank you</h1>
      <p>{done.points ? `${done.points}. ` : ""}{shop} wishes you good health.</p>
    </main>
  );
}

function Idle({ shop, branch }) {
  const [isWhole, setWhole] = useState(true);
  useEffect(() => {
    const look = () => setWhole(Boolean(document.fullscreenElement));
    look();
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  return (
    <main className="display-calm">
      <h1>{shop}</h1>
      {branch && branch !== shop && <p>{branch}</p>}
      <p>Welcome. We are glad to help you.</p>
      {!isWhole && <button type="button" onClick={() => document.documentElement.requestFullscreen?.()}>Fill the screen</button>}
    </main>
  );
}
