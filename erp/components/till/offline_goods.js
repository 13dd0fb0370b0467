// Finding goods and choosing their lots on the device, from what the server gave it.
const MOST = 20;
const ENOUGH = 400;
const LENGTHS = [8, 12, 13, 14];

const words = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];

export class Shelf {
  constructor(goods) {
    this.goods = [...goods].sort((a, b) => (a.label < b.label ? -1 : 1));
    this.texts = this.goods.map((row) => ` ${row.words} ${words(row.sku).join(" ")}`);
    this.byId = new Map(this.goods.map((row) => [row.id, row]));
    this.byCode = new Map(this.goods.flatMap((row) => [row.sku, ...row.codes].map((code) => [code, row])));
  }

  // Every word begins one of the row's; names that begin as was typed come first.
  search(text) {
    const wanted = words(text).map((word) => ` ${word}`);
    if (!wanted.length) return [];
    const first = [], others = [];
    for (let i = 0; i < this.texts.length && first.length + others.length < ENOUGH; i += 1) {
      if (!wanted.every((word) => this.texts[i].includes(word))) continue;
      const row = this.goods[i];
      (` ${row.label.toLowerCase()}`.startsWith(wanted[0]) ? first : others).push(row);
    }
    return [...first, ...others].slice(0, MOST);
  }

  // A barcode as printed, with another number of zeros, or inside a GS1 message; or an SKU.
  scanned(text) {
    const code = gtinIn(text.trim());
    const bare = code.replace(/^0+/, "");
    const known = /^\d+$/.test(code) && LENGTHS.includes(code.length) ? LENGTHS.map((length) => bare.padStart(length, "0")) : [];
    return [code, code.toUpperCase(), ...known].map((each) => this.byCode.get(each)).find(Boolean);
  }
}

function gtinIn(text) {
  const plain = text.replace(/^\][dCQe]\d/, "");
  if (plain.startsWith("(01)")) return plain.slice(4, 18);
  return /^01\d{14}./.test(plain) ? plain.slice(2, 16) : text;
}

// The last step reached holds; its letter says whose units count: the product's, the brand's, all goods'; none the variant's.
export function priceFor(prices, units) {
  const steps = prices.split(";").map((step) => step.split(":")).filter(([start]) => Number(start.replace(/^\D/, "")) <= units[/^\D?/.exec(start)[0]]);
  return steps.at(-1)[1];
}

const countsOf = (row, entries, shelf) => ({
  "": totalOf(entries, row.id, (each) => each.id),
  p: totalOf(entries, row.product_id, (each) => shelf.byId.get(each.id)?.product_id),
  b: totalOf(entries, row.brand_id, (each) => shelf.byId.get(each.id)?.brand_id),
  a: totalOf(entries, true, (each) => shelf.byId.has(each.id)),
});

const totalOf = (entries, key, of) => entries.filter((entry) => of(entry) === key).reduce((sum, entry) => sum + (entry.base ?? 0), 0);

const unitOf = (row, code) => row?.units?.find((unit) => unit.code === code);

// Base units in so many of a unit; nothing where they are none, or not whole. No name means the base unit.
export function baseUnits(row, unit, count) {
  if (!unit) return count;
  const found = unitOf(row, unit), base = found ? (count * found.numerator) / found.denominator : NaN;
  return Number.isSafeInteger(base) ? base : null;
}

// How many of a unit so many base units are; nothing where they are no whole number of it.
export function soldAs(row, unit, base) {
  const found = unit && unitOf(row, unit), count = found ? (base * found.denominator) / found.numerator : NaN;
  return Number.isInteger(count) ? count : null;
}

// What one of a unit costs, in paise, where a base unit costs so many.
export function priceOfUnit(row, unit, price) {
  const found = unit && unitOf(row, unit);
  if (!found) return price;
  const over = BigInt(found.denominator);
  return (2n * price * BigInt(found.numerator) + over) / (2n * over);
}

// Lots for a cart, first to go first; lots that somebody named are taken before others, as the server does.
// `taken` is what bills since the snapshot took of each lot.
export function allocate(cart, shelf, taken) {
  const left = new Map(taken), partsOf = new Map();
  const entries = cart.map((entry) => ({ ...entry, base: baseUnits(shelf.byId.get(entry.id), entry.unit, entry.units) }));
  for (const entry of [...entries.filter((each) => each.lot), ...entries.filter((each) => !each.lot)]) {
    const row = shelf.byId.get(entry.id);
    if (row) partsOf.set(entry, take(entry, row, countsOf(row, entries, shelf), left));
  }
  return entries.map((entry) => {
    const row = shelf.byId.get(entry.id), parts = partsOf.get(entry) ?? [];
    if (!row) return { entry, row: null, parts, problem: "This is not on the till's shelf any more. Take it off." };
    const found = parts.reduce((sum, part) => sum + part.quantity, 0);
    return { entry, row, parts, problem: unitProblem(row, entry) || problemOf(row, totalOf(entries, entry.id, (each) => each.id), found, entry.base, entries, shelf) };
  });
}

function take(entry, row, units, left) {
  const parts = [];
  let missing = entry.base ?? 0;
  for (const lot of row.lots.filter((each) => !entry.lot || each.id === entry.lot)) {
    const quantity = Math.min(missing, Math.max(0, lot.units - (left.get(lot.id) ?? 0)));
    if (!quantity) continue;
    left.set(lot.id, (left.get(lot.id) ?? 0) + quantity);
    missing -= quantity;
    parts.push({ lot, quantity, price: priceFor(lot.prices, units), rate: row.rate, row, unit: entry.unit ?? "", percent: entry.off || "0" });
  }
  return parts;
}

function unitProblem(row, { unit, units, base }) {
  if (base !== null) return "";
  return unitOf(row, unit) ? `${units} ${unit} are no whole number of ${row.unit}. Type another quantity.` : `This is not sold by ${unit} any more. Choose another unit.`;
}

function problemOf(row, units, found, wanted, entries, shelf) {
  const ofProduct = totalOf(entries, row.product_id, (each) => shelf.byId.get(each.id)?.product_id);
  if (row.is_prescribed) return "Sold on a prescription: this needs the server.";
  if (row.is_capped_by_customer) return "How much of this a customer may have is limited: this needs the server.";
  if (row.cap !== null && ofProduct > row.cap) return `No more than ${row.cap} may be sold at once.`;
  if (row.free_from !== null && units >= row.free_from) return `From ${row.free_from} units on free goods belong with it: this needs the server.`;
  if (found < wanted) return found ? `Only ${found} were left when the server was last there.` : "None was left when the server was last there.";
  return "";
}
