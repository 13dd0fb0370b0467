// Fetches what opening a session needs while a list of sessions is looked at: the viewer's script and the page's once
// the list rests, a session's first pictures when a hand or the focus goes to its link.
import { useEffect, useState } from "react";
import { PrefetchPageLinks } from "react-router";
import { askAhead } from "./viewer_asked.js";

const QUIET_MS = 800, HOVER_MS = 60;
const ANY_SESSION = "/imaging/sessions/00000000-0000-7000-8000-000000000000";

export function ViewerAhead() {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    const asked = setTimeout(() => { setQuiet(true); import("./viewer.jsx").catch(() => {}); }, QUIET_MS);
    return () => clearTimeout(asked);
  }, []);
  useEffect(() => {
    let timer = 0;
    const linkOf = (event) => event.target.closest?.("a[href]") ?? event.target.closest?.("tr")?.querySelector("a[href]");
    const now = (event) => { const link = linkOf(event); if (link) askAhead(link.pathname); };
    const soon = (event) => { clearTimeout(timer); const link = linkOf(event); if (link) timer = setTimeout(() => askAhead(link.pathname), HOVER_MS); };
    const away = () => clearTimeout(timer);
    const heard = [["pointerdown", now], ["pointerover", soon], ["focusin", soon], ["pointerout", away]];
    for (const [name, act] of heard) document.addEventListener(name, act);
    return () => { away(); for (const [name, act] of heard) document.removeEventListener(name, act); };
  }, []);
  return isQuiet ? <PrefetchPageLinks page={ANY_SESSION} /> : null;
}
