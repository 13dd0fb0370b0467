// Gives a field the keyboard as its dialog opens; a button there also takes an Enter that came early.
import { useEffect } from "react";

export function FocusOn({ field }) {
  useEffect(() => {
    const timer = setTimeout(() => document.getElementById(field)?.focus(), 80);
    const press = (event) => {
      const button = document.getElementById(field);
      if (event.key !== "Enter" || button?.tagName !== "BUTTON" || event.repeat) return;
      if (event.target.closest?.('[role="dialog"] a, [role="dialog"] button')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      button.click();
    };
    window.addEventListener("keydown", press, true);
    return () => { clearTimeout(timer); window.removeEventListener("keydown", press, true); };
  }, [field]);
  return null;
}
