"""Goods that turn out to cost more or less than they came in at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO, allocate, round_money
from erp.models.inventory import StockRevaluation
from erp.services.inventory.events import StockRevalued
from erp.services.inventory.moving import Origin
from erp.services.inventory.places import ACCOUNT_OF_KIND
from erp.services.inventory.posting import post_stock
from erp.services.platform import emit, note_effect


@dataclass(frozen=True, slots=True)
class Revalued:
    """Where a change of cost went: to goods still here, and to what is gone.

    Attributes:
        went_back: Units of the lot that had gone back to their supplier and bear none of it.
    """

    line_no: int
    to_stock: Decimal
    to_gone: Decimal
    went_back: int


@dataclass(frozen=True, slots=True)
class CostChange:
    """What units of a lot cost more than they came in at; less where it is negative.

    Attributes:
        takes_off: An earlier change that this one takes off again. Units that went back to
            their supplier since then took their part along, and stock gives up no more than it
            was given.
    """

    line_no: int
    lot_id: UUID
    value: Decimal
    takes_off: Revalued | None = None


@dataclass(frozen=True, slots=True)
class _Came:
    """Units of a lot that came from suppliers, and those of them that went back."""

    units: int = 0
    went_back: int = 0


@dataclass(slots=True)
class _Held:
    """A lot's balance in a place of the company, under lock."""

    variant_id: UUID
    lot_id: UUID
    location_id: UUID
    kind: str
    on_hand: int
    value: Decimal


def revalue_lots(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    changes: Sequence[CostChange],
    narration: str,
) -> list[Revalued]:
    """Give lots of the acting company a change of cost, dated now.

    Units of a lot are alike: the part of a change that belongs to units on hand goes to stock,
    wherever they are; the part of units that are gone goes to the cost of goods sold. Stock
    takes no more off than it is worth. Nothing that was posted before is touched. Debits what
    gained and credits goods received not invoiced, which the document that says so debits.
    Locks the lots' balances, by variant and lot.

    Emits:
        inventory.stock_revalued.v1, in the same transaction, if anything changed.
    """
    wanted = [change for change in changes if change.value]
    if not wanted:
        return []
    lots = {change.lot_id for change in wanted}
    held, came = _hold(session, ctx, lots), _came_in(session, ctx, lots)
    rows: list[dict[str, object]] = []
    answer = []
    accounts: dict[str, Decimal] = {}
    for change in wanted:
        of_lot = came.get(change.lot_id, _Came())
        parts = _parts(change, held.get(change.lot_id, ()), of_lot)
        for balance, value in parts:
            balance.value += value
            key = ACCOUNT_OF_KIND[balance.kind]
            accounts[key] = accounts.get(key, ZERO) + value
            rows.append(_row(ctx, origin, change.line_no, balance, value))
        to_stock = sum((value for _, value in parts), ZERO)
        answer.append(Revalued(change.line_no, to_stock, change.value - to_stock, of_lot.went_back))
    db.insert_rows(session, StockRevaluation, rows)
    accounts["cogs"] = sum((one.to_gone for one in answer), ZERO)
    accounts["grni"] = -sum((change.value for change in wanted), ZERO)
    post_stock(session, ctx, origin, narration, accounts)
    _tell(session, ctx, origin, wanted, answer)
    return answer


def _hold(
    session: Session, ctx: RequestContext, lot_ids: Iterable[UUID]
) -> Mapping[UUID, list[_Held]]:
    """Lock what is on hand of lots in places of the acting company."""
    rows = db.fetch_all(
        session,
        """
        select s.variant_id, s.lot_id, s.location_id, place.kind, s.on_hand, s.value
          from stock_balance s
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
          join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
         where s.tenant_id = %s and s.lot_id = any(%s) and b.company_id = %s and s.on_hand > 0
         order by s.variant_id, s.lot_id, s.location_id
           for update of s
        """,
        (ctx.tenant_id, list(lot_ids), ctx.company_id),
    )
    held: dict[UUID, list[_Held]] = {}
    for row in rows:
        held.setdefault(row["lot_id"], []).append(_Held(**row))
    return held


def _came_in(
    session: Session, ctx: RequestContext, lot_ids: Iterable[UUID]
) -> Mapping[UUID, _Came]:
    """Return the units of lots that the acting company took in from suppliers, and sent back."""
    rows = db.fetch_all(
        session,
        """
        with change as (
            select l.lot_id, l.paid + l.free as units, 0 as went_back, r.branch_id
              from goods_receipt_line l
              join goods_receipt r on r.tenant_id = l.tenant_id and r.id = l.receipt_id
             where l.tenant_id = %(tenant)s and l.lot_id = any(%(lots)s)
            union all
            select m.lot_id, 0, m.quantity, w.branch_id
              from stock_move m
              join location beyond on beyond.tenant_id = m.tenant_id
                   and beyond.id = m.to_location_id and beyond.kind = 'supplier'
              join location place on place.tenant_id = m.tenant_id
                   and place.id = m.from_location_id
              join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
             where m.tenant_id = %(tenant)s and m.lot_id = any(%(lots)s)
        )
        select lot_id, sum(units)::bigint as units, sum(went_back)::bigint as went_back
          from change
          join branch b on b.tenant_id = %(tenant)s and b.id = change.branch_id
         where b.company_id = %(company)s
         group by lot_id
        """,
        {"tenant": ctx.tenant_id, "lots": list(lot_ids), "company": ctx.company_id},
    )
    return {row["lot_id"]: _Came(row["units"], row["went_back"]) for row in rows}


def _parts(
    change: CostChange, balances: Sequence[_Held], came: _Came
) -> list[tuple[_Held, Decimal]]:
    """Share a change over balances by their units; none falls below zero."""
    on_hand = sum(balance.on_hand for balance in balances)
    if not on_hand:
        return []
    back = change.takes_off.went_back if change.takes_off else came.went_back
    kept = round_money(change.value * on_hand / max(came.units - back, on_hand))
    if change.takes_off:
        kept = max(kept, -change.takes_off.to_stock)
    shares = allocate(kept, [Decimal(balance.on_hand) for balance in balances])
    parts = [(b, max(share, -b.value)) for b, share in zip(balances, shares, strict=True)]
    return [(balance, value) for balance, value in parts if value]


def _row(
    ctx: RequestContext, origin: Origin, line_no: int, balance: _Held, value: Decimal
) -> dict[str, object]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "variant_id": balance.variant_id,
        "lot_id": balance.lot_id,
        "location_id": balance.location_id,
        "value": value,
        "effective_at": ctx.now,
        "origin_type": origin.type,
        "origin_id": origin.id,
        "origin_line_no": line_no,
        "user_id": ctx.user_id,
    }


def _tell(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    wanted: Sequence[CostChange],
    answer: Sequence[Revalued],
) -> None:
    for change, one in zip(wanted, answer, strict=True):
        note_effect(
            session,
            "cost",
            lot_id=str(change.lot_id),
            to_stock=str(one.to_stock),
            to_gone=str(one.to_gone),
            line_no=change.line_no,
        )
    event = StockRevalued(
        origin_type=origin.type,
        origin_id=origin.id,
        lot_ids=[change.lot_id for change in wanted],
        to_stock=sum((one.to_stock for one in answer), ZERO),
        to_gone=sum((one.to_gone for one in answer), ZERO),
    )
    emit(session, ctx, origin.id, event)
