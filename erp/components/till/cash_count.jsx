// Counting a drawer: notes and coins by denomination, or the total as counted elsewhere.
import { useState } from "react";

const NOTES = [500, 200, 100, 50, 20, 10, 5, 2, 1];
const grouped = new Intl.NumberFormat("en-IN");
const digits = (text) => text.replace(/[^0-9]/g, "").slice(0, 6);

export function CashCount({ name, error, autoFocus = true }) {
  const [counts, setCounts] = useState({});
  const [total, setTotal] = useState("");
  const change = (note, text) => {
    const next = { ...counts, [note]: digits(text) };
    setCounts(next);
    const sum = NOTES.reduce((held, each) => held + each * Number(next[each] || 0), 0);
    setTotal(NOTES.some((each) => next[each]) ? String(sum) : "");
  };
  const next = (event) => {
    if (event.key !== "Enter") return;
    const fields = [...event.currentTarget.closest(".cash-count").querySelectorAll("input")];
    const following = fields[fields.indexOf(event.currentTarget) + 1];
    if (following) { event.preventDefault(); following.focus(); following.select(); }
  };
  return (
    <div className="cash-count">
      <div className="notes">
        {NOTES.map((note, i) => (
          <label key={note} className="note">
            <span>₹{note}</span><i aria-hidden="true">×</i>
            <input className="input" inputMode="numeric" aria-label={`Number of ₹${note}`} value={counts[note] ?? ""} onChange={(e) => change(note, e.target.value)} onKeyDown={next} placeholder="0" autoComplete="off" autoFocus={autoFocus && i === 0} />
            <b>{counts[note] ? `₹${grouped.format(note * Number(counts[note]))}` : ""}</b>
          </label>
        ))}
      </div>
      <label className="count-total">
        <span>Total counted</span>
        <span className="affix"><span>₹</span><input id={name} name={name} className="input input-money" inputMode="decimal" value={total} onChange={(e) => { setTotal(e.target.value); setCounts({}); }} placeholder="0" autoComplete="off" aria-invalid={error ? "true" : undefined} aria-describedby={error ? `${name}-error` : undefined} /></span>
      </label>
    </div>
  );
}
