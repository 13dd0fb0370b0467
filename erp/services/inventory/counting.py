"""Stock counts: opening one over lots of a place, and giving one up. Nothing is frozen by it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.inventory import CountStatus, StockCountLine
from erp.services.inventory.classifying import ValueClass
from erp.services.inventory.cycle_counting import lots_by_class
from erp.services.inventory.errors import (
    CountNotOpen,
    LotBeingCounted,
    NothingToCount,
    UnknownCount,
)
from erp.services.inventory.events import CountCancelled, CountStarted
from erp.services.inventory.places import Place, get_owned_place
from erp.services.platform import (
    Closed,
    Command,
    Result,
    Series,
    Text,
    command,
    emit,
    next_number,
)

COUNT = "inventory.count"
APPROVE = "inventory.approve_count"
MOST_LOTS = 5000
"""Lots of one count; a place with more is counted brand by brand."""


class CountedProduct(Closed):
    """A product to count."""

    product_id: UUID


class StartCount(Command):
    """Which lots to count: of a whole place, or those to which every condition given applies.

    Attributes:
        location_id: The branch's first storage where none is named.
        expires_before: Only lots whose last usable day is before this day.
        abc: Only lots of products of this value class, by what is consumed.
        is_due: Only lots that have not been counted for as long as their class allows.
        is_blind: Who counts sees neither book nor difference until the count is approved.
    """

    location_id: UUID | None = None
    products: Annotated[tuple[CountedProduct, ...], Field(max_length=200)] = ()
    brand_id: UUID | None = None
    expires_before: date | None = None
    abc: ValueClass | None = None
    is_due: bool = False
    is_blind: bool = True
    note: Text = ""


class CountStart(Result):
    """The count that is open now, and how many lots it expects."""

    count_id: UUID
    number: str
    lots: int


class CancelCount(Command):
    """Give a count up."""

    count_id: UUID
    reason: Text = ""


class CountClosed(Result):
    """A count nobody works on any more."""

    count_id: UUID
    number: str
    status: CountStatus


@dataclass(frozen=True, slots=True)
class Count:
    """A count under lock."""

    id: UUID
    number: str
    location_id: UUID
    status: str
    is_blind: bool


@command("inventory.start_count", permission=COUNT, rest="POST /stock-counts")
def start_count(session: Session, ctx: RequestContext, cmd: StartCount) -> CountStart:
    """Open a count over lots on hand in a place. Sales, deliveries and moves go on.

    A lot of a place is on one open count at most; the database keeps that.

    Raises:
        UnknownPlace: No such location, or the branch has no storage.
        WrongPlace: It is not ours, or another company's.
        InvalidInput: A product or the brand is not known here.
        NothingToCount: No lot on hand fits the conditions, or too many do.
        LotBeingCounted: Another open count holds some of the lots; names it.

    Emits:
        inventory.count_started.v1, in the same transaction.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    _require_known(session, ctx, cmd)
    lots = _expected(session, ctx, place, cmd)
    _refuse_counted_elsewhere(session, ctx, place, [row["lot_id"] for row in lots])
    count_id, number = new_id(), next_number(session, ctx, _series(ctx))
    db.execute(
        session,
        "insert into stock_count (tenant_id, id, number, location_id, products, brand_id,"
        " expires_before, abc, is_due, is_blind, note, status, started_at, started_by)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s)",
        (
            *(ctx.tenant_id, count_id, number, place.id, len(_products(cmd)) or None),
            *(cmd.brand_id, cmd.expires_before, cmd.abc, cmd.is_due),
            *(cmd.is_blind, cmd.note, ctx.now, ctx.user_id),
        ),
    )
    add_lines(session, ctx, count_id, place.id, lots, is_added=False)
    event = CountStarted(count_id=count_id, location_id=place.id, number=number, lots=len(lots))
    emit(session, ctx, count_id, event)
    return CountStart(count_id=count_id, number=number, lots=len(lots))


@command("inventory.cancel_count", permission=COUNT, rest="POST /stock-counts/{count_id}/cancel")
def cancel_count(session: Session, ctx: RequestContext, cmd: CancelCount) -> CountClosed:
    """Give a count up; nothing is posted and its lots may be counted anew.

    Who may only count gives up what is still being counted: what was handed in for approval is
    for an approver to drop. Locks the count.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: It is approved or cancelled already.
        PermissionDenied: It is submitted and the actor may not approve counts.

    Emits:
        inventory.count_cancelled.v1, in the same transaction.
    """
    count = lock_count(session, ctx, cmd.count_id, CountStatus.OPEN, CountStatus.SUBMITTED)
    if count.status == CountStatus.SUBMITTED:
        ctx.require(APPROVE)
    close_count(session, ctx, count, CountStatus.CANCELLED)
    emit(session, ctx, count.id, CountCancelled(count_id=count.id, reason=cmd.reason))
    return CountClosed(count_id=count.id, number=count.number, status=CountStatus.CANCELLED)


def lock_count(
    session: Session,
    ctx: RequestContext,
    count_id: UUID,
    *allowed: CountStatus,
    shared: bool = False,
) -> Count:
    """Return a count that stays as it is until the transaction ends; before any balance is locked.

    Shared, so that several people record lots of one count at once.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: Its status is none of those allowed.
    """
    text: LiteralString = (
        "select id, number, location_id, status, is_blind from stock_count"
        " where tenant_id = %s and id = %s "
    )
    mode: LiteralString = "for share" if shared else "for update"
    row = db.fetch_one(session, text + mode, (ctx.tenant_id, count_id))
    if row is None:
        message = "This count is not known here."
        raise UnknownCount(message, fields={"count_id": message})
    count = Count(**row)
    if count.status not in allowed:
        raise CountNotOpen(f"Count {count.number} is {count.status}, so this cannot be done.")
    return count


def close_count(
    session: Session,
    ctx: RequestContext,
    count: Count,
    status: CountStatus,
    *,
    posted: tuple[Decimal | None, Decimal | None] = (None, None),
) -> None:
    """End a count with what it gained and lost; its lots may be on another one from now on."""
    db.execute(
        session,
        "update stock_count set status = %s, closed_at = %s, closed_by = %s, gained = %s, lost = %s"
        " where tenant_id = %s and id = %s",
        (status.value, ctx.now, ctx.user_id, *posted, ctx.tenant_id, count.id),
    )
    db.execute(
        session,
        "update stock_count_line set is_open = false where tenant_id = %s and count_id = %s",
        (ctx.tenant_id, count.id),
    )


def add_lines(
    session: Session,
    ctx: RequestContext,
    count_id: UUID,
    location_id: UUID,
    lots: list[db.Row],
    *,
    is_added: bool,
) -> None:
    """Put lots, given by `variant_id` and `lot_id`, on a count."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "count_id": count_id,
            "location_id": location_id,
            "variant_id": lot["variant_id"],
            "lot_id": lot["lot_id"],
            "is_open": True,
            "status": "waiting",
            "recounts": 0,
            "is_same_counter": False,
            "has_moved": False,
            "is_added": is_added,
        }
        for lot in lots
    ]
    db.insert_rows(session, StockCountLine, rows)


def _products(cmd: StartCount) -> set[UUID]:
    return {product.product_id for product in cmd.products}


def _require_known(session: Session, ctx: RequestContext, cmd: StartCount) -> None:
    known = db.raw(session).execute(
        "select id from product where tenant_id = %(tenant)s and id = any(%(products)s)"
        " union all select id from brand where tenant_id = %(tenant)s and id = %(brand)s",
        {"tenant": ctx.tenant_id, "products": list(_products(cmd)), "brand": cmd.brand_id},
    )
    found = {row[0] for row in known}
    fields = {
        f"products.{at}.product_id": "This product is not known here. Choose it again."
        for at, product in enumerate(cmd.products)
        if product.product_id not in found
    }
    if cmd.brand_id and cmd.brand_id not in found:
        fields["brand_id"] = "This brand is not known here. Choose one of the list."
    if fields:
        raise InvalidInput(" ".join(dict.fromkeys(fields.values())), fields=fields)


def _expected(session: Session, ctx: RequestContext, place: Place, cmd: StartCount) -> list[db.Row]:
    """Return the lots on hand that fit, in the order in which balances are locked."""
    parts: list[LiteralString] = []
    if cmd.products:
        parts.append("and v.product_id = any(%(products)s)")
    if cmd.brand_id:
        parts.append("and p.brand_id = %(brand)s")
    if cmd.expires_before:
        parts.append("and l.expires_on < %(before)s")
    if cmd.abc or cmd.is_due:
        parts.append("and s.lot_id = any(%(classed)s)")
    narrowed: LiteralString = " ".join(parts)
    text: LiteralString = """
        select s.variant_id, s.lot_id
          from stock_balance s
          join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
          join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
         where s.tenant_id = %(tenant)s and s.location_id = %(place)s and s.on_hand > 0
    """
    lots = db.fetch_all(
        session,
        f"{text} {narrowed} order by s.variant_id, s.lot_id limit %(most)s",
        {
            "tenant": ctx.tenant_id,
            "place": place.id,
            "brand": cmd.brand_id,
            "before": cmd.expires_before,
            "products": list(_products(cmd)),
            "classed": _classed(session, ctx, place, cmd),
            "most": MOST_LOTS + 1,
        },
    )
    if len(lots) > MOST_LOTS:
        raise NothingToCount(f"More than {MOST_LOTS} lots are here. Count brand by brand.")
    if not lots and parts:
        raise NothingToCount("No lot on hand there fits. Choose another place or fewer conditions.")
    return lots


def _classed(
    session: Session, ctx: RequestContext, place: Place, cmd: StartCount
) -> list[UUID] | None:
    if not cmd.abc and not cmd.is_due:
        return None
    return lots_by_class(session, ctx, place, cmd.abc, is_due=cmd.is_due)


def _refuse_counted_elsewhere(
    session: Session, ctx: RequestContext, place: Place, lot_ids: list[UUID]
) -> None:
    found = db.fetch_one(
        session,
        "select string_agg(distinct c.number, ', ') as numbers, count(*) as lots"
        "  from stock_count_line line"
        "  join stock_count c on c.tenant_id = line.tenant_id and c.id = line.count_id"
        " where line.tenant_id = %s and line.location_id = %s and line.is_open"
        "   and line.lot_id = any(%s)",
        (ctx.tenant_id, place.id, lot_ids),
    )
    if found and found["lots"]:
        raise LotBeingCounted(
            f"{found['lots']} of these lots are on the open count {found['numbers']}."
            " Finish or cancel it first, or choose other lots."
        )


def _series(ctx: RequestContext) -> Series:
    return Series(ctx.branch_id, "stock_count", fiscal_year(ctx.today), "SC")
