// The bill at hand beside the search: lines, sums, and the way to payment.
import { NumberBox, Stepper } from "./number_box.jsx";
import { priceOfUnit } from "./offline_goods.js";
import { paise } from "./offline_taxing.js";
import { amount, money, month } from "./offline_words.js";

// `mayTakeOff` tells whether the cashier was lent any discount; `onOff` takes rupees off the whole bill.
export function OfflineBill({ bill, chosen, mayTakeOff, onChoose, onStep, onChange, onDiscount, onOff, onRemove, onPay, stop }) {
  const lines = bill?.lines ?? [];
  return (
    <section className="till-right" aria-label="Bill">
      <div className="bill-head"><span className="customer-button offline-who"><span className="who">Walk-in customer</span></span></div>
      <div className="bill-lines">
        {lines.length ? <ol className="lines">{lines.map((line) => <Line key={line.entry.uid} line={line} isChosen={line.entry.uid === chosen} mayTakeOff={mayTakeOff} onChoose={onChoose} onStep={onStep} onChange={onChange} onDiscount={onDiscount} onRemove={onRemove} />)}</ol>
          : <div className="empty"><h3>No lines yet</h3><p>Scan a pack, or type a few letters.</p></div>}
      </div>
      <Foot bill={bill} isOff={!bill?.isSellable || Boolean(stop)} mayTakeOff={mayTakeOff} onOff={onOff} onPay={onPay} />
    </section>
  );
}

function Line({ line: { entry, row, parts, problem, total }, isChosen, mayTakeOff, onChoose, onStep, onChange, onDiscount, onRemove }) {
  const label = row?.label ?? "Unknown goods", units = row?.units ?? [];
  const prices = [...new Set(parts.map((part) => part.price))].map((price) => money(priceOfUnit(row, entry.unit, paise(price))));
  return (
    <li className="line" data-chosen={isChosen} data-uid={entry.uid} data-problem={Boolean(problem)}>
      <div className="line-head" onClick={() => onChoose(entry.uid)}><span className="line-name">{label}</span><span className="line-total">{parts.length ? money(total) : ""}</span></div>
      <div className="line-lots">
        {parts.map(({ lot, quantity }) => (
          <span key={lot.id} className="lot">Lot <b>{parts.length > 1 ? `${quantity} × ` : ""}{lot.number || "no lot"}</b>{lot.expires_on && ` · exp ${month(lot.expires_on)}`} · MRP {amount(Number(lot.mrp) * 100)}</span>
        ))}
      </div>
      <div className="line-tools">
        <Stepper value={String(entry.units)} label={`Quantity of ${label}`} onStep={(by) => onStep(entry.uid, by)} onCommit={(text) => /^[1-9]\d{0,5}$/.test(text) && onChange(entry.uid, { units: Number(text) })} />
        {units.length > 1 && (
          <select className="input line-unit" aria-label={`Unit of ${label}`} title="Unit (*)" value={entry.unit || units[0].code} onChange={(e) => onChange(entry.uid, { unit: e.target.value === units[0].code ? "" : e.target.value })}>
            {units.map(({ code }) => <option key={code} value={code}>{code}</option>)}
          </select>
        )}
        <span className="line-price">{prices.join(" / ")}</span>
        {mayTakeOff && <NumberBox value={entry.off ?? ""} label={`Discount of ${label} in percent`} place="discount" affix="%" onCommit={(text) => onDiscount(entry.uid, text)} />}
        {row && row.lots.length > 1 && (
          <select className="input line-unit offline-lot" aria-label={`Lot of ${label}`} value={entry.lot} onChange={(e) => onChange(entry.uid, { lot: e.target.value })}>
            <option value="">First lot</option>
            {row.lots.map((lot) => <option key={lot.id} value={lot.id}>{lot.number || "no lot"} · {month(lot.expires_on)}</option>)}
          </select>
        )}
        <button type="button" className="line-remove" aria-label={`Remove ${label}`} title="Remove (Del)" onClick={() => onRemove(entry.uid)}>×</button>
      </div>
      {problem && <p className="error" role="alert">{problem}</p>}
    </li>
  );
}

function Foot({ bill, isOff, mayTakeOff, onOff, onPay }) {
  const sums = bill?.sums;
  const units = bill ? bill.lines.reduce((sum, line) => sum + line.entry.units, 0) : 0;
  const rows = sums && units ? [["Taxable value", sums.taxable], ["CGST + SGST", sums.cgst + sums.sgst], ["Discount", -sums.discount], ["Round-off", sums.roundOff]].filter(([, value]) => value !== 0n) : [];
  return (
    <div className="bill-foot">
      <dl className="sums">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{money(value)}</dd></div>)}</dl>
      {mayTakeOff && (
        <div className="bill-offs">
          <div className="bill-discount"><span>Bill discount</span><NumberBox value={bill?.off === "0" ? "" : bill?.off ?? ""} label="Bill discount in rupees" place="bill-discount" before="₹" onCommit={onOff} /></div>
        </div>
      )}
      {bill?.refused && <p className="error" role="alert">{bill.refused}</p>}
      <div className="pay-row">
        <div className="total-row"><span>Total<small>{units ? `${units} ${units === 1 ? "unit" : "units"}` : ""}</small></span><b className="grand-total" aria-live="polite">{money(sums?.value ?? 0n)}</b></div>
        <button type="button" className="button button-solid button-touch pay-button" disabled={isOff} onClick={onPay}><span>Pay</span><kbd aria-hidden="true">F10</kbd></button>
      </div>
    </div>
  );
}
