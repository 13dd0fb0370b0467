// Numbers that are typed or stepped in a line of the cart; told to the server once they are done.
import { useEffect, useState } from "react";

const hasMouse = () => window.matchMedia("(pointer: fine)").matches;

export function NumberBox({ value, onCommit, label, place, affix = "", before = "", whole = false, code = false }) {
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const commit = () => { if (text !== (value ?? "")) onCommit?.(text); };
  const key = (event) => {
    if (event.key === "Enter") { event.preventDefault(); event.currentTarget.blur(); if (hasMouse()) document.querySelector("[data-finder]")?.focus(); }
    if (event.key === "Escape") { setText(value ?? ""); event.stopPropagation(); setTimeout(() => document.querySelector("[data-finder]")?.focus()); }
  };
  return (
    <span className="number-box" data-affix={affix || undefined} data-before={before || undefined}>
      {before && <i aria-hidden="true">{before}</i>}
      <input className="input" data-box={place} inputMode={code ? "text" : whole ? "numeric" : "decimal"} aria-label={label} placeholder={code ? label : whole ? "" : "0"} value={text} onChange={(e) => setText(e.target.value)} onBlur={commit} onKeyDown={key} onFocus={(e) => e.target.select()} autoComplete="off" maxLength={code ? 20 : 16} />
      {affix && <i aria-hidden="true">{affix}</i>}
    </span>
  );
}

export function Stepper({ value, onStep, onCommit, label, least = 1, most }) {
  const count = Number(value);
  return (
    <span className="stepper" role="group" aria-label={label}>
      <button type="button" aria-label="One less" disabled={count <= least} onClick={() => onStep?.(-1)}>−</button>
      <NumberBox value={value} onCommit={onCommit} label={label} place="quantity" whole />
      <button type="button" aria-label="One more" disabled={most != null && most !== "" && count >= Number(most)} onClick={() => onStep?.(1)}>+</button>
    </span>
  );
}

export function CountStepper({ value, most, onCommit, label }) {
  const step = (by) => onCommit?.(String(Math.max(0, Math.min(Number(most), Number(value) + by))));
  return <Stepper value={value} most={most} least={0} label={label} onStep={step} onCommit={onCommit} />;
}
