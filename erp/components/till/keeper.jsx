// Keeps a copy of the open carts in the tab, so that neither a reload nor a restarted server loses them.
import { useEffect, useRef } from "react";

const hasLines = (text) => { try { const cart = JSON.parse(text); return cart.entries.length > 0 || Boolean(cart.exchange); } catch { return false; } };
const hasOthers = (text) => { try { return JSON.parse(text).carts.length > 1; } catch { return false; } };

export function CartKeeper({ register, kept, aside, onRestore }) {
  const offered = useRef("");
  useEffect(() => {
    if (!register) return;
    const place = `vantage.till.${register}`;
    const held = sessionStorage.getItem(place) ?? "";
    const others = sessionStorage.getItem(`${place}.aside`) ?? "";
    if (offered.current !== register) {
      offered.current = register;
      if ((hasLines(held) || hasOthers(others)) && !hasLines(kept) && !hasOthers(aside)) return onRestore?.(held, others);
    }
    if (kept) sessionStorage.setItem(place, kept);
    sessionStorage.setItem(`${place}.aside`, aside);
  }, [register, kept, aside]);
  return null;
}
