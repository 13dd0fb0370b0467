// The device and its server: taking a lease and goods while it is there, sending the bills, handing in.
import { isNeighbour, isSelf, Store } from "./offline_store.js";

const BASE = "/api/erp/till-leases";
const SLOW_MS = 15000;
const CLOCKS_DIFFER_MS = 15 * 60 * 1000;
const READY = "vantage.till.ready"; // who may sell here; the banner of lost connections offers the terminal
const RESTING = "vantage.till.resting"; // the shift on which this browser is lent nothing until somebody asks
const SCOPE = "/till";
const AWAY = [502, 503, 504];
const STOPS = [401, 429];

// The server was reached and said no.
export class Refused extends Error {
  constructor(status, body) {
    super(body.detail ?? "The server refused.");
    this.status = status;
    this.code = body.code ?? "";
  }
}

class Away extends Error {}

async function ask(path, options = {}) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(SLOW_MS), ...options }).catch(() => { throw new Away("The server does not answer."); });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Refused(answer.status, body);
}

function post(path, body, key) {
  const headers = { "content-type": "application/json", ...(key && { "idempotency-key": key }) };
  return ask(BASE + path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const isAway = (error) => error instanceof Away || AWAY.includes(error?.status);
const endsSending = (error) => isAway(error) || STOPS.includes(error?.status);
export const unsentOf = (bills) => bills.filter((bill) => bill.status === "unsent");

// Who is signed in, as the name of what they keep here.
export async function signedIn() {
  const { tenant_id: tenant, branch_id: branch, user_id: user } = await ask("/auth/session", { cache: "no-store" });
  return `${tenant}.${branch}.${user}`;
}

export const readyPerson = () => localStorage.getItem(READY) ?? "";
export const isResting = (shift) => localStorage.getItem(RESTING) === shift;
export const rest = (shift) => localStorage.setItem(RESTING, shift);
export const wake = () => localStorage.removeItem(RESTING);

// One after another, whichever windows ask.
const alone = (store, what, act) => navigator.locks.request(`${store.name}.${what}`, act);

async function device(store) {
  const known = await store.fact("device");
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const made = { key: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""), name: deviceName() };
  await store.keepFact("device", made);
  return made;
}

function deviceName() {
  const system = /Android|iPad|iPhone|Windows|Macintosh|CrOS|Linux/.exec(navigator.userAgent)?.[0] ?? "Device";
  return `${system} ${Math.random().toString(36).slice(2, 6).toUpperCase()}`;
}

// Makes this browser able to sell on a shift without the server.
export function prepare(store, shift) {
  return alone(store, "lease", async () => {
    if (isResting(shift)) return;
    await navigator.serviceWorker.register("/sw.js", { scope: SCOPE });
    const isLasting = (await navigator.storage?.persist?.()) ?? false;
    await sendAll(store);
    for (const moved of await store.kept(isSelf)) await release(moved); // from another branch, with its bills
    const held = await store.fact("lease");
    if (held && (held.shift_id !== shift || held.is_leaving)) await release(store);
    const lease = await takeLease(store, shift);
    await store.keepLease({ ...lease, is_lasting: isLasting });
    if (lease.lease_id === held?.lease_id && lease.next_number < held.next_number) await sendAllAgain(store, lease.lease_id);
    requireClock(lease);
    await refresh(store);
    localStorage.setItem(READY, store.person);
  });
}

function requireClock(lease) {
  const minutes = Math.round((Date.now() - Date.parse(lease.now)) / 60000);
  if (Math.abs(minutes) * 60000 > CLOCKS_DIFFER_MS) throw new Error(`its clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? "ahead" : "behind"}. Set it, and open the till again.`);
}

// What stands in the way of a lease is handed in first: of a shift before, of a year before, of another cashier here.
async function takeLease(store, shift, isAgain = false) {
  const { key, name } = await device(store);
  try {
    const { id } = await post("", { shift_id: shift, device_key: key, device_name: name }, crypto.randomUUID());
    return await post(`/${id}/terms`, { device_key: key });
  } catch (error) {
    const mayHandIn = { lease_run_out: () => [store], lease_held: () => store.kept(isNeighbour) }[error.code];
    if (isAgain || !mayHandIn) throw error;
    for (const each of await mayHandIn()) await release(each);
    return takeLease(store, shift, true);
  }
}

// Brings the goods up to date. Only without unsent bills: theirs are still on the shelf for the server.
export async function refresh(store) {
  const [{ lease, asOf, bills }, { key }] = await Promise.all([store.standing(), device(store)]);
  if (!lease || unsentOf(bills).length) return;
  const rows = [], gone = [];
  let since = asOf, cursor = "", first = null;
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
  await store.keepGoods({ leaseId: lease.lease_id, isWhole: first.is_whole, rows, gone, asOf: first.as_of });
}

// Sends what is unsent, one bill after another; one that is refused does not hold up the others.
export function drain(store) {
  return alone(store, "sending", async () => {
    let sent = 0, error = null;
    for (const bill of unsentOf(await store.bills())) {
      try {
        const { key } = await device(store);
        const told = { device_key: key, sale_id: bill.sale_id, place: bill.place, bill: bill.sent };
        await store.keepAnswer(bill.sale_id, await post(`/${bill.lease_id}/sales`, told, `till-${bill.sale_id}`));
        sent += 1;
      } catch (failure) {
        error = failure;
        if (endsSending(failure)) break;
        await store.keepAnswer(bill.sale_id, { status: "unsent", reason: failure.message });
      }
    }
    return { left: unsentOf(await store.bills()).length, sent, error };
  });
}

// Gives the lease back and leaves nothing behind; refuses while a bill is unsent.
export const handIn = (store) => alone(store, "lease", () => release(store));

async function sendAll(store) {
  const { left, error } = await drain(store);
  if (left) throw error ?? new Error(`${left} bills made offline are still to be sent.`);
}

// A server that was set back misses bills it had; what it has it knows again.
async function sendAllAgain(store, leaseId) {
  await store.sendAgain(leaseId);
  await sendAll(store);
}

async function release(store, isAgain = false) {
  await sendAll(store);
  const lease = await store.startLeaving();
  if (lease) {
    const { key } = await device(store);
    try {
      await post(`/${lease.lease_id}/hand-in`, { device_key: key, used_until: lease.next_number - 1 }, `till-${lease.lease_id}-in`);
    } catch (failure) {
      if (failure.code === "bills_outstanding") return outstanding(store, lease, isAgain, failure);
      if (failure.code !== "conflict") throw failure; // it may have ended: nothing is sold until the server says
    } // else it had ended before
  }
  return forget(store, lease?.lease_id);
}

// The lease is open, and the server misses bills.
async function outstanding(store, lease, isAgain, failure) {
  if (!isAgain) {
    await sendAllAgain(store, lease.lease_id);
    return release(store, true);
  }
  await store.stay(lease.lease_id);
  throw failure;
}

async function forget(store, leaseId) {
  await store.forget(leaseId);
  if (readyPerson() === store.person) localStorage.removeItem(READY);
}

// Before somebody signs out: nothing of theirs stays, and nothing that the server does not have is lost. What others keep is left alone.
export async function leave() {
  if (!readyPerson()) return;
  const store = new Store(await signedIn().catch(readyPerson));
  try {
    await handIn(store);
  } catch (error) {
    await forget(store).catch(() => { throw error; }); // its lease is then ended by a manager
  }
}
