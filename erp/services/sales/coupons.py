"""Coupons: made, checked against a bill, and used up by the constraints of the database."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.models.sales import Coupon, CouponUse
from erp.services import party
from erp.services.party import SaleParty
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Percent,
    Query,
    Result,
    ShortText,
    command,
    emit,
    query,
)
from erp.services.sales.errors import CouponRefused, UnknownCoupon
from erp.services.sales.events import CouponMade, CouponStatusSet

HUNDRED = Decimal(100)
MOST_USES = 1_000_000
_NEXT_SLOT: LiteralString = """
    coalesce((select min(g.slot) from coupon_use g
               where (g.tenant_id, g.coupon_id) = (c.tenant_id, c.id)
                 and (g.given_back_at is not null or g.document_id = %(freed)s)
                 and not exists (select 1 from coupon_use s
                                  where (s.tenant_id, s.coupon_id, s.slot) = (g.tenant_id, g.coupon_id, g.slot)
                                    and s.given_back_at is null and s.document_id is distinct from %(freed)s)),
             (select coalesce(max(s.slot), 0) + 1 from coupon_use s
               where (s.tenant_id, s.coupon_id) = (c.tenant_id, c.id) and s.given_back_at is null))
"""
"""The slot of a coupon `c` that its next use takes: one that was given back (or is, by `freed`), else the next."""
CouponCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,19}$")]
Uses = Annotated[int, Field(ge=1, le=MOST_USES)]


class CreateCoupon(Command):
    """Give out a code that takes something off a bill.

    Attributes:
        percent, amount: What it takes off the goods as they are priced; one of them.
        max_discount: The most a percentage takes off.
        min_bill: What the goods must come to.
        customer_id: The only customer who may use it.
        max_uses: By all together.
        is_once_each: Whether a customer may use it once only; then it needs a customer's name.
        valid_from: Today where none is given.
    """

    code: CouponCode
    name: ShortText
    percent: Annotated[Percent, Field(gt=0)] | None = None
    amount: Annotated[Amount, Field(gt=0)] | None = None
    max_discount: Annotated[Amount, Field(gt=0)] | None = None
    min_bill: Amount = ZERO
    customer_id: UUID | None = None
    max_uses: Uses = 1
    is_once_each: bool = False
    valid_from: Day | None = None
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            message = "Give a percentage or an amount, not both."
            raise ValueError(message)
        if self.max_discount is not None and self.percent is None:
            message = "Only a percentage has a largest discount. Leave it empty."
            raise ValueError(message)
        return self


class SetCouponStatus(Command):
    """Stop a coupon, or let it be used again."""

    coupon_id: UUID
    is_active: bool


class CheckCoupon(Query):
    """What a coupon would take off.

    Attributes:
        amount: What the goods come to, as they are priced, other discounts taken off.
    """

    code: Annotated[str, Field(min_length=1, max_length=20)]
    customer_id: UUID | None = None
    amount: Amount


class CouponAnswer(Result):
    """What a coupon takes off."""

    coupon_id: UUID
    code: str
    name: str
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off a whole bill: by the person who sells, and by a coupon."""

    by_person: Decimal
    by_coupon: Decimal = ZERO
    coupon_id: UUID | None = None
    coupon: str = ""

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.by_person + self.by_coupon

    @property
    def trace(self) -> dict[str, str]:
        """What a line's price trace tells of the coupon."""
        return {"coupon": self.coupon} if self.coupon else {}


@command("sales.create_coupon", permission="sales.set_prices", rest="POST /coupons")
def create_coupon(session: Session, ctx: RequestContext, cmd: CreateCoupon) -> Identified:
    """Make a coupon; its code is kept in upper case.

    Raises:
        Conflict: The code is taken. UnknownParty: The customer is not in the acting tenant.
        InvalidInput: It ends before it begins.

    Emits:
        sales.coupon_made.v1
    """
    valid_from = cmd.valid_from or ctx.today
    if cmd.valid_until is not None and cmd.valid_until < valid_from:
        message = f"It must not end before it begins on {date_text(valid_from)}."
        raise InvalidInput(message, fields={"valid_until": message})
    if cmd.customer_id is not None:
        party.check_known(session, ctx, cmd.customer_id, "customer_id")
    coupon_id, code = new_id(), cmd.code.upper()
    facts = cmd.model_dump(exclude={"idempotency_key", "code", "customer_id", "valid_from"})
    given: dict[str, Any] = {
        "tenant_id": ctx.tenant_id,
        "id": coupon_id,
        "code": code,
        "party_id": cmd.customer_id,
        "valid_from": valid_from,
        "is_active": True,
    }
    db.insert_rows(session, Coupon, [facts | given])
    emit(session, ctx, coupon_id, CouponMade(coupon_id=coupon_id, code=code))
    return Identified(id=coupon_id)


@command(
    "sales.set_coupon_status",
    permission="sales.set_prices",
    rest="POST /coupons/{coupon_id}/status",
)
def set_coupon_status(session: Session, ctx: RequestContext, cmd: SetCouponStatus) -> Identified:
    """Stop a coupon, or let it be used again; what it took off stays.

    Raises:
        UnknownCoupon: The acting tenant has no such coupon.

    Emits:
        sales.coupon_status_set.v1
    """
    found = db.fetch_one(
        session,
        "update coupon set is_active = %s where tenant_id = %s and id = %s returning id",
        (cmd.is_active, ctx.tenant_id, cmd.coupon_id),
    )
    if found is None:
        raise UnknownCoupon("This coupon is not known here. Choose one of the list.")
    event = CouponStatusSet(coupon_id=cmd.coupon_id, is_active=cmd.is_active)
    emit(session, ctx, cmd.coupon_id, event)
    return Identified(id=cmd.coupon_id)


@query("sales.check_coupon", permission="pos.sell", rest="GET /coupons/check")
def check_coupon(session: Session, ctx: RequestContext, wanted: CheckCoupon) -> CouponAnswer:
    """Return what a coupon would take off, without using it.

    Raises:
        CouponRefused: It does not hold for this customer, amount or day; says why.
    """
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    row = _find(session, ctx, wanted.code, buyer, None)
    discount = _value(ctx, row, buyer, wanted.amount)
    return CouponAnswer(coupon_id=row["id"], code=row["code"], name=row["name"], discount=discount)


def with_coupon(  # noqa: PLR0913  what is asked of a coupon, each by its name
    session: Session,
    ctx: RequestContext,
    discount: Discount,
    code: str,
    buyer: SaleParty,
    value: Decimal,
    *,
    is_held: bool,
    freed_id: UUID | None = None,
) -> Discount:
    """Return the discount of a bill with a coupon's.

    Args:
        value: What the goods come to, other discounts taken off.
        is_held: Lock the coupon until the transaction ends, to use it; a quote waits for nobody.
        freed_id: A document that gives its coupon back in the same transaction, before this one is used.

    Raises:
        CouponRefused: It does not hold for this customer, value or day; says why.
    """
    row = _find(session, ctx, code, buyer, freed_id, lock="for update" if is_held else "")
    amount = _value(ctx, row, buyer, value)
    return replace(discount, by_coupon=amount, coupon_id=row["id"], coupon=row["code"])


def use_coupon(
    session: Session,
    ctx: RequestContext,
    discount: Discount,
    party_id: UUID,
    document: tuple[str, UUID],
) -> None:
    """Keep that a document used the coupon of its discount, if there is one.

    Raises:
        CouponRefused: It is used up; from the database.
    """
    if discount.coupon_id is None or not discount.by_coupon:
        return
    row = db.fetch_one(
        session,
        f"select max_uses, is_once_each, {_NEXT_SLOT} as slot,"  # noqa: S608  made of literals
        " (select coalesce(max(use_no), 0) + 1 from coupon_use"
        " where tenant_id = c.tenant_id and coupon_id = c.id) as use_no"
        " from coupon c where tenant_id = %(tenant)s and id = %(coupon)s",
        {"tenant": ctx.tenant_id, "coupon": discount.coupon_id, "freed": None},
    )
    assert row is not None  # noqa: S101  it was read before
    use = {
        "tenant_id": ctx.tenant_id,
        "coupon_id": discount.coupon_id,
        "use_no": row["use_no"],
        "slot": row["slot"],
        "max_uses": row["max_uses"],
        "party_id": party_id,
        "only_party_id": party_id if row["is_once_each"] else None,
        "document_type": document[0],
        "document_id": document[1],
        "discount": discount.by_coupon,
        "used_by": ctx.user_id,
        "used_at": ctx.now,
    }
    db.insert_rows(session, CouponUse, [use])


def give_back_coupon(
    session: Session, ctx: RequestContext, document_id: UUID, return_id: UUID
) -> None:
    """Let the coupon of a document, whose goods all came back, be used once more; once for a document.

    Sets the coupon row's use alone: who is using the coupon meanwhile is neither waited for nor waits.
    """
    db.execute(
        session,
        "update coupon_use set given_back_at = %s, given_back_by = %s, given_back_for = %s"
        " where tenant_id = %s and document_id = %s and given_back_at is null",
        (ctx.now, ctx.user_id, return_id, ctx.tenant_id, document_id),
    )


def _find(
    session: Session,
    ctx: RequestContext,
    code: str,
    buyer: SaleParty,
    freed_id: UUID | None,
    *,
    lock: Literal["", "for update"] = "",
) -> db.Row:
    """Return a coupon with the slot of its next use, and whether this customer used theirs."""
    given = {
        "tenant": ctx.tenant_id,
        "code": code.strip().upper(),
        "party": buyer.id,
        "freed": freed_id,
    }
    row = db.fetch_one(
        session,
        f"select * from coupon where tenant_id = %(tenant)s and code = %(code)s {lock}",  # noqa: S608  one of two literals
        given,
    )
    if row is None:
        raise _refused(f"There is no coupon {code.strip()}. Look at the code again.")
    used = db.fetch_one(
        session,
        f"select {_NEXT_SLOT} as slot, exists (select from coupon_use where tenant_id = c.tenant_id"  # noqa: S608  made of literals
        " and coupon_id = c.id and only_party_id = %(party)s and given_back_at is null"
        " and document_id is distinct from %(freed)s)"
        " as is_used_by_them from coupon c where tenant_id = %(tenant)s and id = %(coupon)s",
        given | {"coupon": row["id"]},
    )
    return row | (used or {})


def _value(ctx: RequestContext, row: db.Row, buyer: SaleParty, amount: Decimal) -> Decimal:
    reason = _why_not(ctx, row, buyer, amount)
    if reason:
        raise _refused(f"Coupon {row['code']} {reason}")
    fixed: Decimal | None = row["amount"]
    if fixed is not None:
        return min(fixed, amount)
    off = round_money(amount * row["percent"] / HUNDRED)
    most: Decimal | None = row["max_discount"]
    return off if most is None else min(off, most)


def _why_not(ctx: RequestContext, row: db.Row, buyer: SaleParty, amount: Decimal) -> str | None:
    if not row["is_active"]:
        return "was stopped."
    if row["valid_from"] > ctx.today:
        return f"holds from {date_text(row['valid_from'])} on."
    if row["valid_until"] is not None and row["valid_until"] < ctx.today:
        return f"ended on {date_text(row['valid_until'])}."
    if row["slot"] > row["max_uses"]:
        return "is used up."
    return _why_not_them(row, buyer, amount)


def _why_not_them(row: db.Row, buyer: SaleParty, amount: Decimal) -> str | None:
    if row["party_id"] not in (None, buyer.id):
        return "belongs to another customer. Choose that customer first."
    if row["is_once_each"] and buyer.is_walk_in:
        return "may be used once by each customer. Choose the customer first."
    if row["is_used_by_them"]:
        return f"was used by {buyer.name} already."
    if amount < row["min_bill"]:
        return f"needs goods for {money_text(row['min_bill'])} or more."
    return None


def _refused(message: str) -> CouponRefused:
    return CouponRefused(message, fields={"coupon": message})
