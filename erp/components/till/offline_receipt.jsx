// The bill on 80 mm paper, printed by the browser: the fields of the server's receipt, in its order.
import { amount, amountInWords, instantText, money, month } from "./offline_words.js";

const COMPOSITION = "Composition taxable person, not eligible to collect tax on supplies";
const METHODS = { cash: "Cash", upi: "UPI", card: "Card" };
const plain = (text) => String(Number(text));
const isBare = (treatment) => treatment !== "taxable";

export function Paper({ bill }) {
  if (!bill) return null;
  const { lease, title, totals } = bill.shown, { seller } = lease;
  const hasTax = title !== "Bill of Supply";
  return (
    <article className="paper" aria-hidden="true">
      <header>
        <h1>{seller.name}</h1>
        {seller.lines.map((line) => <p key={line}>{line}</p>)}
        {seller.gstin && <p><b>GSTIN {seller.gstin}</b></p>}
        {seller.drug_licence && <p>D.L. No. {seller.drug_licence}</p>}
      </header>
      <section>
        {seller.is_composition && <p className="centre"><b>{COMPOSITION}</b></p>}
        <h2>{title}</h2>
        {bill.isReprint && <p className="centre"><b>DUPLICATE - REPRINT</b></p>}
        <Pair left={`No. ${bill.number}`} right={instantText(bill.sold_at, lease.time_zone)} />
        <Pair left={lease.register_name} right={lease.cashier} />
        <p>Place of supply: {seller.place_of_supply}</p>
        <p>Tax payable on reverse charge: No</p>
      </section>
      <ol>{bill.shown.lines.map((line, i) => <Line key={i} line={line} place={i + 1} hasTax={hasTax} />)}</ol>
      <section>
        {totals.discount > 0 && <><Pair left="Gross" right={amount(totals.gross)} /><Pair left="Discount" right={amount(-totals.discount)} /></>}
        <Pair left={hasTax ? "Taxable value" : "Value"} right={amount(totals.taxable)} />
        {totals.cgst > 0 && <><Pair left="CGST" right={amount(totals.cgst)} /><Pair left={seller.state_tax_head || "SGST"} right={amount(totals.sgst)} /></>}
        {totals.roundOff !== 0 && <Pair left="Round-off" right={amount(totals.roundOff)} />}
        <p className="paper-total"><b>TOTAL</b><b>{money(totals.value)}</b></p>
        <p>{amountInWords(totals.value)}</p>
        {totals.saving > 0 && <p className="centre"><b>You saved {money(totals.saving)} on MRP</b></p>}
      </section>
      {hasTax && <Rates lines={bill.shown.lines} head={seller.state_tax_head || "SGST"} />}
      <section>
        {bill.sent.tenders.map((tender, i) => <Pair key={i} left={METHODS[tender.method] + (tender.reference ? ` (${tender.reference})` : "")} right={amount(Number(tender.amount) * 100)} />)}
        {totals.change > 0 && <Pair left={<b>Change</b>} right={<b>{amount(totals.change)}</b>} />}
      </section>
      <footer><Bars bits={bill.shown.bars} /><p>{bill.number}</p></footer>
    </article>
  );
}

const Pair = ({ left, right }) => <p className="pair"><span>{left}</span><span>{right}</span></p>;

function Line({ line, place, hasTax }) {
  const facts = [line.hsn && `HSN ${line.hsn}`, line.number && `Batch ${line.number}`, line.expiry && `Exp ${month(line.expiry)}`, `MRP ${amount(Number(line.mrp) * 100)}`];
  const unit = line.unit === "NA" ? "" : ` ${line.unit}`;
  const rate = isBare(line.treatment) ? "exempt" : `GST ${plain(line.rate)}%`;
  return (
    <li>
      <b>{place}. {line.label}</b>
      <p>{facts.filter(Boolean).join(" · ")}</p>
      <Pair left={`${line.quantity}${unit} × ${amount(Number(line.price) * 100)}${hasTax ? ` · ${rate}` : ""}`} right={amount(line.total)} />
      {line.off > 0 && <p>less discount {amount(line.off)}</p>}
    </li>
  );
}

function Rates({ lines, head }) {
  const rates = new Map();
  for (const line of lines) {
    const half = Number(line.rate) / 2;
    const name = isBare(line.treatment) ? "Exempt" : half ? `${half}% + ${half}%` : "0%";
    const held = rates.get(name) ?? [0, 0, 0];
    rates.set(name, [held[0] + line.taxable, held[1] + line.cgst, held[2] + line.sgst]);
  }
  return (
    <table>
      <thead><tr>{["GST rate", "Taxable", "CGST", head].map((name) => <th key={name}>{name}</th>)}</tr></thead>
      <tbody>{[...rates].map(([name, sums]) => <tr key={name}><td>{name}</td>{sums.map((sum, i) => <td key={i}>{amount(sum)}</td>)}</tr>)}</tbody>
    </table>
  );
}

// Code 128 as the server drew it up with the lease: a length and its bits in hexadecimal.
function Bars({ bits }) {
  const [length, hex] = bits.split(":");
  const drawn = BigInt(`0x${hex}`).toString(2).padStart(Number(length), "0");
  const path = [...drawn].map((bit, x) => (bit === "1" ? `M${x} 0h1v8h-1z` : "")).join("");
  return <svg viewBox={`0 0 ${length} 8`} preserveAspectRatio="none" aria-hidden="true"><path d={path} /></svg>;
}
