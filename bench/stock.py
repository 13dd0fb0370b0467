"""A million moves: recall, ageing, planning, and a delivery entered late behind many later rows."""

import time
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg

from bench.loading import Shop
from bench.measuring import Client, Figure, figure, timed
from erp.core import db
from erp.core.clock import business_date, utc_now

HEAVY = 20_000
"""Sales of the one lot behind which a delivery is entered late."""
SPREAD_DAYS = 720
LATE_DAYS = 700


_SALES = """
    insert into stock_move (tenant_id, id, variant_id, lot_id, from_location_id, to_location_id,
           quantity, value, effective_at, recorded_at, origin_type, origin_id, origin_line_no,
           reason, user_id)
    select %(tenant)s, uuidv7(), b.variants[which], b.lots[which], b.place, b.customer, 1, 60, at, at,
           'sale', uuidv7(), 1, '', %(user)s
      from generate_series(1, %(moves)s) as n
      cross join (
            select array_agg(variant_id order by lot_id) as variants,
                   array_agg(lot_id order by lot_id) as lots, count(*)::int as kinds,
                   (array_agg(location_id))[1] as place,
                   (select id from location
                     where tenant_id = %(tenant)s and kind = 'customer') as customer
              from stock_balance where tenant_id = %(tenant)s and on_hand > 0) b
      cross join lateral (
            select now() - %(spread)s * interval '1 day' * (%(moves)s - n) / %(moves)s as at,
                   1 + case when n <= %(heavy)s * 2 and n %% 2 = 0 then 0
                            else n %% b.kinds end as which) t
     order by n
"""
_BALANCES = """
    update stock_balance b set on_hand = b.on_hand - gone.units, value = b.value - gone.value
      from (select lot_id, sum(quantity) as units, sum(value) as value from stock_move
             where tenant_id = %(tenant)s and origin_type = 'sale' group by lot_id) gone
     where b.tenant_id = %(tenant)s and b.lot_id = gone.lot_id
"""


def load_moves(superuser: str, shop: Shop, moves: int) -> UUID:
    """Write sales of the last two years; return the lot that sold most.

    As from the till they come in the order of their time. Triggers and foreign keys are left out, and the
    balances brought up to date at the end: this is data, not trade.
    """
    about = {
        "tenant": shop.ctx.tenant_id,
        "user": shop.ctx.user_id,
        "moves": moves,
        "heavy": HEAVY,
        "spread": SPREAD_DAYS,
    }
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(_SALES, about)
        connection.execute(_BALANCES, about)
        connection.execute("vacuum analyze")
        row = connection.execute(
            "select lot_id from stock_move where tenant_id = %s group by lot_id"
            " order by count(*) desc limit 1",
            (shop.ctx.tenant_id,),
        ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def measured(address: str, shop: Shop, heavy: UUID, moves: int) -> list[Figure]:
    """Recall and its buyers, ageing, idle stock, and a late delivery of the lot that sold most."""
    client = Client(address, shop.token)
    label = f", {moves:,} moves"
    chance = iter(_some_lots(shop, 60))

    def buyers() -> None:
        client.get(f"/api/erp/lots/{heavy}/buyers?limit=200")

    def recall() -> None:
        lot_id = next(chance)
        client.post(f"/api/erp/lots/{lot_id}/recall", {"reason": "bench"}, str(uuid4()))
        client.get(f"/api/erp/lots/{lot_id}/buyers?limit=200")

    late = _late_delivery(shop, heavy)

    today = {name: value for name, value in late.items() if name != "received_on"}

    def deliver_late() -> None:
        client.post("/api/erp/goods-receipts", late, str(uuid4()))

    def deliver_today() -> None:
        client.post("/api/erp/goods-receipts", today, str(uuid4()))

    return [
        figure(f"W11 recall with its buyers{label}", timed(recall, 30, 3)),
        figure(f"W11 buyers of a lot sold {HEAVY:,} times", timed(buyers, 20, 3)),
        figure(
            f"W11 stock by age{label}",
            timed(lambda: client.get("/api/erp/inventory/ageing"), 10, 2),
        ),
        *_past_figures(client, label, "from all moves"),
        *_written_down(client, label),
        *_past_figures(client, label, "from snapshots"),
        figure(
            f"W11 dead and slow stock{label}",
            timed(lambda: client.get("/api/erp/inventory/idle"), 5, 1),
        ),
        figure(
            f"W11 delivery {LATE_DAYS} days late, {HEAVY:,} later rows", timed(deliver_late, 40, 5)
        ),
        figure("W11 the same delivery today", timed(deliver_today, 40, 5)),
    ]


def _past_figures(client: Client, label: str, how: str) -> list[Figure]:
    year, half = _days_ago(365), _days_ago(180)
    asked = {
        "stock as of 30 days ago": f"as-of?on={_days_ago(30)}",
        "stock as of a year ago": f"as-of?on={year}",
        "the same, as known a year ago": f"as-of?on={year}&known_on={year}",
        "stock as of half a year ago, as known then": f"as-of?on={half}&known_on={half}",
    }
    return [
        figure(
            f"W11 {what}, {how}{label}",
            timed(partial(client.get, f"/api/erp/inventory/{path}"), 10, 2),
        )
        for what, path in asked.items()
    ]


def _written_down(client: Client, label: str) -> list[Figure]:
    """Write all past days down that are due, as the hourly job does."""
    taken: list[float] = []
    while True:
        began = time.perf_counter()
        answer = client.post("/api/erp/inventory/past", {}, str(uuid4()))
        if answer["until"] is None:
            break
        taken.append((time.perf_counter() - began) * 1000)
    return (
        [figure(f"W11 one of {len(taken)} snapshots written down{label}", taken)] if taken else []
    )


def _days_ago(days: int) -> date:
    return business_date(utc_now(), "Asia/Kolkata") - timedelta(days=days)


def _some_lots(shop: Shop, count: int) -> list[UUID]:
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select id from lot where tenant_id = %s and variant_id <> %s order by id desc limit %s",
            (shop.ctx.tenant_id, shop.variants[0], count),
        )
    return [row["id"] for row in rows]


def _late_delivery(shop: Shop, lot_id: UUID) -> dict[str, object]:
    """Return a delivery of more of a known lot, long before its sales."""
    with db.unit_of_work(shop.ctx) as session:
        lot = db.fetch_one(
            session,
            "select variant_id, lot_number, maker, expires_on, mrp from lot"
            " where tenant_id = %s and id = %s",
            (shop.ctx.tenant_id, lot_id),
        )
    assert lot is not None
    line = {
        name: f"{lot[name]}" for name in ("variant_id", "lot_number", "maker", "expires_on", "mrp")
    }
    came = shop.ctx.today - timedelta(days=LATE_DAYS)
    return {
        "received_on": f"{came}",
        "lines": [line | {"quantity": "1", "unit_cost": "60.00"}],
    }
