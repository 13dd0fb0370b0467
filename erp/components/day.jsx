// A day typed as day, month, year, whatever the browser's language; page and form get YYYY-MM-DD.
import { useEffect, useRef, useState } from "react";

const two = (number) => String(number).padStart(2, "0");

function isoOf(year, month, day) {
  const [y, m, d] = [year, month, day].map(Number);
  const made = new Date(Date.UTC(y, m - 1, d));
  const isReal = made.getUTCFullYear() === y && made.getUTCMonth() === m - 1 && made.getUTCDate() === d;
  return isReal ? `${String(y).padStart(4, "0")}-${two(m)}-${two(d)}` : "";
}

// Returns the day in ISO form; nothing for what is no day.
export function readDay(text) {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (iso) return isoOf(iso[1], iso[2], iso[3]);
  const typed = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$/.exec(text.trim()) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text.trim());
  return typed ? isoOf(typed[3].length === 2 ? `20${typed[3]}` : typed[3], typed[2], typed[1]) : "";
}

const shownOf = (iso) => (/^\d{4}-\d{2}-\d{2}$/.test(iso ?? "") ? iso.split("-").reverse().join("-") : iso ?? "");

export function DayInput({ name, value, defaultValue = "", inputId, accessibleName, invalid, describedBy, required, onDay, children }) {
  const start = value ?? defaultValue;
  const [text, setText] = useState(shownOf(start));
  const [isTouched, setTouched] = useState(false);
  const told = useRef(start), picker = useRef(null);
  const day = readDay(text);
  useEffect(() => {
    if (value === undefined ? isTouched : value === told.current) return;
    told.current = start;
    setText(shownOf(start));
  }, [start]);
  const tell = (iso) => { if (iso !== told.current) { told.current = iso; onDay?.(iso); } };
  const take = (typed) => {
    setText(typed); setTouched(true);
    if (!typed.trim() || (/\d{4}/.test(typed) && readDay(typed))) tell(readDay(typed)); // a year of two digits may get two more
  };
  const leave = () => { if (day) { setText(shownOf(day)); tell(day); } };
  const open = () => { picker.current.value = day; picker.current.showPicker?.(); };
  return (
    <span className="day-input">
      <input id={inputId} aria-label={accessibleName} className="input" value={text} inputMode="numeric" placeholder="dd-mm-yyyy" autoComplete="off" maxLength={20} aria-invalid={invalid ? "true" : undefined} aria-describedby={describedBy} aria-required={required ? "true" : undefined} onChange={(event) => take(event.target.value)} onBlur={leave} />
      {name && <input type="hidden" name={name} value={day || text} />}
      <input ref={picker} type="date" className="day-picker" tabIndex={-1} aria-hidden="true" onChange={(event) => take(shownOf(event.target.value))} />
      <button type="button" tabIndex={-1} aria-label="Open the calendar" onClick={open}>{children}</button>
    </span>
  );
}
