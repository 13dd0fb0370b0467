// Shown while the server cannot be reached. Finds out why: away, signed out, or signed in anew.
import { useEffect, useRef, useState } from "react";

const RETRY_MS = 4000;
const RELOAD_EVERY_MS = 15000;

const WATCH_MS = 20000;

const isAlone = () => window.location.pathname.startsWith("/till/offline"); // it watches the server itself
const mayGoOn = () => window.location.pathname.startsWith("/till") && Boolean(localStorage.getItem("vantage.till.ready"));

function signInAgain() {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?ended=1&next=${encodeURIComponent(here)}`);
}

function startFresh() {
  const last = Number(sessionStorage.getItem("vantage.fresh") ?? 0);
  if (Date.now() - last < RELOAD_EVERY_MS) return;
  sessionStorage.setItem("vantage.fresh", String(Date.now()));
  sessionStorage.removeItem("token");
  window.location.reload();
}

export function ConnectionWatch({ failures }) {
  const [isAway, setAway] = useState(false);
  const count = useRef(0);
  count.current = failures;
  useEffect(() => {
    let stopped = false;
    const ask = () => fetch("/auth/session", { cache: "no-store" }).then(
      (answer) => {
        if (stopped) return;
        if (answer.status === 401 && count.current) signInAgain();
        else if (answer.ok && count.current >= 2) startFresh();
        setAway(answer.status >= 500 || count.current >= 2);
      },
      () => !stopped && setAway(true),
    );
    const look = () => (isAlone() || (failures < 1 && !mayGoOn()) ? setAway(false) : ask());
    look();
    const timer = setInterval(look, failures < 1 ? WATCH_MS : RETRY_MS); // a till also sees a database that is away alone
    return () => { stopped = true; clearInterval(timer); };
  }, [failures]);
  if (!isAway) return null;
  return (
    <div className="offline" role="status">
      The server is away. Reconnecting…
      {mayGoOn() && <a href="/till/offline/">Go on selling on this device</a>}
    </div>
  );
}
