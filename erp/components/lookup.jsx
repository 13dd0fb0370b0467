// A field that finds one record by name through REST; the form receives the record's id.
import { useEffect, useId, useRef, useState } from "react";

const WAIT_MS = 150;

export function Lookup({ name, url, labelKey = "name", detailKey = "", valueKey = "id", initialLabel = "", initialValue = "", placeholder, invalid, describedBy, required, onPick, inputId }) {
  const own = useId();
  const [text, setText] = useState(initialLabel);
  const [chosen, setChosen] = useState(initialValue);
  const [rows, setRows] = useState([]);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [note, setNote] = useState("");
  const asked = useRef(initialLabel);
  useEffect(() => {
    if (!isOpen || text === asked.current) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const join = url.includes("?") ? "&" : "?";
      fetch(`${url}${join}limit=12&search=${encodeURIComponent(text)}`, { signal: stop.signal })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("refused"))))
        .then((body) => { setRows(body.rows ?? []); setAt(0); setNote((body.rows ?? []).length ? "" : "Nothing found. Try fewer letters."); })
        .catch((error) => { if (error.name !== "AbortError") { setRows([]); setNote("The search is not available right now."); } });
    }, WAIT_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text, isOpen, url]);
  const pick = (row) => {
    asked.current = String(row[labelKey]);
    setText(asked.current); setChosen(String(row[valueKey])); setOpen(false); setRows([]);
    onPick?.(String(row[valueKey]), asked.current);
  };
  const change = (event) => { setText(event.target.value); setOpen(true); if (chosen) { setChosen(""); onPick?.("", ""); } };
  const key = (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); setOpen(true); setAt((i) => Math.min(i + 1, rows.length - 1)); }
    if (event.key === "ArrowUp") { event.preventDefault(); setAt((i) => Math.max(i - 1, 0)); }
    if (event.key === "Enter" && isOpen && rows[at]) { event.preventDefault(); pick(rows[at]); }
    if (event.key === "Escape") setOpen(false);
  };
  const list = `${own}-list`;
  return (
    <div className="lookup" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && setOpen(false)}>
      <input id={inputId} className="input" role="combobox" aria-expanded={isOpen} aria-controls={list} aria-autocomplete="list" aria-activedescendant={isOpen && rows[at] ? `${list}-${at}` : undefined} aria-invalid={invalid ? "true" : undefined} aria-describedby={describedBy} aria-required={required ? "true" : undefined} value={text} onChange={change} onFocus={() => setOpen(true)} onKeyDown={key} placeholder={placeholder} autoComplete="off" spellCheck={false} maxLength={200} />
      <input type="hidden" name={name} value={chosen} />
      {isOpen && (rows.length > 0 || note) && (
        <ul className="lookup-list" role="listbox" id={list}>
          {rows.map((row, i) => (
            <li key={row[valueKey]} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => { e.preventDefault(); pick(row); }} onMouseEnter={() => setAt(i)}>
              <span>{row[labelKey]}</span>{detailKey && <small>{row[detailKey]}</small>}
            </li>
          ))}
          {rows.length === 0 && <li className="lookup-note" role="presentation">{note}</li>}
        </ul>
      )}
    </div>
  );
}
