// Units of one lot on a counting sheet: saved as typed, and kept in the browser until they are.
import { useEffect, useRef, useState } from "react";
import { codeIn } from "./wedge.jsx";

const PAUSE_MS = 1200;
const SCANNED = /^([0-9]{8,}|[(\]].{7,})$/; // a code that came too slowly to be taken for a scan
const keyOf = (sheet, lot) => `count:${sheet}:${lot}`;
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, text) => { try { text === null ? localStorage.removeItem(key) : localStorage.setItem(key, text); } catch { /* a full or forbidden store: the field still saves */ } };

export function CountBox({ sheet, lot, value, label, problem, onSave, onScan }) {
  const key = keyOf(sheet, lot);
  const saved = value ?? "";
  const [text, setText] = useState(saved);
  const known = useRef(saved), sent = useRef(null), timer = useRef(0), input = useRef(null);
  const send = (next) => { // true if it was a scan
    clearTimeout(timer.current);
    if (next.trim() === "") { setText(known.current); keep(key, null); return; }
    const code = codeIn(next.trim(), known.current, next.trim()); // behind the units that stood there
    if (SCANNED.test(code)) { setText(known.current); keep(key, null); onScan?.(code); return true; }
    if (next === known.current) { keep(key, null); return; }
    if (next === sent.current) return;
    sent.current = next;
    onSave?.(lot, next);
  };
  useEffect(() => { // typed before a reload and never taken by the server
    const left = kept(key);
    if (left !== null && left !== known.current) { setText(left); send(left); }
    return () => clearTimeout(timer.current);
  }, [key]);
  useEffect(() => {
    if (saved === known.current) return;
    setText((typed) => ([known.current, sent.current].includes(typed) ? saved : typed));
    known.current = saved;
    if (kept(key) === saved || kept(key) === sent.current) keep(key, null);
    sent.current = null;
  }, [saved]);
  useEffect(() => { // what a scanner typed here is no count
    const restore = () => { clearTimeout(timer.current); setText(known.current); keep(key, null); };
    const field = input.current;
    field.addEventListener("scanned", restore);
    return () => field.removeEventListener("scanned", restore);
  }, [key]);
  useEffect(() => { if (problem) sent.current = null; }, [problem]);
  const change = (event) => {
    const next = event.target.value;
    setText(next);
    keep(key, next === known.current ? null : next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), PAUSE_MS);
  };
  const go = (by) => {
    const boxes = [...document.querySelectorAll("[data-count-box]")];
    const next = boxes[boxes.findIndex((box) => box.dataset.countBox === lot) + by];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const press = (event) => {
    if (event.key === "Enter") { event.preventDefault(); if (!send(text)) go(1); } // leaving at once would send a scan twice
    if (event.key === "ArrowDown") { event.preventDefault(); go(1); }
    if (event.key === "ArrowUp") { event.preventDefault(); go(-1); }
    if (event.key === "Escape") { clearTimeout(timer.current); setText(known.current); keep(key, null); }
  };
  const isSaved = saved !== "" && text === saved;
  return (
    <span className="count-box" data-saved={isSaved || undefined}>
      <input ref={input} className="input input-count" data-count-box={lot} data-saved={saved} inputMode="numeric" enterKeyHint="next" aria-label={label} aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? `${lot}-problem` : undefined} value={text} onChange={change} onBlur={() => send(text)} onKeyDown={press} onFocus={(event) => event.target.select()} autoComplete="off" maxLength={80} />
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 8.5l3 3 6-7" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" /></svg>
      <span className="sr-only" role="status">{isSaved ? "saved" : ""}</span>
    </span>
  );
}
