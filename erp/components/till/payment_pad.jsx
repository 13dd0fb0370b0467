// Paying a bill or refunding a return: amounts in paise, several tenders, change worked out as one types.
import { useEffect, useRef, useState } from "react";
import { Keypad } from "./keypad.jsx";

const METHODS = [["cash", "Cash", "c"], ["upi", "UPI", "u"], ["card", "Card", "k"], ["credit", "On account", "a"], ["points", "Points", "p"], ["advance", "Advance", "v"]];
const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "00", "0", ".", "C", "⌫"];
const NOTES = [10000, 50000, 200000];
const ANSWER_MS = 12000;
const MOST_TENDERS = 10;
const grouped = new Intl.NumberFormat("en-IN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const rupees = (paise) => `₹${grouped.format(paise / 100)}`;
const plain = (paise) => (paise / 100).toFixed(2);

function read(text) {
  const clean = text.replace(/[,\s₹]/g, "");
  return /^\d{0,12}(\.\d{0,2})?$/.test(clean) && /\d/.test(clean) ? Math.round(Number(clean) * 100) : null;
}

function quickAmounts(due) {
  const up = NOTES.map((note) => Math.ceil(due / note) * note).filter((amount) => amount > due);
  return [...new Set(up)];
}

function useAnswer(attempt) {
  const [state, setState] = useState("");
  const isBusy = useRef(false);
  useEffect(() => { isBusy.current = false; setState(""); }, [attempt]);
  useEffect(() => {
    if (state !== "busy") return;
    const timer = setTimeout(() => { isBusy.current = false; setState("slow"); }, ANSWER_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const begin = () => { if (isBusy.current) return false; isBusy.current = true; setState("busy"); return true; };
  return [state, begin];
}

const tell = (detail) => window.dispatchEvent(new CustomEvent("till:paying", { detail }));
const paise = (text) => Math.round(Number(text) * 100);
const offered = (left, holding) => { const step = paise(holding.step); return Math.floor(Math.min(left, paise(holding.most)) / step) * step; };

export function PaymentPad({ total, mode = "sale", credit = "", creditName = "", holdings = {}, attempt, errors = {}, problem = "", upiSvg = "", upiFor = "", upiReference = "", done = "", onComplete, onUpi }) {
  const isRefund = mode === "refund";
  const due = Math.round(Number(total) * 100);
  const [tenders, setTenders] = useState([]);
  const [method, setMethod] = useState("cash");
  const [text, setText] = useState("");
  const [reference, setReference] = useState("");
  const [fault, setFault] = useState("");
  const [answer, begin] = useAnswer(attempt);
  const amountField = useRef(null);
  const left = due - tenders.reduce((sum, tender) => sum + tender.amount, 0);
  const holding = holdings[method];
  const entered = text.trim() === "" ? (holding ? offered(left, holding) : left) : read(text);
  const isOpen = (name) => (name === "credit" ? Boolean(credit) : name in holdings || METHODS.slice(0, 3).some(([plainName]) => plainName === name));
  const methods = METHODS.filter(([name]) => name === "credit" || isOpen(name));
  const mayExceed = method === "cash" && !isRefund;
  const isOver = entered !== null && entered > left && !mayExceed;
  const tooMuch = `Only ${rupees(left)} is left to ${isRefund ? "refund" : "pay"}.`;
  const change = mayExceed && entered !== null ? Math.max(0, entered - left) : 0;
  const settles = entered !== null && !isOver && entered >= left;
  useEffect(() => { const take = () => { if (document.activeElement !== amountField.current) amountField.current?.focus(); }; take(); const timer = setTimeout(take, 30); return () => clearTimeout(timer); }, [method, tenders.length]);
  useEffect(() => {
    if (method !== "upi" || isRefund || entered === null || entered <= 0 || isOver) return;
    const timer = setTimeout(() => onUpi?.(plain(entered)), 200);
    return () => clearTimeout(timer);
  }, [method, entered]);
  const hold = (event) => event.preventDefault();
  const choose = (next) => { setMethod(next); setText(""); setReference(""); setFault(""); };
  const give = (amount) => { setText(plain(amount)); setFault(""); amountField.current?.focus(); };
  const act = () => {
    if (entered === null) return setFault("Type an amount such as 250 or 99.50.");
    if (holding && entered > paise(holding.most)) return setFault(`There is no more than ${rupees(paise(holding.most))}.`);
    if (isOver) return setFault(tooMuch);
    if (entered <= 0 && left > 0) return setFault("Type an amount above zero.");
    const given = entered > 0 ? [...tenders, { method, amount: entered, reference: reference.trim() }] : tenders;
    if (!settles && given.length >= MOST_TENDERS) return setFault(`A bill takes no more than ${MOST_TENDERS} payments. Let this one pay all that is left.`);
    setFault("");
    if (settles) { if (begin()) onComplete?.(given.map((tender) => ({ ...tender, amount: plain(tender.amount) }))); return; }
    setTenders(given); setText(""); setReference("");
    setMethod(method === "cash" && !isRefund ? "upi" : "cash");
  };
  const press = (key) => { setFault(""); setText((held) => (key === "C" ? "" : key === "⌫" ? held.slice(0, -1) : (held + key).slice(0, 15))); amountField.current?.focus(); };
  const key = (event) => {
    if (event.key === "Enter") { event.preventDefault(); return act(); }
    const found = METHODS.find(([, , letter]) => letter === event.key.toLowerCase());
    if (found && !event.ctrlKey && !event.metaKey && event.target === amountField.current) { event.preventDefault(); if (isOpen(found[0])) choose(found[0]); }
  };
  const code = method === "upi" && !isRefund && entered > 0 && upiFor === plain(entered) ? upiSvg : "";
  useEffect(() => {
    const name = METHODS.find(([each]) => each === method)[1];
    const given = entered === null || isOver || entered <= 0 ? "" : rupees(entered);
    const rest = { change: change ? rupees(change) : "", left: !settles && tenders.length ? rupees(left) : "" };
    tell({ name: isRefund ? `Refund, ${name}` : name, given, svg: code, ...rest });
  }, [method, entered, tenders.length, code]);
  useEffect(() => () => tell(null), []);
  const stray = useRef(null);
  const pad = useRef(null);
  stray.current = act;
  useEffect(() => {
    const typed = (event) => {
      if (pad.current?.closest('[role="dialog"]')?.dataset.state !== "open" || event.target.closest?.(".pay") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9.]$/.test(event.key)) amountField.current?.focus();
      if (event.key === "Enter") { event.preventDefault(); stray.current(); }
    };
    window.addEventListener("keydown", typed, true);
    return () => window.removeEventListener("keydown", typed, true);
  }, []);
  const message = fault || (isOver && !holding ? tooMuch : "") || problem || errors.tenders || "";
  return (
    <div ref={pad} className="pay" onKeyDown={(event) => event.target.tagName === "INPUT" && key(event)}>
      <div className="pay-main">
        <div className="pay-methods" role="radiogroup" aria-label={isRefund ? "Refund by" : "Pay by"} onMouseDown={hold}>
          {methods.map(([name, label, letter]) => (
            <button key={name} type="button" role="radio" aria-checked={method === name} disabled={name === "credit" && !credit} title={name === "credit" && !credit ? "Choose a customer with credit first" : undefined} onClick={() => { choose(name); amountField.current?.focus(); }}>{label}<kbd aria-hidden="true">{letter.toUpperCase()}</kbd></button>
          ))}
        </div>
        {tenders.length > 0 && (
          <ul className="pay-tenders" aria-label="Paid so far">
            {tenders.map((tender, i) => (
              <li key={i}><span>{METHODS.find(([name]) => name === tender.method)[1]}{tender.reference && <small> {tender.reference}</small>}</span><b>{rupees(tender.amount)}</b><button type="button" aria-label="Take this payment off" onClick={() => setTenders(tenders.filter((_, at) => at !== i))}>×</button></li>
            ))}
          </ul>
        )}
        <label className="pay-amount">
          <span>{isRefund ? "Refund" : method === "cash" ? "Cash received" : "Amount"}</span>
          <input ref={amountField} className="input" inputMode="decimal" value={text} onChange={(e) => { setText(e.target.value); setFault(""); }} placeholder={plain(holding ? offered(left, holding) : left)} aria-invalid={message ? "true" : undefined} aria-describedby={message ? "pay-error" : undefined} autoComplete="off" data-scan="" />
        </label>
        {message && <p className="error" id="pay-error" role="alert">{message}</p>}
        {method === "cash" && !isRefund && left > 0 && (
          <div className="pay-quick" role="group" aria-label="Cash received" onPointerDown={hold} onMouseDown={hold}>
            <button type="button" onClick={() => give(left)}>Exact</button>
            {quickAmounts(left).map((amount) => <button key={amount} type="button" onClick={() => give(amount)}>{`₹${(amount / 100).toLocaleString("en-IN")}`}</button>)}
          </div>
        )}
        {method === "upi" && !isRefund && !isOver && (
          <div className="pay-upi">
            {errors.upi ? <p className="error" role="alert">{errors.upi}</p> : code ? <img alt={`UPI code for ${rupees(entered)}`} src={`data:image/svg+xml;utf8,${encodeURIComponent(code)}`} /> : <span className="bone upi-bone" />}
            <div><b>{entered === null ? "" : rupees(entered)}</b><small>The customer scans this with any UPI app{upiReference ? `. Our reference ends in ${upiReference.slice(-6)}.` : " and types the amount."}</small></div>
          </div>
        )}
        {(method === "upi" || method === "card") && (
          <label className="pay-reference"><span>{method === "upi" ? "UPI reference (optional)" : "Approval code (optional)"}</span><input className="input" value={reference} onChange={(e) => setReference(e.target.value)} maxLength={60} autoComplete="off" data-scan="" /></label>
        )}
        {method === "credit" && <p className="hint">{isRefund ? `Lowers what ${creditName} owes.` : `${creditName} may owe up to ${credit}.`}</p>}
        {holding && <p className="hint">{holding.note}</p>}
      </div>
      <div className="pay-side">
        <Keypad keys={KEYS} onPress={press} label="Amount" />
        <div className="pay-change" data-on={change > 0 || undefined} aria-live="polite">
          <span>{mayExceed && settles ? "Change due" : isRefund ? "Left to refund" : "Left to pay"}</span>
          <b>{rupees(settles ? change : entered === null || isOver ? left : left - entered)}</b>
        </div>
        {answer === "slow" && <p className="hint" role="status">No answer yet. Press again: the bill is made only once.</p>}
        <button type="button" className="button button-solid pay-go" disabled={answer === "busy"} onClick={act}>
          {answer === "busy" ? "Posting…" : settles ? done || (isRefund ? "Complete return" : "Complete sale") : "Add payment"}<kbd aria-hidden="true">Enter</kbd>
        </button>
      </div>
    </div>
  );
}
