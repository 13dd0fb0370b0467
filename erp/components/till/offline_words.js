// Amounts and days as bills write them.
const UNITS = "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen".split(" ");
const TENS = "Zero Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split(" ");
const SCALES = [[10000000, "Crore"], [100000, "Lakh"], [1000, "Thousand"], [100, "Hundred"]];
const grouped = new Intl.NumberFormat("en-IN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const amount = (paise) => grouped.format(Number(paise) / 100);
export const money = (paise) => `${paise < 0 ? "-" : ""}₹${amount(paise < 0 ? -paise : paise)}`;
export const month = (day) => (day ? `${day.slice(5, 7)}/${day.slice(0, 4)}` : "");

function inWords(number) {
  if (number < 20) return UNITS[number];
  if (number < 100) return number % 10 ? `${TENS[Math.floor(number / 10)]} ${UNITS[number % 10]}` : TENS[number / 10];
  const [size, name] = SCALES.find(([scale]) => number >= scale);
  const rest = number % size;
  return `${inWords(Math.floor(number / size))} ${name}${rest ? ` ${inWords(rest)}` : ""}`;
}

export function amountInWords(paise) {
  const rupees = Math.floor(paise / 100), rest = paise % 100;
  const parts = [rupees || !rest ? `Rupees ${inWords(rupees)}` : "", rest ? `${inWords(rest)} Paise` : ""];
  return `${parts.filter(Boolean).join(" and ")} Only`;
}

const partsAt = (instant, zone) => Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));

export function instantText(instant, zone) {
  const { day, month: of, year, hour, minute } = partsAt(instant, zone);
  return `${day}-${of}-${year} ${hour}:${minute}`;
}

export function dayAt(instant, zone) {
  const { day, month: of, year } = partsAt(instant, zone);
  return `${year}-${of}-${day}`;
}
