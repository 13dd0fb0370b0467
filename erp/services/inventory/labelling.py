"""Lot labels: what is printed on the goods, checked and matched with the lots we know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.formatting import date_text, expiry_text, money_text
from erp.core.ids import new_id
from erp.models.inventory import Lot, LotStatus
from erp.services import catalog
from erp.services.inventory.errors import (
    ExpiredLot,
    LotRequired,
    MrpDiffers,
    OtherExpiry,
)

LONGEST_LIFE_MONTHS = 60
"""From manufacture to expiry. Source: domain rules 2.7, expiry of homoeopathic medicines."""


@dataclass(frozen=True, slots=True)
class LotLabel:
    """The label of goods that arrive; `at` is the index of its line."""

    at: int
    variant_id: UUID
    lot_number: str
    maker: str
    manufactured_on: date | None
    expires_on: date | None
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    unit_cost: Decimal

    @property
    def key(self) -> tuple[UUID, str, str, date | None]:
        """What makes a lot the same lot."""
        return (self.variant_id, self.lot_number, self.maker, self.expires_on)


@dataclass(frozen=True, slots=True)
class ReceivedLot:
    """A lot we know, before or since this delivery."""

    id: UUID
    variant_id: UUID
    lot_number: str
    maker: str
    expires_on: date | None
    mrp: Decimal
    received_at: datetime

    @property
    def key(self) -> tuple[UUID, str, str, date | None]:
        """What makes a lot the same lot."""
        return (self.variant_id, self.lot_number, self.maker, self.expires_on)


def check_label(
    ctx: RequestContext, label: LotLabel, variant: catalog.StockVariant, received_on: date
) -> Iterator[DomainError]:
    """Yield what is wrong with a label, each at its field of the line.

    An old receipt entered late is judged by the day the goods came, but goods that are expired
    by now are refused all the same.
    """
    yield from _missing(label, variant)
    made, expires = label.manufactured_on, label.expires_on
    if made and made > received_on:
        yield _at(label, "manufactured_on", InvalidInput, "This day is after the goods came.")
    if expires is None:
        return
    if made and expires <= made:
        yield _at(label, "expires_on", InvalidInput, "Goods cannot expire before they are made.")
    elif made and variant.is_expiry_required and _months(made, expires) > LONGEST_LIFE_MONTHS:
        message = f"No medicine lasts more than {LONGEST_LIFE_MONTHS} months. Check both dates."
        yield _at(label, "expires_on", InvalidInput, message)
    if expires < max(received_on, ctx.today):
        message = f"These goods expired on {date_text(expires)}. Send them back."
        yield _at(label, "expires_on", ExpiredLot, message)


def _months(made: date, expires: date) -> int:
    return (expires.year - made.year) * 12 + expires.month - made.month


def _missing(label: LotLabel, variant: catalog.StockVariant) -> Iterator[DomainError]:
    if variant.is_lot_tracked and not label.lot_number:
        message = f"{variant.label} is tracked by lot. Type the lot number of the pack."
        yield _at(label, "lot_number", LotRequired, message)
    if variant.is_expiry_required and label.expires_on is None:
        message = f"{variant.label} must have an expiry. Type the date of the pack."
        yield _at(label, "expires_on", LotRequired, message)


def _at(label: LotLabel, field: str, kind: type[DomainError], message: str) -> DomainError:
    return kind(message, fields={f"lines.{label.at}.{field}": message})


def ensure_lots(
    session: Session,
    ctx: RequestContext,
    labels: Sequence[LotLabel],
    supplier_id: UUID | None,
    received_at: datetime,
) -> Mapping[LotLabel, ReceivedLot]:
    """Return the lot of every label, making those that are new, for goods that came at an instant.

    A lot that is known came then, where it was thought to have come later.

    Waits for others who take in lots of the same numbers, so that all of them find one lot.

    Raises:
        MrpDiffers: A lot is known, or on another line, with another MRP.
        OtherExpiry: A lot number is known with another expiry; may be confirmed.
    """
    hold_numbers(session, ctx, labels)
    known = _known_lots(session, ctx, labels)
    raise_all([refusal for label in labels for refusal in _conflicts(ctx, label, known)])
    by_key = {lot.key: lot for lot in known}
    wanted = {label.key for label in labels}
    fresh: dict[tuple[UUID, str, str, date | None], tuple[LotLabel, ReceivedLot]] = {}
    for label in labels:
        if label.key in by_key:
            continue
        lot = ReceivedLot(new_id(), *label.key, label.mrp, received_at)
        fresh[label.key] = (label, lot)
        by_key[label.key] = lot
    raise_all([r for label in labels for r in _other_mrp(label, by_key[label.key])])
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": lot.id,
            "variant_id": label.variant_id,
            "lot_number": label.lot_number,
            "maker": label.maker,
            "manufactured_on": label.manufactured_on,
            "expires_on": label.expires_on,
            "mrp": label.mrp,
            "ptr": label.ptr,
            "pts": label.pts,
            "unit_cost": label.unit_cost,
            "supplier_id": supplier_id,
            "status": LotStatus.AVAILABLE,
            "status_reason": "",
            "received_at": received_at,
        }
        for label, lot in fresh.values()
    ]
    db.insert_rows(session, Lot, rows)
    later = [lot.id for lot in known if lot.key in wanted and lot.received_at > received_at]
    if later:
        db.execute(session, _CAME_BEFORE, (received_at, ctx.tenant_id, later, received_at))
    return {label: by_key[label.key] for label in labels}


_CAME_BEFORE = (
    "update lot set received_at = %s where tenant_id = %s and id = any(%s) and received_at > %s"
)


def hold_numbers(session: Session, ctx: RequestContext, labels: Sequence[LotLabel]) -> None:
    """Let others wait who would take in lots of the same numbers."""
    keys = sorted({f"lot {ctx.tenant_id} {x.variant_id} {x.lot_number}" for x in labels})
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) key",
        (keys,),
    )


def _known_lots(
    session: Session, ctx: RequestContext, labels: Sequence[LotLabel]
) -> list[ReceivedLot]:
    rows = db.fetch_all(
        session,
        "select id, variant_id, lot_number, maker, expires_on, mrp, received_at from lot"
        " where tenant_id = %s and (variant_id, lot_number) in"
        " (select * from unnest(%s::uuid[], %s::text[]))",
        (
            ctx.tenant_id,
            [label.variant_id for label in labels],
            [label.lot_number for label in labels],
        ),
    )
    return [ReceivedLot(**row) for row in rows]


def _conflicts(
    ctx: RequestContext, label: LotLabel, known: Sequence[ReceivedLot]
) -> Iterator[DomainError]:
    """Yield the refusal of a label that contradicts a lot of its number, maker and product."""
    if OtherExpiry.code in ctx.confirmed:
        return
    alike = [lot for lot in known if lot.key[:3] == label.key[:3]]
    if alike and all(lot.key != label.key for lot in alike):
        there = alike[0].expires_on
        seen = expiry_text(there) if there else "no expiry"
        message = f"Lot {label.lot_number} is known with {seen}. Look at the pack; confirm if it is right."
        yield _at(label, "expires_on", OtherExpiry, message)


def _other_mrp(label: LotLabel, lot: ReceivedLot) -> Iterator[DomainError]:
    if label.mrp != lot.mrp:
        message = (
            f"Lot {label.lot_number} has an MRP of {money_text(lot.mrp)}, not"
            f" {money_text(label.mrp)}. Look at the pack, or give a reprinted lot its own number."
        )
        yield _at(label, "mrp", MrpDiffers, message)
