// The till's search: typed or scanned, by keyboard or finger; what sells most before one types.
import { memo, useCallback, useEffect, useId, useRef, useState } from "react";

const WAIT_MS = 50;
const CODE = /^[0-9]{8,}$/;
const LOW = 10;
const NEAR_DAYS = 90;
const grouped = new Intl.NumberFormat("en-IN", { minimumFractionDigits: 2 });
const rupees = (text) => (text == null ? "" : `₹${grouped.format(Number(text))}`);
const month = (day) => (day ? `${day.slice(5, 7)}/${day.slice(0, 4)}` : "");
const isNear = (day) => day && (new Date(day) - Date.now()) / 864e5 <= NEAR_DAYS;
const isModal = () => document.querySelector('[role="dialog"]:not([data-state="closed"]), [role="alertdialog"]:not([data-state="closed"]), dialog[open]');
const hasMouse = () => window.matchMedia("(pointer: fine)").matches;

function stockOf(row) {
  if (row.sellable <= 0) return ["red", "Sold out"];
  return row.sellable < LOW ? ["amber", `${row.sellable} left`] : ["green", `${row.sellable}`];
}

async function ask(url, signal, wanted) {
  const sent = wanted && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted) };
  const answer = await fetch(url, { signal, ...sent });
  if (answer.status === 401) window.location.reload();
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? "The search is not available right now.");
  return body;
}

const rowsOf = (url, signal) => ask(url, signal).then((body) => body.rows ?? []);

function inPlace(held, rows) {
  const place = new Map(held.map((row, i) => [row.variant_id, i]));
  return [...rows].sort((a, b) => (place.get(a.variant_id) ?? held.length) - (place.get(b.variant_id) ?? held.length));
}

function useBest(sold, location) {
  const [best, setBest] = useState(null);
  useEffect(() => {
    const stop = new AbortController();
    ask(`/api/erp/favourites${location ? `?location_id=${location}` : ""}`, stop.signal).then(
      ({ rows, is_chosen: isChosen }) => setBest((held) => ({ isChosen, rows: isChosen ? rows : inPlace(held?.rows ?? [], rows) })),
      () => setBest((held) => held ?? { rows: [] }),
    );
    return () => stop.abort();
  }, [sold, location]);
  return best;
}

function useFound(text, location) {
  const [found, setFound] = useState({ text: "", rows: [], note: "" });
  useEffect(() => {
    if (!text) return setFound({ text: "", rows: [], note: "" });
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const place = location ? `&location_id=${location}` : "";
      rowsOf(`/api/erp/products/search?limit=20&search=${encodeURIComponent(text)}${place}`, stop.signal)
        .then((rows) => setFound({ text, rows, note: rows.length ? "" : "Nothing found. Try fewer letters, or scan the pack." }))
        .catch((error) => error.name !== "AbortError" && setFound({ text, rows: [], note: error instanceof TypeError ? "The search is not available right now. The bill is kept." : error.message }));
    }, WAIT_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text, location]);
  return found;
}

let mayDiffer = true; // until the shop is known to have no price list

function usePrices(rows, customer, location) {
  const [prices, setPrices] = useState({});
  useEffect(() => {
    setPrices((held) => (Object.keys(held).length ? {} : held));
    if (!rows.length || !mayDiffer) return;
    const stop = new AbortController();
    const goods = rows.map((row) => ({ variant_id: row.variant_id }));
    ask("/api/erp/shelf-prices", stop.signal, { goods, customer_id: customer || null, location_id: location || null }).then((body) => {
      mayDiffer = body.has_lists;
      setPrices(Object.fromEntries(body.rows.map((row) => [row.variant_id, row.price])));
    }, () => {}); // the MRP stands until the cart says otherwise
    return () => stop.abort();
  }, [rows, customer, location]);
  return prices;
}

export function useSteadyFocus(input) {
  useEffect(() => {
    const back = () => setTimeout(() => {
      if (document.activeElement === document.body && !isModal() && hasMouse()) input.current?.focus();
    }, 60);
    const typed = (event) => {
      const isOwn = event.target.closest?.("input, textarea, select, [contenteditable]");
      const isText = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isText && !isOwn && !isModal()) input.current?.focus();
    };
    back();
    document.addEventListener("focusout", back);
    window.addEventListener("keydown", typed, true);
    const watch = new MutationObserver(back);
    watch.observe(document.body, { childList: true });
    return () => { document.removeEventListener("focusout", back); window.removeEventListener("keydown", typed, true); watch.disconnect(); };
  }, []);
}

export function ProductFinder({ location, customer, sold, onAdd, children }) {
  const list = `${useId()}-found`;
  const input = useRef(null);
  const wanted = useRef("");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const asked = text.trim();
  const found = useFound(asked, location);
  const prices = usePrices(found.rows, customer, location);
  const best = useBest(sold, location);
  useSteadyFocus(input);
  const adding = useRef(onAdd);
  adding.current = onAdd;
  const add = useCallback((row) => {
    wanted.current = "";
    adding.current?.(row.variant_id, row.lot_id ?? "", row.label); // first, so that the server works while this is drawn
    setText("");
    if (hasMouse()) input.current?.focus();
  }, []);
  useEffect(() => {
    setAt(0);
    const only = found.rows.length === 1 && found.rows[0].is_exact && CODE.test(found.text);
    if (found.text && found.text === asked && (only || wanted.current === asked) && found.rows[0]) add(found.rows[0]);
    if (wanted.current === found.text) wanted.current = "";
  }, [found]);
  const key = (event) => {
    const last = found.rows.length - 1;
    if (event.key === "ArrowDown" && asked) { event.preventDefault(); setAt((i) => Math.min(i + 1, last)); }
    if (event.key === "ArrowUp" && asked) { event.preventDefault(); setAt((i) => Math.max(i - 1, 0)); }
    if (event.key === "Escape" && text) { event.preventDefault(); setText(""); }
    if (event.key === "Enter" && asked && !event.ctrlKey) {
      event.preventDefault();
      if (found.text === asked && found.rows[at]) add(found.rows[at]); else wanted.current = asked;
    }
  };
  const isOpen = Boolean(asked && found.text); // a scan is over before anything is found, and moves nothing
  useEffect(() => { document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" }); }, [at]);
  return (
    <div className="finder">
      <div className="finder-box">
        {children}
        <input ref={input} data-finder="" className="input" type="text" role="combobox" aria-expanded={isOpen} aria-controls={list} aria-autocomplete="list" aria-activedescendant={asked && found.rows[at] ? `${list}-${at}` : undefined} aria-label="Search products, or scan" placeholder="Search or scan: ars alb 30" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={key} autoComplete="off" spellCheck={false} maxLength={200} />
        {text ? <button type="button" className="finder-clear" aria-label="Clear the search" onClick={() => { setText(""); input.current?.focus(); }}>×</button> : <kbd aria-hidden="true">F2</kbd>}
      </div>
      <div className="finder-body">
        <div className="best-place" inert={isOpen}><Best best={best} add={add} /></div>
        {isOpen && <div className="found-place"><Found list={list} found={found} prices={prices} asked={asked} at={at} add={add} hover={setAt} /></div>}
      </div>
    </div>
  );
}

function Found({ list, found, prices, asked, at, add, hover }) {
  if (found.note && found.text === asked) return <p className="finder-note" role="status">{found.note}</p>;
  return (
    <ul className="found" role="listbox" id={list} aria-label="Products found" aria-busy={found.text !== asked}>
      {found.rows.map((row, i) => {
        const [tone, stock] = stockOf(row);
        return (
          <li key={row.variant_id} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseEnter={() => hover(i)} onClick={() => add(row)} data-none={row.sellable <= 0 || undefined}>
            <span className="found-name">{row.label}<small>{row.sku}{row.nearest_expiry && <i data-near={isNear(row.nearest_expiry) || undefined}> · exp {month(row.nearest_expiry)}</i>}</small></span>
            <span className="found-price">{prices[row.variant_id] ? <><s>{rupees(row.price)}</s> {rupees(prices[row.variant_id])}</> : rupees(row.price)}</span>
            <span className="badge" data-tone={tone}>{stock}</span>
          </li>
        );
      })}
    </ul>
  );
}

const inWords = (category) => category.charAt(0).toUpperCase() + category.slice(1).replaceAll("_", " ");
const initials = (label) => label.split(/\s+/).slice(0, 2).map((word) => word.charAt(0).toUpperCase()).join("");

// Stays beneath what is found, so that the end of a search lays out and draws none of it.
const Best = memo(function Best({ best, add }) {
  const [category, setCategory] = useState("");
  if (best === null) return <div className="best" aria-hidden="true">{Array.from({ length: 9 }, (_, i) => <span key={i} className="bone best-bone" />)}</div>;
  if (!best.rows.length) return <p className="finder-note">What sells most will stand here after the first sales. Type a name or scan a pack to begin.</p>;
  const categories = [...new Set(best.rows.map((row) => row.category))];
  const shown = categories.includes(category) ? best.rows.filter((row) => row.category === category) : best.rows;
  return (
    <>
      <div className="best-head">
        <h2 className="best-title">{best.isChosen ? "Favourites" : "Best sellers"}</h2>
        {categories.length > 1 && (
          <div className="best-categories" role="group" aria-label="Category">
            {["", ...categories].map((name) => <button key={name} type="button" aria-pressed={name === category || (name === "" && !categories.includes(category))} onClick={() => setCategory(name)}>{name ? inWords(name) : "All"}</button>)}
          </div>
        )}
      </div>
      <div className="best">
        {shown.map((row) => <Tile key={row.variant_id} row={row} add={add} />)}
      </div>
    </>
  );
});

function Tile({ row, add }) {
  const [tone, stock] = stockOf(row);
  return (
    <button type="button" className="best-tile" onClick={() => add(row)} data-none={row.sellable <= 0 || undefined}>
      <span className="best-name">
        {row.picture_url ? <img className="best-picture" src={row.picture_url} alt="" loading="lazy" /> : <i className="best-picture" aria-hidden="true">{initials(row.label)}</i>}
        <span>{row.label}</span>
      </span>
      <b>{rupees(row.price) || "–"}<i className="badge" data-tone={tone}>{stock}</i></b>
    </button>
  );
}
