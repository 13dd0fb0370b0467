// Search on the device: every key is answered from memory.
import { useEffect, useMemo, useRef, useState } from "react";
import { useSteadyFocus } from "./finder.jsx";
import { amount, month } from "./offline_words.js";

const LIST = "offline-found";
const hasMouse = () => window.matchMedia("(pointer: fine)").matches;

const leftOf = (row, taken) => row.lots.reduce((sum, lot) => sum + Math.max(0, lot.units - (taken.get(lot.id) ?? 0)), 0);

export function OfflineFinder({ shelf, taken, onAdd, note, isLasting }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef(null);
  const asked = text.trim();
  const found = useMemo(() => (asked ? shelf.search(asked) : []), [asked, shelf]);
  useEffect(() => { setAt(0); }, [asked]);
  useSteadyFocus(input);
  useEffect(() => { document.getElementById(`${LIST}-${at}`)?.scrollIntoView({ block: "nearest" }); }, [at]);
  const add = (row) => { setText(""); onAdd(row); if (hasMouse()) input.current?.focus(); };
  const key = (event) => {
    if (event.key === "ArrowDown" && asked) { event.preventDefault(); setAt((i) => Math.min(i + 1, found.length - 1)); }
    if (event.key === "ArrowUp" && asked) { event.preventDefault(); setAt((i) => Math.max(i - 1, 0)); }
    if (event.key === "Escape" && text) { event.preventDefault(); setText(""); }
    if (event.key === "Enter" && asked && !event.ctrlKey) {
      event.preventDefault();
      const row = shelf.scanned(asked) ?? found[at];
      if (row) add(row);
    }
  };
  return (
    <div className="finder">
      <div className="finder-box">
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true"><circle cx="11" cy="11" r="8" /><path d="m21 21-4.3-4.3" /></svg>
        <input ref={input} data-finder="" className="input" type="text" role="combobox" aria-expanded={Boolean(asked)} aria-controls={LIST} aria-autocomplete="list" aria-activedescendant={asked && found[at] ? `${LIST}-${at}` : undefined} aria-label="Search products, or scan" placeholder="Search or scan: ars alb 30" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={key} autoComplete="off" spellCheck={false} maxLength={200} />
        {text ? <button type="button" className="finder-clear" aria-label="Clear the search" onClick={() => { setText(""); input.current?.focus(); }}>×</button> : <kbd aria-hidden="true">F2</kbd>}
      </div>
      {note && <p className="offline-note" role="alert">{note}</p>}
      {!asked && <Limits count={shelf.goods.length} isLasting={isLasting} />}
      {asked && !found.length && <p className="finder-note" role="status">Nothing on this till&apos;s shelf is called that. Try fewer letters, or scan the pack.</p>}
      {asked && found.length > 0 && (
        <ul className="found" role="listbox" id={LIST} aria-label="Products found">
          {found.map((row, i) => <Found key={row.id} row={row} i={i} at={at} left={leftOf(row, taken)} onAdd={add} onHover={setAt} />)}
        </ul>
      )}
    </div>
  );
}

function Found({ row, i, at, left, onAdd, onHover }) {
  const [lot] = row.lots;
  const price = lot.prices.split(";")[0].split(":")[1];
  return (
    <li id={`${LIST}-${i}`} role="option" aria-selected={i === at} onMouseEnter={() => onHover(i)} onClick={() => onAdd(row)} data-none={left <= 0 || undefined}>
      <span className="found-name">{row.label}<small>{row.sku}{lot.expires_on && ` · exp ${month(lot.expires_on)}`}</small></span>
      <span className="found-price">{price !== lot.mrp && <s>₹{amount(Number(lot.mrp) * 100)}</s>} ₹{amount(Number(price) * 100)}</span>
      {(row.is_prescribed || left <= 0) && <span className="badge" data-tone={left > 0 ? "amber" : "red"}>{left > 0 ? "Prescription" : "None left"}</span>}
    </li>
  );
}

function Limits({ count, isLasting }) {
  return (
    <div className="offline-limits">
      <h2>{count ? `${new Intl.NumberFormat("en-IN").format(count)} products are on this device` : "No products are on this device yet"}</h2>
      <p>Type a few letters or scan a pack. Prices, lots and tax are as the server last gave them; the customer gets a numbered bill.</p>
      {count > 0 && !isLasting && <p>This browser may delete what it keeps when its disk is full. Install this page as an app, or bookmark it, so that it does not.</p>}
      <p>These need the server: coupons and discounts above your own limit, goods on prescription, customers by name, credit, points and advances, returns, closing the shift.</p>
    </div>
  );
}
