// GST of a bill at prices that hold the tax, in whole paise: what erp/core/gst/taxing.py makes of a counter sale.
const half = (value, by) => (2n * value + by) / (2n * by); // rounded half up, of what is not negative

export const paise = (text) => {
  const [whole, part = ""] = String(text).split(".");
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0").slice(0, 2));
};
export const rupees = (amount) => {
  const sign = amount < 0n ? "-" : "", digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

// Percent with up to four places, as ten-thousandths.
const rateOf = (text) => {
  const [whole, part = ""] = String(text).split(".");
  return BigInt(whole) * 10000n + BigInt(part.padEnd(4, "0").slice(0, 4));
};

export function taxLine({ quantity, price, rate }, bearsTax) {
  const total = BigInt(quantity) * paise(price), percent = bearsTax ? rateOf(rate) : 0n;
  const head = half(total * percent, 2n * (1000000n + percent));
  return { total, cgst: head, sgst: head, taxable: total - 2n * head };
}

export function taxBill(lines, bearsTax) {
  const taxed = lines.map((line) => taxLine(line, bearsTax));
  const sum = (name) => taxed.reduce((held, line) => held + line[name], 0n);
  const total = sum("total"), value = half(total, 100n) * 100n;
  return { lines: taxed, taxable: sum("taxable"), cgst: sum("cgst"), sgst: sum("sgst"), roundOff: value - total, value };
}
