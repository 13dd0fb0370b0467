// GST and discounts of a bill at prices that hold the tax, in whole paise: what erp/core/gst/taxing.py makes of a counter sale.
const half = (value, by) => (2n * value + by) / (2n * by); // rounded half up, of what is not negative
const sumOf = (amounts) => amounts.reduce((sum, each) => sum + each, 0n);
const most = (amounts) => amounts.reduce((held, each) => (each > held ? each : held), 0n);

export const paise = (text) => {
  const [whole, part = ""] = String(text).split(".");
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0").slice(0, 2));
};
export const rupees = (amount) => {
  const sign = amount < 0n ? "-" : "", digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

// Percent with up to four places, as ten-thousandths.
export const percentOf = (text) => {
  const [whole, part = ""] = String(text).split(".");
  return BigInt(whole) * 10000n + BigInt(part.padEnd(4, "0").slice(0, 4));
};

// Shares an amount over weights: floored, what is left to the largest remainders, of equal ones to the earlier.
export function shared(amount, weights) {
  const total = sumOf(weights), shares = weights.map((weight) => (total ? (amount * weight) / total : 0n));
  const rests = weights.map((weight, at) => ({ at, rest: total ? (amount * weight) % total : 0n }));
  rests.sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1));
  const left = total ? Number(amount - sumOf(shares)) : 0;
  for (const { at } of rests.slice(0, left)) shares[at] += 1n;
  return shares;
}

function taxLine({ gross, off, rate }, share, bearsTax) {
  const total = gross - off - share, percent = bearsTax ? percentOf(rate) : 0n;
  const head = half(total * percent, 2n * (1000000n + percent));
  return { gross, off: off + share, total, cgst: head, sgst: head, taxable: total - 2n * head };
}

// Each line may have a discount in percent; `billOff` are paise off the whole bill. `levels` are the discounts of lines, their
// shares of the bill's included, in ten-thousandths of a percent; `level` is the largest. A bill discount above the bill is not taken off.
export function taxBill(lines, bearsTax, billOff = 0n) {
  const priced = lines.map(({ quantity, price, rate, percent }) => {
    const gross = BigInt(quantity) * paise(price);
    return { gross, off: half(gross * percentOf(percent || "0"), 1000000n), rate };
  });
  const nets = priced.map(({ gross, off }) => gross - off), net = sumOf(nets), isTooMuch = billOff > net;
  const off = isTooMuch ? 0n : billOff, shares = shared(off, nets);
  const taxed = priced.map((line, at) => taxLine(line, shares[at], bearsTax));
  const levels = lines.map(({ percent }) => levelOf(percentOf(percent || "0"), net, off));
  const sum = (name) => sumOf(taxed.map((line) => line[name])), total = sum("total"), value = half(total, 100n) * 100n;
  return {
    lines: taxed, gross: sum("gross"), discount: sum("off"), taxable: sum("taxable"), cgst: sum("cgst"), sgst: sum("sgst"),
    roundOff: value - total, value, isTooMuch, levels, level: most(levels),
  };
}

function levelOf(asked, net, off) {
  if (!asked && !off) return 0n;
  return net ? half(1000000n * net - (1000000n - asked) * (net - off), net) : 1000000n;
}
