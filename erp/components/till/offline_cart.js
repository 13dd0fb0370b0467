// The bill at hand on a device without its server: its lines, what they cost, and how it is written down.
import { allocate, soldAs } from "./offline_goods.js";
import { dayAt } from "./offline_words.js";
import { paise, percentOf, rupees, taxBill } from "./offline_taxing.js";

// The line that goods join which are scanned or chosen again: one that counts base units of whichever lot goes first.
export const joined = (cart, row) => cart.find((entry) => entry.id === row.id && !entry.lot && !entry.unit);

export function adding(cart, row) {
  const same = joined(cart, row);
  if (same) return cart.map((entry) => (entry === same ? { ...entry, units: entry.units + 1 } : entry));
  return [...cart, { uid: Math.max(0, ...cart.map((entry) => entry.uid)) + 1, id: row.id, units: 1, unit: "", lot: "", off: "" }];
}

export const changing = (cart, uid, change) => cart.map((entry) => (entry.uid === uid ? { ...entry, ...change } : entry));
export const removing = (cart, uid) => cart.filter((entry) => entry.uid !== uid);

// What bills made since the snapshot took of each lot.
export function takenBy(bills, asOf) {
  const taken = new Map();
  for (const bill of bills.filter((each) => each.as_of === asOf)) {
    for (const { lot_id: lot, quantity } of bill.sent.lines) taken.set(lot, (taken.get(lot) ?? 0) + quantity);
  }
  return taken;
}

// The next unit of a line's goods; the base unit goes without a name.
export function nextUnit(entry, row) {
  const codes = row?.units?.map(({ code }) => code) ?? [], at = codes.indexOf(entry.unit || codes[0]);
  return codes.length > 1 && (at + 1) % codes.length ? codes[at + 1] : "";
}

// A typed percentage or amount as it is kept, with two places at most; nothing where it is none.
export function readOff(text, most = Infinity) {
  const plain = text.trim().replaceAll(",", "");
  if (!plain) return "";
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) && Number(plain) <= most ? plain : null;
}

const limitOf = (lease) => lease.discount_limit ?? "0.00";

// Why a discount may not be given without the server; empty where it may.
export function discountProblem(sums, lease, parts) {
  if (sums.isTooMuch) return "The discount is larger than the bill.";
  const beyond = parts.find(({ row }, at) => row.ceiling && sums.levels[at] > percentOf(row.ceiling));
  if (beyond) return `Without the server no more than ${Number(beyond.row.ceiling)}% may be taken off ${beyond.row.label}.`;
  if (sums.level <= percentOf(limitOf(lease))) return "";
  return `This is a discount of ${Number(sums.level) / 10000}%. Without the server you may give ${Number(limitOf(lease))}%.`;
}

export function priced({ entries, off = "" }, shelf, taken, lease) {
  const lines = allocate(entries, shelf, taken);
  const parts = lines.flatMap((line) => line.parts.map((part) => ({ ...part, uid: line.entry.uid })));
  const sums = taxBill(parts, lease.bears_tax, parts.length ? paise(off || "0") : 0n), refused = parts.length ? discountProblem(sums, lease, parts) : "";
  const mrp = parts.reduce((sum, { lot, quantity }) => sum + paise(lot.mrp) * BigInt(quantity), 0n);
  const total = sums.lines.reduce((sum, line) => sum + line.total, 0n);
  return {
    lines: lines.map((line) => ({ ...line, total: parts.reduce((sum, part, i) => (part.uid === line.entry.uid ? sum + sums.lines[i].total : sum), 0n) })),
    parts, sums, off: off || "0", refused, saving: mrp > total ? mrp - total : 0n,
    isTooLong: parts.length > MOST_PARTS,
    isSellable: parts.length > 0 && parts.length <= MOST_PARTS && !refused && lines.every((line) => !line.problem),
  };
}

const MOST_PARTS = 200; // the server takes no more of one bill

const titleOf = (parts, titles) => {
  const kinds = new Set(parts.map(({ row }) => row.treatment === "taxable"));
  return kinds.size === 2 ? titles[2] : kinds.has(true) ? titles[0] : titles[1];
};

const CLOCK_SLIPS_MS = 15 * 60 * 1000;
const LEAVING = "This device was handing in when the server stopped answering. It sells again once the server has said how that ended.";

// Why nothing may be sold under a lease at this instant; empty where it may.
export function hindrance(lease, now) {
  if (!lease) return "This device was not made ready while the server was there. Open the till once it is back.";
  if (lease.is_leaving) return LEAVING;
  if (Date.parse(now) < Date.parse(lease.last_sold_at ?? lease.taken_at) - CLOCK_SLIPS_MS) return "The clock of this device is behind: it shows a time before its last bill. Set it right first.";
  if (dayAt(now, lease.time_zone) > lease.until_day) return "What this device was lent has run out, or its clock is ahead. Open the till once the server is back.";
  if (lease.next_number > lease.last_number) return "The numbers this device was lent are used up. Open the till once the server is back.";
  return "";
}

// Bills of a lease are dated in the order of their numbers, whatever the clock did in between.
export const soldAt = (lease, now) => (lease.last_sold_at && Date.parse(lease.last_sold_at) > Date.parse(now) ? lease.last_sold_at : now);

const linesOf = (parts) => parts.map(({ row, lot, quantity, price, unit, percent }) => {
  const sold = soldAs(row, unit, quantity);
  return { variant_id: row.id, lot_id: lot.id, quantity, unit_price: price, prices: lot.prices, ...(row.ceiling && { ceiling: row.ceiling }), seal: lot.seal, discount_percent: percent, ...(sold !== null && { unit, sold }) };
});

// Whether a bill that was made is that of the same goods, prices, discounts and payment.
export const isBillOf = ({ sent }, { parts, off }, tenders) => JSON.stringify([sent.lines, sent.bill_discount, sent.tenders]) === JSON.stringify([linesOf(parts), off, tenders]);

const soldText = ({ row, unit, quantity }) => {
  const sold = soldAs(row, unit, quantity);
  return sold === null ? "" : ` (${sold} ${unit} = ${quantity} ${row.unit})`;
};

// The bill as it is kept, sent and printed. Amounts that are shown are whole paise.
export function billOf({ lease, place, asOf, saleId, now, priced: { parts, sums, off, saving }, tenders }) {
  const paid = tenders.reduce((sum, tender) => sum + paise(tender.amount), 0n);
  const number = `${lease.prefix}${String(place).padStart(lease.width, "0")}`;
  const { bars, ...rest } = lease;
  return {
    sale_id: saleId, lease_id: lease.lease_id, place, number, sold_at: now, as_of: asOf, status: "unsent", reason: "",
    sent: {
      place, sold_at: now, tenders,
      lines: linesOf(parts), bill_discount: off, discount_limit: limitOf(lease), discount_seal: lease.discount_seal ?? "", named_at: lease.now,
      totals: { taxable: rupees(sums.taxable), cgst: rupees(sums.cgst), sgst: rupees(sums.sgst), total: rupees(sums.value) },
    },
    shown: {
      lease: rest, title: titleOf(parts, lease.titles), bars: bars[place - lease.first_number],
      lines: parts.map(({ row, lot, quantity, price, rate, unit }, i) => ({
        label: `${row.label}${soldText({ row, unit, quantity })}`, hsn: row.hsn, unit: row.unit, treatment: row.treatment, rate, quantity, price,
        lot: lot.id, number: lot.number, expiry: lot.expires_on, mrp: lot.mrp,
        off: Number(sums.lines[i].off), total: Number(sums.lines[i].total), taxable: Number(sums.lines[i].taxable), cgst: Number(sums.lines[i].cgst), sgst: Number(sums.lines[i].sgst),
      })),
      totals: {
        gross: Number(sums.gross), discount: Number(sums.discount), taxable: Number(sums.taxable), cgst: Number(sums.cgst), sgst: Number(sums.sgst), roundOff: Number(sums.roundOff),
        value: Number(sums.value), saving: Number(saving), change: Number(paid - sums.value),
      },
    },
  };
}
