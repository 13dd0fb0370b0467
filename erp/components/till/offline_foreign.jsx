// What somebody else left on this browser: whoever is signed in is told who may hand it in, and does where they may.
import { useState } from "react";
import { handIn, unsentOf } from "./offline_sending.js";
import { isColleague, isNeighbour, isSelf } from "./offline_store.js";

const HOME = "/till";
const unsentText = (count) => ["Every bill is sent", "1 bill is still to be sent"][count] ?? `${count} bills are still to be sent`;

export function Foreign({ store, person, kept }) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const lease = kept?.lease, mayHandIn = isNeighbour(person, store.person) || isSelf(person, store.person);
  const go = () => {
    setBusy(true);
    handIn(store).then(() => window.location.assign(HOME), (error) => { setProblem(error.message); setBusy(false); });
  };
  if (!lease || !isColleague(person, store.person)) return <Left><p className="offline-note" role="alert">Somebody else is signed in on this browser. What was sold offline before is kept here for them.</p></Left>;
  const who = `somebody who sells at ${lease.register_name} of ${lease.seller.name}`;
  return (
    <Left>
      <p className="offline-note" role="status">{unsentText(unsentOf(kept.bills).length)} of what {lease.cashier} sold at {lease.register_name} of {lease.seller.name}. It stays that till's.</p>
      {mayHandIn && <button type="button" className="button button-solid button-touch" disabled={isBusy} onClick={go}>Send and hand in</button>}
      {(!mayHandIn || problem) && <p className="offline-note" role="alert">{problem} Let {lease.cashier}, or {who}, sign in on this browser and hand them in.</p>}
    </Left>
  );
}

function Left({ children }) {
  return (
    <div className="offline-wait">
      <h1 className="sr-only">Offline till</h1>
      {children}
      <a className="button button-outline button-touch" href={HOME}>Go to the till</a>
    </div>
  );
}
