// On the till itself: makes this browser able to sell without the server, and hands in before the shift closes.
import { useEffect, useState } from "react";
import { drain, handIn, isAway, prepare } from "./offline_sending.js";

const AGAIN_MS = 5 * 60 * 1000;
let before = Promise.resolve(); // what was begun is ended first, so that nothing is lent after the device handed in

export function OfflineReady({ shift, closing }) {
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!shift) return;
    let stopped = false;
    const act = () => { before = before.then(settle); };
    const settle = async () => {
      if (stopped) return;
      try {
        const { left, error } = await drain();
        if (left) throw error ?? new Error(`${left} bills made offline are still to be sent.`);
        if (closing) await handIn(); else await prepare(shift);
        if (!stopped) setProblem("");
      } catch (error) {
        const isAnothers = error.code === "lease_held" || error.code === "shift_closed";
        if (!stopped && !isAway(error) && !isAnothers) setProblem(error.message);
      }
    };
    const begin = setTimeout(act, closing ? 0 : 1500); // the till comes first
    const timer = setInterval(act, AGAIN_MS);
    return () => { stopped = true; clearTimeout(begin); clearInterval(timer); };
  }, [shift, closing]);
  return problem ? <p className="offline-problem" role="status">Bills made offline: {problem}</p> : null;
}
