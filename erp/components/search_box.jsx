// A search field that stays smooth while typing and tells the server once the typing pauses.
import { useEffect, useRef, useState } from "react";

export function SearchBox({ value, onSearch, placeholder, waitMs = 220, children }) {
  const [text, setText] = useState(value ?? "");
  const sent = useRef(value ?? "");
  const timer = useRef(0);
  useEffect(() => {
    if ((value ?? "") !== sent.current) { sent.current = value ?? ""; setText(value ?? ""); }
  }, [value]);
  const tell = (next) => { if (next !== sent.current) { sent.current = next; onSearch?.(next); } };
  const change = (event) => {
    const next = event.target.value;
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tell(next.trim()), waitMs);
  };
  const key = (event) => {
    if (event.key === "Enter") { clearTimeout(timer.current); tell(text.trim()); }
    if (event.key === "Escape" && text) { setText(""); clearTimeout(timer.current); tell(""); }
  };
  return (
    <div className="search">
      {children}
      <input data-search="" className="input" type="search" value={text} onChange={change} onKeyDown={key} placeholder={placeholder} aria-label={placeholder} autoComplete="off" spellCheck={false} maxLength={200} />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
