// A device and a server that is a script: what the tests of test_offline_device.py act with.
import * as cart from "./offline_cart.js";
import * as sending from "./offline_sending.js";
import { Shelf } from "./offline_goods.js";
import { Refusal, Store } from "./offline_store.js";

let tenants = 0;

class Server {
  constructor() {
    tenants += 1;
    this.person = { tenant_id: `t${tenants}`, branch_id: "b1", user_id: "u1" };
    Object.assign(this, { leases: [], open: null, sales: [], handedIn: [], keys: new Map(), fails: {}, asked: { goods: [] }, ahead: 0 });
  }

  end() { this.open = null; }
  runOut() { this.open.isOut = true; }

  async fetch(path, { body } = {}) {
    if (this.isAway) throw new TypeError("away");
    if (path === "/auth/session") return Response.json(this.person);
    const [, id, what] = /till-leases\/?([^/]*)\/?(.*)$/.exec(path), given = JSON.parse(body);
    const answer = await this[{ "": "take", terms: "terms", goods: "goods", sales: "sale", "hand-in": "handIn" }[what]](given, id);
    if (this.losesAnswer && what === "hand-in") throw new TypeError("away");
    return Response.json(answer.body ?? answer, { status: answer.body ? answer.status : 200 });
  }

  refuse = (code, status = 409) => ({ status, body: { code, detail: code } });

  take({ shift_id: shift, device_key: key }) {
    if (this.open && (this.open.key !== key || this.open.shift !== shift)) return this.refuse("lease_held");
    if (this.open?.isOut) return this.refuse("lease_run_out");
    if (!this.open) this.leases.push(this.open = { id: `L${this.leases.length + 1}`, shift, key, first: this.next ?? 1, user: this.person.user_id });
    return { id: this.open.id };
  }

  terms(_, id) {
    const lease = this.leases.find((each) => each.id === id), now = new Date(Date.now() + this.ahead).toISOString();
    return {
      lease_id: id, shift_id: lease.shift, user_id: lease.user, register_id: "R1", prefix: "F/", width: 4, first_number: lease.first,
      next_number: lease.first, last_number: 200, until_day: "9999-12-31", taken_at: now, now, time_zone: "Asia/Kolkata",
      titles: ["a", "b", "c"], bears_tax: true, bars: [],
    };
  }

  goods(given, id) {
    this.asked.goods.push(given);
    return { as_of: `${id} now`, is_whole: !given.since, rows: [{ id: "g", seal: id }], gone: [], next_cursor: "" };
  }

  sale({ place, sale_id: sale, bill }) {
    if (bill.place !== place) return this.refuse("malformed", 422);
    if (this.fails[place]) return { status: this.fails[place], body: {} };
    if (!this.sales.includes(String(place))) this.sales.push(String(place));
    this.sales.sort();
    return { sale_id: sale, status: "posted", reason: "" };
  }

  handIn({ used_until: used }, id) {
    this.during ??= this.duringHandIn?.();
    if (this.keys.has(id)) return this.keys.get(id);
    if (this.open?.id !== id) return this.refuse("conflict");
    const missing = Array.from({ length: used - this.open.first + 1 }, (_, i) => String(this.open.first + i)).some((place) => !this.sales.includes(place));
    if (missing) return this.refuse("bills_outstanding");
    this.handedIn.push([id, used]);
    this.next = used + 1;
    this.open = null;
    this.keys.set(id, { id });
    return { id };
  }
}

window.device = async () => {
  const server = new Server();
  window.fetch = (path, options) => server.fetch(path, options);
  Object.defineProperty(navigator, "serviceWorker", { value: { register: async () => {} }, configurable: true });
  localStorage.clear();
  const store = new Store(await sending.signedIn());
  const shelf = new Shelf([{ id: "g", product_id: "p", label: "Goods", sku: "G", words: "goods", codes: [], rate: "5", treatment: "taxable", cap: null, free_from: null, lots: [{ id: "l", mrp: "10.00", units: 999, prices: "1:10.00", seal: "s" }] }]);
  const tenders = [{ method: "cash", amount: "1000.00", reference: "" }];
  const sell = async ({ saleId = crypto.randomUUID(), units = 1, in: own = store, shown = null, now = new Date().toISOString() } = {}) => {
    const { lease, asOf } = shown ?? (await own.standing()), bill = cart.priced({ entries: [{ uid: 1, id: "g", units, lot: "" }] }, shelf, new Map(), { bears_tax: true });
    const make = (held) => {
      const problem = cart.hindrance(held, now);
      if (problem) throw new Refusal("hindered", problem);
      return cart.billOf({ lease: held, place: held.next_number, asOf, saleId, now: cart.soldAt(held, now), priced: bill, tenders });
    };
    return own.keepNewBill({ saleId, nextId: crypto.randomUUID(), leaseId: lease?.lease_id, asOf, isSame: (each) => cart.isBillOf(each, bill, tenders), make });
  };
  return { server, store, sending, sell, cart, Store };
};
