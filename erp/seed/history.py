"""A month of trade for the demo: shifts, sales and a few returns, through the till's own commands."""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.seed.prices import COUPON, seed_prices
from erp.services import platform
from erp.services.pos import SaleReceipt

DAYS = 30
SALES_PER_DAY = (3, 9)
STANDS_STILL = 9
"""One product in so many is never sold, as some never are."""
FLOAT = Decimal("1000.00")
HUNDRED = Decimal(100)
COUPON_FROM = Decimal(500)
"""What a named customer's bill comes to before they think of the coupon."""
METHODS = ("cash", "cash", "upi", "upi", "card")
DOCTORS = (
    ("Dr. Meera Joshi (demo)", "MH-41207"),
    ("Dr. Imran Shaikh (demo)", "MH-38815"),
    ("Dr. Lata Kulkarni (demo)", "MH-52066"),
)
PROGRAMME = {
    "is_active": True,
    "points_per_rupee": "0.05",
    "worth": "0.50",
    "minimum_points": 10,
    "valid_months": 12,
}


def seed_history(ctx: RequestContext, register_id: UUID) -> None:
    """Trade for a month up to today; the same every time but for the day it ends on."""
    chance = random.Random(20_261)  # noqa: S311  demo figures, not secrets
    seed_prices(replace(ctx, now=_opening(ctx, DAYS)))
    goods, customers = _goods(ctx), _customers(ctx)
    platform.run("loyalty.set_programme", ctx, PROGRAMME)
    for back in range(DAYS, -1, -1):
        _day(ctx, register_id, back, chance, goods, customers)


def _goods(ctx: RequestContext) -> list[tuple[UUID, int]]:
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select b.variant_id, sum(b.on_hand)::bigint as units from stock_balance b"
            " join lot l on (l.tenant_id, l.id) = (b.tenant_id, b.lot_id)"
            " join location p on (p.tenant_id, p.id) = (b.tenant_id, b.location_id)"
            " where b.tenant_id = %s and p.kind = 'storage' and l.status = 'available'"
            " and (l.expires_on is null or l.expires_on > %s)"
            " group by b.variant_id having sum(b.on_hand) >= 20 order by b.variant_id",
            (ctx.tenant_id, ctx.today),
        )
    return [
        (row["variant_id"], row["units"]) for place, row in enumerate(rows) if place % STANDS_STILL
    ]


def _customers(ctx: RequestContext) -> list[UUID | None]:
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select id from party where tenant_id = %s and kind = 'patient' and state_code = '27' order by code",
            (ctx.tenant_id,),
        )
    return [None, None, None, *(row["id"] for row in rows)]


def _day(
    ctx: RequestContext,
    register_id: UUID,
    back: int,
    chance: random.Random,
    goods: list[tuple[UUID, int]],
    customers: list[UUID | None],
) -> None:
    opening = _opening(ctx, back)
    if opening > ctx.now:
        return
    shift_id = _open(replace(ctx, now=opening), register_id)
    at, is_advance_taken = opening, False
    for _ in range(chance.randint(*SALES_PER_DAY)):
        at += timedelta(minutes=chance.randint(12, 75))
        if at > ctx.now:
            break
        comes_back = chance.random() < 0.04  # noqa: PLR2004  one bill in twenty-five, in part
        method = "cash" if comes_back else chance.choice(METHODS)
        receipt = _sell(replace(ctx, now=at), shift_id, chance, goods, customers, method)
        if back % 9 == 0 and customers[-1] is not None and not is_advance_taken:
            _take_advance(replace(ctx, now=at), shift_id, customers[-1])
            is_advance_taken = True
        if comes_back and back % 3 == 0:
            _exchange(replace(ctx, now=at + timedelta(minutes=5)), shift_id, receipt)
        elif comes_back:
            _take_back(replace(ctx, now=at + timedelta(minutes=5)), shift_id, receipt)
    closing = datetime.combine(opening.date(), time(20, 30), ZoneInfo(ctx.time_zone))
    if closing < ctx.now:
        _close(replace(ctx, now=closing), shift_id, chance)


def _opening(ctx: RequestContext, back: int) -> datetime:
    return datetime.combine(ctx.today - timedelta(days=back), time(9, 30), ZoneInfo(ctx.time_zone))


def _open(ctx: RequestContext, register_id: UUID) -> UUID:
    opened = platform.run(
        "pos.open_shift",
        ctx,
        {
            "register_id": register_id,
            "opening_float": FLOAT,
            "idempotency_key": f"seed-open-{ctx.today}",
        },
    )
    return UUID(str(opened.result.model_dump()["id"]))


def _sell(
    ctx: RequestContext,
    shift_id: UUID,
    chance: random.Random,
    goods: list[tuple[UUID, int]],
    customers: list[UUID | None],
    method: str,
) -> SaleReceipt:
    lines = [
        {"variant_id": variant_id, "quantity": chance.choice((1, 1, 1, 2))}
        for variant_id, _ in chance.sample(goods, chance.randint(1, min(4, len(goods))))
    ]
    cart: dict[str, Any] = {
        "shift_id": shift_id,
        "customer_id": chance.choice(customers),
        "lines": lines,
    }
    quote = platform.run("pos.quote_cart", ctx, cart).result.model_dump()
    if cart["customer_id"] and quote["total"] >= COUPON_FROM:
        cart |= {"coupon": COUPON}
        quote = platform.run("pos.quote_cart", ctx, cart).result.model_dump()
    by_points = _points_to_spend(ctx, cart["customer_id"], quote["total"], chance)
    tenders = [
        {"method": "points", "amount": by_points},
        {"method": method, "amount": quote["total"] - by_points, "reference": "demo"},
    ]
    given = {"sale_id": new_id(), "tenders": [each for each in tenders if each["amount"]]}
    if cart["customer_id"] and chance.random() < 1 / 3:
        given |= {"prescription": _prescription(ctx, cart["customer_id"], chance)}
    posted = platform.run("pos.post_sale", ctx, cart | given)
    assert isinstance(posted.result, SaleReceipt)  # noqa: S101  the command's own result
    return posted.result


def _prescription(ctx: RequestContext, customer_id: UUID, chance: random.Random) -> dict[str, Any]:
    """Return a prescription of some days ago for a customer."""
    found = platform.run("party.get_party", ctx, {"party_id": customer_id}).result.model_dump()
    doctor, registration = chance.choice(DOCTORS)
    return {
        "doctor_name": doctor,
        "registration_no": registration,
        "patient_name": found["name"],
        "prescribed_on": ctx.today - timedelta(days=chance.randint(0, 9)),
    }


def _points_to_spend(
    ctx: RequestContext, customer_id: UUID | None, total: Decimal, chance: random.Random
) -> Decimal:
    """Return what a customer pays with points; one bill in three where they have enough."""
    if customer_id is None or chance.random() > 1 / 3:
        return Decimal(0)
    found = platform.run("loyalty.get_points", ctx, {"party_id": customer_id}).result.model_dump()
    if not found["is_spendable"]:
        return Decimal(0)
    worth, value = Decimal(found["worth"]), Decimal(found["value"])
    return worth * (min(value, total) // worth)


def _take_back(ctx: RequestContext, shift_id: UUID, receipt: SaleReceipt) -> None:
    wanted = {
        "sale_id": receipt.sale_id,
        "shift_id": shift_id,
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "Seal was broken",
    }
    platform.run("pos.post_return", ctx, wanted)


def _exchange(ctx: RequestContext, shift_id: UUID, receipt: SaleReceipt) -> None:
    """Give another pack of the same for one that leaks, and sell a second one with it."""
    sold = platform.run("pos.get_sale", ctx, {"sale_id": receipt.sale_id}).result.model_dump()
    given = sold["lines"][0]
    note = -(-2 * given["unit_price"] // HUNDRED) * HUNDRED
    wanted = {
        "sale_id": receipt.sale_id,
        "shift_id": shift_id,
        "returned": [{"line_no": given["line_no"], "quantity": 1}],
        "lines": [{"variant_id": given["variant_id"], "quantity": 2}],
        "tenders": [{"method": "cash", "amount": note}],
        "reason": "The bottle leaks",
    }
    platform.run("pos.post_exchange", ctx, wanted)


def _take_advance(ctx: RequestContext, shift_id: UUID, party_id: UUID) -> None:
    wanted = {"shift_id": shift_id, "party_id": party_id, "method": "upi", "amount": "500.00"}
    platform.run(
        "pos.take_advance", ctx, wanted | {"note": "Ordered from Kolkata", "reference": "demo"}
    )


def _close(ctx: RequestContext, shift_id: UUID, chance: random.Random) -> None:
    report = platform.run("pos.get_shift", ctx, {"shift_id": shift_id}).result.model_dump()
    counted = max(report["expected_cash"] - chance.choice((0, 0, 0, 0, 10)), FLOAT)
    wanted = {
        "shift_id": shift_id,
        "counted_cash": counted,
        "float_left": FLOAT,
        "reason": "" if counted == report["expected_cash"] else "Change given short",
    }
    platform.run("pos.close_shift", ctx, wanted)
