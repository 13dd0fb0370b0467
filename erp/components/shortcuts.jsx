// Keyboard shortcuts: sequences that open pages, Ctrl-K for the palette, ? for the list of them.
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { tinykeys } from "tinykeys";

const isTyping = (event) => event.target.closest?.("input, textarea, select, [contenteditable]");

export function Shortcuts({ places }) {
  const navigate = useNavigate();
  const sheet = useRef(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const unlessTyping = (act) => (event) => { if (!isTyping(event)) { event.preventDefault(); act(); } };
    const map = Object.fromEntries((places ?? []).map((place) => [place.keys, unlessTyping(() => navigate(place.href))]));
    return tinykeys(window, {
      ...map,
      "$mod+k": (event) => { event.preventDefault(); window.dispatchEvent(new CustomEvent("vantage:palette")); },
      "Shift+?": unlessTyping(() => setShown(true)),
      "/": unlessTyping(() => document.querySelector("[data-search]")?.focus()),
    });
  }, [JSON.stringify(places)]);
  useEffect(() => { if (isShown) sheet.current?.showModal(); }, [isShown]);
  if (!isShown) return null;
  return (
    <dialog ref={sheet} className="sheet" onClose={() => setShown(false)} onClick={(e) => e.target === sheet.current && sheet.current.close()} aria-label="Keyboard shortcuts">
      <h2>Keyboard shortcuts</h2>
      <dl>
        <dt>Find anything</dt><dd><kbd>Ctrl</kbd> <kbd>K</kbd></dd>
        <dt>Search this list</dt><dd><kbd>/</kbd></dd>
        {(places ?? []).map((place) => [
          <dt key={place.href}>{place.label}</dt>,
          <dd key={`${place.href} keys`}>{place.keys.split(" ").map((key) => <kbd key={key} style={{ marginLeft: 4 }}>{key.toUpperCase()}</kbd>)}</dd>,
        ])}
        <dt>This sheet</dt><dd><kbd>?</kbd></dd>
      </dl>
    </dialog>
  );
}

// A plain key belongs to whoever types, to an open dialog, and Enter to the button or link that has the focus.
const isTaken = (key, event) => !/^(F\d+$|\$mod|Alt|Control)/.test(key)
  && (isTyping(event) || event.target.closest?.("dialog, [role=dialog], [role=alertdialog]") || (key === "Enter" && event.target.closest?.("button, a, summary")));

export function KeyMap({ keys, onKey }) {
  const act = useRef(onKey);
  act.current = onKey;
  useEffect(() => tinykeys(window, Object.fromEntries(Object.entries(keys ?? {}).map(([key, name]) => [key, (event) => { if (isTaken(key, event)) return; event.preventDefault(); act.current?.(name); }]))), [JSON.stringify(keys)]);
  return null;
}

// J and K walk through a list's links; the browser's own Enter opens the one that has the focus.
export function RowKeys() {
  useEffect(() => {
    const step = (by) => (event) => {
      if (isTaken(event.key, event) || event.ctrlKey || event.metaKey) return;
      const links = [...document.querySelectorAll(".row-link")];
      if (!links.length) return;
      event.preventDefault();
      const here = links.indexOf(document.activeElement);
      const next = links[here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + by))];
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    };
    return tinykeys(window, { j: step(1), k: step(-1) });
  }, []);
  return null;
}
