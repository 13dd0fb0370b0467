// On the till itself: makes this browser able to sell without the server, and hands in before the shift closes.
import { useEffect, useState } from "react";
import { handIn, isAway, isResting, prepare, rest, signedIn, wake } from "./offline_sending.js";
import { Store } from "./offline_store.js";

const AGAIN_MS = 5 * 60 * 1000;
const RESTS = "This device handed in and sells online only.";
let before = Promise.resolve(); // one after another, so that a page that is left ends what it began

// Why selling without the server is not possible here; empty where it is.
async function settle(shift) {
  if (!window.isSecureContext) return "This device cannot sell offline: the address of this page does not begin with https.";
  try {
    const store = new Store(await signedIn());
    if (!isResting(shift)) await prepare(store, shift);
    if (!isResting(shift)) return "";
    await handIn(store);
    return RESTS;
  } catch (error) {
    if (isAway(error) || error.code === "shift_closed") return "";
    return `This device cannot sell offline: ${error.message}`;
  }
}

export function OfflineReady({ shift, closing }) {
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (!shift) return;
    let stopped = false;
    if (closing) rest(shift); // in every window, while the drawer is counted
    const act = () => { before = before.then(async () => { const found = stopped ? "" : await settle(shift); if (!stopped) setNote(found); }); };
    const begin = setTimeout(act, closing || asked ? 0 : 1500); // the till comes first
    const timer = setInterval(act, AGAIN_MS);
    return () => { stopped = true; clearTimeout(begin); clearInterval(timer); if (closing) wake(); };
  }, [shift, closing, asked]);
  if (!note || (closing && note === RESTS)) return null;
  return (
    <p className="offline-problem" role="status">
      {note}
      {note === RESTS && <button type="button" className="button button-ghost" onClick={() => { wake(); setNote(""); setAsked(asked + 1); }}>Make it ready again</button>}
    </p>
  );
}
