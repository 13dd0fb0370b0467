// A keypad for fingers, and the PIN that is typed with it.
import { useEffect, useRef, useState } from "react";

export function Keypad({ keys, onPress, label }) {
  return (
    <div className="keypad" role="group" aria-label={label}>
      {keys.map((key) => (
        <button key={key} type="button" tabIndex={-1} onPointerDown={(e) => e.preventDefault()} onClick={() => onPress(key)} aria-label={key === "⌫" ? "Delete the last digit" : key}>{key}</button>
      ))}
    </div>
  );
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "⌫"];

export function PinPad({ name, attempt, error }) {
  const [pin, setPin] = useState("");
  const input = useRef(null);
  useEffect(() => { setPin(""); if (attempt) input.current?.focus(); }, [attempt]);
  const press = (key) => {
    setPin((held) => (key === "C" ? "" : key === "⌫" ? held.slice(0, -1) : (held + key).slice(0, 12)));
    input.current?.focus();
  };
  return (
    <div className="pin-pad">
      <input ref={input} id={name} name={name} className="input pin" type="password" inputMode="numeric" autoComplete="off" data-scan="" value={pin} onChange={(e) => setPin(e.target.value.replace(/[^0-9]/g, "").slice(0, 12))} aria-label="Manager's PIN" aria-invalid={error ? "true" : undefined} aria-describedby={error ? `${name}-error` : undefined} />
      <Keypad keys={DIGITS} onPress={press} label="Digits of the PIN" />
    </div>
  );
}
