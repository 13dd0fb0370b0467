// Keeps a copy of the cart in the tab, so that neither a reload nor a restarted server loses it.
import { useEffect, useRef } from "react";

const hasLines = (text) => { try { return JSON.parse(text).entries.length > 0; } catch { return false; } };

export function CartKeeper({ register, kept, onRestore }) {
  const offered = useRef("");
  useEffect(() => {
    if (!register) return;
    const place = `vantage.till.${register}`;
    const held = sessionStorage.getItem(place) ?? "";
    if (offered.current !== register) {
      offered.current = register;
      if (hasLines(held) && !hasLines(kept)) return onRestore?.(held);
    }
    if (kept) sessionStorage.setItem(place, kept);
  }, [register, kept]);
  return null;
}
