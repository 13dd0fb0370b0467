// The lines of the bill at hand. Every answer of the server brings all of them; what is as before stays the same object
// (Reflex keeps it), and its line is not drawn again.
import { memo, useMemo, useRef } from "react";
import { Trash2, TrendingDown } from "lucide-react";
import { NumberBox, Stepper } from "./number_box.jsx";

const ACTS = ["onSelect", "onStep", "onQuantity", "onUnit", "onDiscount", "onRemove"];

export function CartLines({ lines, selected, ...acts }) {
  const latest = useRef(acts);
  latest.current = acts;
  const act = useMemo(() => Object.fromEntries(ACTS.map((name) => [name, (...given) => latest.current[name]?.(...given)])), []);
  return (
    <ol className="lines">
      {lines.map((line) => <CartLine key={line.uid} line={line} isChosen={line.uid === selected} act={act} />)}
    </ol>
  );
}

const CartLine = memo(function CartLine({ line, isChosen, act }) {
  const { uid, label, problem } = line;
  return (
    <li className="line" data-chosen={isChosen} data-uid={uid} data-problem={Boolean(problem)}>
      <div className="line-head" onClick={() => act.onSelect(uid)}><span className="line-name">{label}</span><span className="line-total">{line.total}</span></div>
      <div className="line-lots">
        {line.lots.map((lot) => <Lot key={lot.id} lot={lot} />)}
        <News line={line} />
        {line.last && <span className="line-last">{line.last}</span>}
      </div>
      <div className="line-tools">
        <Stepper value={line.quantity} label={`Quantity of ${label}`} onStep={(by) => act.onStep(uid, by)} onCommit={(text) => act.onQuantity(uid, text)} />
        {line.unit && (
          <select className="input line-unit" aria-label={`Unit of ${label}`} title="Unit (*)" value={line.unit} onChange={(e) => act.onUnit(uid, e.target.value)}>
            {line.units.map((code) => <option key={code} value={code}>{code}</option>)}
          </select>
        )}
        <span className="line-price">{line.price}</span>
        <NumberBox value={line.discount} label={`Discount of ${label} in percent`} place="discount" affix="%" onCommit={(text) => act.onDiscount(uid, text)} />
        <button type="button" className="line-remove" aria-label={`Remove ${label}`} title="Remove (Del)" onClick={() => act.onRemove(uid)}><Trash2 /></button>
      </div>
      {problem && <p className="error" role="alert">{problem}</p>}
    </li>
  );
});

function Lot({ lot }) {
  return (
    <span className="lot" data-tone={lot.tone} title={lot.until ? `Good until ${lot.until}` : ""}>Lot <b>{lot.text}</b>{lot.expiry && ` · exp ${lot.expiry}`}</span>
  );
}

// What a cashier tells the customer: free units, where the price is from, a loss.
function News({ line }) {
  return (
    <>
      {line.free && <b className="line-free">{line.free}</b>}
      {line.why && <span className="line-why">{line.why}</span>}
      {line.is_below_cost && <span className="line-loss"><TrendingDown />Below cost</span>}
    </>
  );
}
