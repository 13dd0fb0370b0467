// The till's keyboard: function keys act at once; plain keys only while nothing is being typed.
import { useEffect, useRef, useState } from "react";

const NAMED = { F3: "prescription", F4: "customer", F7: "next", F8: "park", F9: "recall", F10: "pay" };
const ACTS = { customer: "onCustomer", park: "onPark", recall: "onRecall", pay: "onPay", next: "onNext", open: "onOpen", prescription: "onPrescription", return: "onReturn" };
const PLAIN = { "+": "more", "-": "less", "*": "unit", Delete: "remove", ArrowUp: "up", ArrowDown: "down", "?": "help" };
const SHEET = [
  ["Search or scan", "F2"], ["Choose a result", "↑ ↓ Enter"], ["Quantity of the chosen line", "+ −"],
  ["Unit of the chosen line", "*"],
  ["Choose a line", "↑ ↓"], ["Take the line off", "Del"], ["Discount of the line", "F6"],
  ["Discount of the bill", "Shift F6"], ["Customer", "F4"], ["Prescription", "F3"], ["Park the bill", "F8"], ["Recall a bill", "F9"], ["Take back, exchange", "Shift F9"], ["Next customer's bill", "F7"], ["Another customer's bill", "Shift F7"],
  ["Pay", "F10"], ["Pay", "Ctrl Enter"], ["Cash, UPI, card, account", "C U K A"], ["Points, advance", "P V"],
  ["Complete, or new sale", "Enter"], ["Close a dialog", "Esc"], ["This sheet", "?"],
];
const isModal = () => document.querySelector('[role="dialog"]:not([data-state="closed"]), [role="alertdialog"]:not([data-state="closed"]), dialog[open]');

function isFree(target) {
  const field = target.closest?.("input, textarea, select, [contenteditable]");
  return !field || ("finder" in field.dataset && field.value === "");
}

function focus(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select?.();
}

export function TillKeys(acts) {
  const [isShown, setShown] = useState(false);
  const sheet = useRef(null);
  const act = useRef(acts);
  act.current = acts;
  useEffect(() => {
    const press = (event) => {
      if (isModal() || event.isComposing || event.repeat && event.key === "F10") return;
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      let name = event.key === "Enter" && event.ctrlKey ? "pay" : isPlain ? NAMED[event.key] : "";
      if (!name && isPlain && isFree(event.target)) name = PLAIN[event.key];
      if (event.key === "F2") name = "search";
      if (event.key === "F7" && event.shiftKey) name = "open";
      if (event.key === "F9" && event.shiftKey) name = "return";
      if (event.key === "F6") name = event.shiftKey ? "bill-discount" : "discount";
      if (!name) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (name === "search") return focus("[data-finder]");
      if (name === "discount") return focus('.line[data-chosen="true"] [data-box="discount"]');
      if (name === "bill-discount") return focus('[data-box="bill-discount"]');
      if (name === "help") return setShown(true);
      if (ACTS[name]) act.current[ACTS[name]]?.(); else act.current.onKey?.(name);
    };
    const show = () => setShown(true);
    window.addEventListener("keydown", press, true);
    window.addEventListener("till:keys", show);
    return () => { window.removeEventListener("keydown", press, true); window.removeEventListener("till:keys", show); };
  }, []);
  useEffect(() => { document.querySelector('.line[data-chosen="true"]')?.scrollIntoView({ block: "nearest" }); }, [acts.chosen, acts.total]);
  useEffect(() => { if (isShown) sheet.current?.showModal(); }, [isShown]);
  if (!isShown) return null;
  return (
    <dialog ref={sheet} className="sheet" aria-label="Keys of the till" onClose={() => setShown(false)} onClick={(e) => e.target === sheet.current && sheet.current.close()}>
      <h2>Keys of the till</h2>
      <dl>
        {SHEET.map(([label, keys]) => [<dt key={label + keys}>{label}</dt>, <dd key={`${label} ${keys}`}>{keys.split(" ").map((key) => <kbd key={key} style={{ marginLeft: 4 }}>{key}</kbd>)}</dd>])}
      </dl>
      <button type="button" className="button button-outline button-touch sheet-close" onClick={() => sheet.current.close()}>Close</button>
    </dialog>
  );
}

export function KeysButton({ children }) {
  return <button type="button" className="button button-ghost button-touch icon-only" aria-label="Keys of the till" title="Keys of the till (?)" onClick={() => window.dispatchEvent(new CustomEvent("till:keys"))}>{children}</button>;
}
