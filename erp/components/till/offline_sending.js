// The device and its server: taking a lease and goods while it is there, sending the bills, handing in.
import { allBills, fact, forgetAll, keepBill, keepFact, keepGoods, keepLease } from "./offline_store.js";

const BASE = "/api/erp/till-leases";
const SLOW_MS = 15000;
const READY = "vantage.till.ready"; // the banner of lost connections offers the terminal
const UNSENT = "vantage.till.unsent"; // signing out asks it
const SCOPE = "/till";

class Refused extends Error {
  constructor(status, body) {
    super(body.detail ?? "The server refused.");
    this.status = status;
    this.code = body.code ?? "";
  }
}

async function post(path, body, key) {
  const headers = { "content-type": "application/json", ...(key && { "idempotency-key": key }) };
  const answer = await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(SLOW_MS) });
  if (answer.ok) return answer.json();
  throw new Refused(answer.status, await answer.json().catch(() => ({})));
}

async function device() {
  const known = await fact("device");
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = { key: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""), name: deviceName() };
  await keepFact("device", made);
  return made;
}

function deviceName() {
  const system = /Android|iPad|iPhone|Windows|Macintosh|CrOS|Linux/.exec(navigator.userAgent)?.[0] ?? "Device";
  return `${system} ${Math.random().toString(36).slice(2, 6).toUpperCase()}`;
}

export const isAway = (error) => !(error instanceof Refused) || error.status >= 500;
export const isReady = () => Boolean(localStorage.getItem(READY));
export const unsentOf = (bills) => bills.filter((bill) => bill.status === "unsent");

async function noteUnsent() {
  const count = unsentOf(await allBills()).length;
  localStorage.setItem(UNSENT, String(count));
  return count;
}

// Makes this browser able to sell on a shift without the server.
export async function prepare(shift) {
  await navigator.serviceWorker?.register("/sw.js", { scope: SCOPE });
  await navigator.storage?.persist?.();
  const lease = await takeLease(shift);
  await keepLease(lease);
  await refresh();
  localStorage.setItem(READY, lease.register_id);
}

async function takeLease(shift) {
  const { key, name } = await device();
  const held = await fact("lease");
  const wanted = { shift_id: shift, device_key: key, device_name: name };
  try {
    const { id } = await post("", wanted, crypto.randomUUID());
    return await post(`/${id}/terms`, { device_key: key });
  } catch (error) {
    if (error.code !== "lease_held" || !held) throw error;
    await handIn(); // of another cashier, or of a shift before
    return takeLease(shift);
  }
}

// Brings the goods up to date. Only without unsent bills: theirs are still on the shelf for the server.
export async function refresh() {
  const [lease, { key }, asOf] = await Promise.all([fact("lease"), device(), fact("asOf")]);
  if (!lease || (await noteUnsent())) return false;
  const rows = [], gone = [];
  let since = asOf ?? null, cursor = "", first = null;
  do {
    const page = await post(`/${lease.lease_id}/goods`, { device_key: key, since, cursor });
    const mustBeginAgain = page.is_whole && since && cursor;
    if (page.is_whole) since = null;
    if (mustBeginAgain) { rows.length = gone.length = 0; first = null; cursor = ""; continue; }
    first ??= page;
    rows.push(...page.rows);
    gone.push(...page.gone);
    cursor = page.next_cursor;
  } while (cursor || !first);
  await keepGoods({ isWhole: first.is_whole, rows, gone, asOf: first.as_of });
  return true;
}

// Sends what is unsent, one bill after another, from one tab at a time; tells how many are left.
export async function drain() {
  const send = async (lock) => {
    if (!lock) return { left: await noteUnsent(), sent: 0, error: null };
    const { key } = await device();
    let sent = 0, error = null;
    for (const bill of unsentOf(await allBills())) {
      try {
        const answer = await post(`/${bill.lease_id}/sales`, { device_key: key, ...bill.sent }, `till-${bill.sale_id}`);
        await keepBill({ ...bill, status: answer.status, reason: answer.reason });
        sent += 1;
      } catch (failure) {
        error = failure;
        if (isAway(failure) || failure.status === 401) break;
      }
    }
    return { left: await noteUnsent(), sent, error };
  };
  return navigator.locks ? navigator.locks.request("vantage.till.drain", { ifAvailable: true }, send) : send(true);
}

// Gives the lease back and leaves nothing behind; refuses while a bill is unsent.
export async function handIn() {
  const lease = await fact("lease");
  if (!lease) return;
  const { left, error } = await drain();
  if (left) throw error ?? new Error(`${left} bills are still to be sent.`);
  const { key } = await device();
  const used = (await fact("lease")).next_number - 1;
  await post(`/${lease.lease_id}/hand-in`, { device_key: key, used_until: used }, `till-${lease.lease_id}-in`).catch((refused) => {
    if (refused.code !== "conflict") throw refused; // a manager ended it before
  });
  await forget();
}

// Leaves no goods and no bills behind; whoever calls has made sure that none is unsent.
export async function forget() {
  await forgetAll();
  localStorage.removeItem(READY);
  localStorage.removeItem(UNSENT);
}

export const keptUnsent = () => Number(localStorage.getItem(UNSENT) ?? 0);
export { noteUnsent };
