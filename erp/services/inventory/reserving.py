"""Reservations: stock promised to a document line until it is issued or the promise lapses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.inventory import StockReservation
from erp.services.inventory.moving import Origin
from erp.services.inventory.picking import Pick, value_of
from erp.services.platform import Command, Result, command

_PICKED = (
    "line_no",
    "variant_id",
    "lot_id",
    "lot_number",
    "expires_on",
    "mrp",
    "ptr",
    "pts",
    "quantity",
    "location_id",
    "customer_location_id",
)
Place = tuple[UUID, UUID, UUID]
"""Location, variant and lot of a balance."""


class ReleaseLapsedReservations(Command):
    """Free stock whose promise has lapsed."""


class ReleasedReservations(Result):
    """How many promises lapsed."""

    released: int


def reserve(
    session: Session,
    ctx: RequestContext,
    picks: Sequence[Pick],
    origin: Origin,
    expires_at: datetime,
) -> None:
    """Promise allocated stock to a document until an instant.

    The balances are locked already, by `allocate` in the same transaction.

    Raises:
        InvalidInput: The instant has passed.
    """
    if expires_at <= ctx.now:
        message = "A reservation must end in the future."
        raise InvalidInput(message, fields={"expires_at": message})
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "variant_id": pick.variant_id,
            "lot_id": pick.lot_id,
            "location_id": shelf.location_id,
            "quantity": shelf.quantity,
            "origin_type": origin.type,
            "origin_id": origin.id,
            "origin_line_no": pick.line_no,
            "expires_at": expires_at,
        }
        for pick in picks
        for shelf in pick.on_shelves
    ]
    db.insert_rows(session, StockReservation, rows)
    promised: Counter[Place] = Counter()
    for pick in picks:
        for shelf in pick.on_shelves:
            promised[shelf.location_id, pick.variant_id, pick.lot_id] += shelf.quantity
    _change_reserved(session, ctx, promised)


def release(session: Session, ctx: RequestContext, origin_id: UUID) -> int:
    """Free what is promised to a document; returns how many reservations ended."""
    return _end(session, ctx, _lock(session, ctx, origin_id=origin_id))


def take_reserved(session: Session, ctx: RequestContext, origin_id: UUID) -> list[Pick]:
    """Turn a document's reservations into picks, without choosing lots again.

    The promise ends and the balances stay locked, so `issue` follows in the same transaction.
    """
    rows = _lock(session, ctx, origin_id=origin_id)
    _end(session, ctx, rows)
    left: dict[Place, tuple[int, Decimal]] = {}
    picks: list[Pick] = []
    for row in rows:
        place = (row["location_id"], row["variant_id"], row["lot_id"])
        on_hand, value = left.get(place, (row["on_hand"], row["value"]))
        cost = value_of(value, row["quantity"], on_hand)
        left[place] = (on_hand - row["quantity"], value - cost)
        picks.append(Pick(**{name: row[name] for name in _PICKED}, value=cost))
    return sorted(picks, key=lambda pick: pick.line_no)


@command("inventory.release_lapsed_reservations", permission="inventory.adjust")
def release_lapsed_reservations(
    session: Session, ctx: RequestContext, _cmd: ReleaseLapsedReservations
) -> ReleasedReservations:
    """Free the stock of every reservation that has lapsed."""
    lapsed = _lock(session, ctx, lapsed_at=ctx.now)
    return ReleasedReservations(released=_end(session, ctx, lapsed))


def _lock(
    session: Session,
    ctx: RequestContext,
    *,
    origin_id: UUID | None = None,
    lapsed_at: datetime | None = None,
) -> list[db.Row]:
    """Lock reservations with their balances, in allocation's order, and return both."""
    return db.fetch_all(
        session,
        """
        select r.id, r.origin_line_no as line_no, r.variant_id, r.lot_id, r.location_id,
               r.quantity, b.on_hand, b.value, l.lot_number, l.expires_on, l.mrp, l.ptr, l.pts,
               (select id from location where tenant_id = %(tenant)s and kind = 'customer'
                 order by code limit 1) as customer_location_id
          from stock_reservation r
          join stock_balance b on b.tenant_id = r.tenant_id and b.location_id = r.location_id
               and b.variant_id = r.variant_id and b.lot_id = r.lot_id
          join lot l on l.tenant_id = r.tenant_id and l.id = r.lot_id
         where r.tenant_id = %(tenant)s
           and (%(origin)s::uuid is null or r.origin_id = %(origin)s)
           and (%(lapsed)s::timestamptz is null or r.expires_at <= %(lapsed)s)
         order by b.variant_id, b.lot_id, b.location_id, r.id
           for update of b, r
        """,
        {"tenant": ctx.tenant_id, "origin": origin_id, "lapsed": lapsed_at},
    )


def _end(session: Session, ctx: RequestContext, rows: Sequence[db.Row]) -> int:
    db.execute(
        session,
        "delete from stock_reservation where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, [row["id"] for row in rows]),
    )
    freed: Counter[Place] = Counter()
    for row in rows:
        freed[row["location_id"], row["variant_id"], row["lot_id"]] -= row["quantity"]
    _change_reserved(session, ctx, freed)
    return len(rows)


def _change_reserved(session: Session, ctx: RequestContext, changes: Mapping[Place, int]) -> None:
    """Add to what is reserved of balances that are locked already."""
    places = list(changes)
    db.execute(
        session,
        "update stock_balance b set reserved = b.reserved + change.quantity"
        " from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[])"
        "   as change (location_id, variant_id, lot_id, quantity)"
        " where b.tenant_id = %s and b.location_id = change.location_id"
        " and b.variant_id = change.variant_id and b.lot_id = change.lot_id",
        (
            [place[0] for place in places],
            [place[1] for place in places],
            [place[2] for place in places],
            list(changes.values()),
            ctx.tenant_id,
        ),
    )
