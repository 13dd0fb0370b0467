// A keyboard-wedge scanner types fast and ends with Enter: one event per scan, not one per key.
import { useEffect, useRef } from "react";

const ASKING = '[role="dialog"]:not([data-state="closed"]) form, [role="alertdialog"]:not([data-state="closed"])';
const WHOLE = /^([0-9]{8,}|[(\]]\S{7,})$/; // a busy machine may let a scan look slow at its beginning
const GS1 = /(\((00|01|02|10|17|21)\)|\][CdQeI]\d)\S*$/; // no code holds a blank: words in brackets before it are none

export function ScannerWedge({ onScan, gapMs = 60, shortest = 4 }) {
  const act = useRef(onScan);
  act.current = onScan;
  useEffect(() => {
    let code = "", last = 0;
    const held = new Map(); // what the fields held that the code was typed into: focus may move meanwhile
    const begin = () => { code = ""; held.clear(); };
    const key = (event) => {
      if (event.target.type === "password") { begin(); return; } // a PIN typed fast is no code
      const isFast = event.timeStamp - last < gapMs; // when it was typed: a busy page handles keys late
      last = event.timeStamp;
      if (!isFast) begin();
      const field = event.target.closest?.("input, textarea");
      if (event.key === "Enter") {
        const isScan = isFast && code.length >= shortest;
        if (isScan) {
          event.preventDefault();
          event.stopPropagation();
          const isCount = field?.dataset.countBox !== undefined; // puts back the units it had
          const counted = isCount ? codeIn(field.value, field.dataset.saved, code) : "";
          for (const touched of held.keys()) if (touched.dataset.countBox !== undefined) touched.dispatchEvent(new CustomEvent("scanned"));
          const whole = isCount ? counted : field ? wholeIn(field.value, code) : code;
          if (field?.value.endsWith(code)) held.set(field, field.value.slice(0, -whole.length));
          if (!document.querySelector(ASKING)) act.current?.(whole); // nothing changes behind an open question
          held.forEach(putBack); // after it was told: what draws anew meanwhile takes nobody's time
        }
        begin();
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        code += event.key;
        if (field && !held.has(field)) held.set(field, field.value);
      }
    };
    window.addEventListener("keydown", key, true);
    return () => window.removeEventListener("keydown", key, true);
  }, [gapMs, shortest]);
  return null;
}

const isGtin = (text) => /^([0-9]{8}|[0-9]{12,14})$/.test(text) && [...text].reverse().reduce((sum, digit, i) => sum + digit * (i % 2 ? 3 : 1), 0) % 10 === 0;

// The code in a field of units: alone, or behind the units that stood there, any part of it typed slowly or not.
export function codeIn(value, saved, code) {
  const mark = value.search(/[(\]]/);
  if (mark >= 0) return value.slice(mark);
  return [value, value.startsWith(saved) ? value.slice(saved.length) : value].find(isGtin) ?? code;
}

// The scan whose end was typed fast: all of the field, or what begins as a GS1 message behind what stood there.
function wholeIn(value, code) {
  if (!value.endsWith(code)) return code;
  const at = WHOLE.test(value) ? 0 : value.search(GS1);
  return at >= 0 && value.length - at > code.length ? value.slice(at) : code;
}

function putBack(value, field) {
  if (!field.isConnected || field.dataset.scan || field.dataset.countBox !== undefined || field.value === value) return;
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
  set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
