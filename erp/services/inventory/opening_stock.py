"""Opening stock from a file: lots with quantity, cost, expiry and MRP, as the old books had them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.core.quantity import to_base_units
from erp.models.inventory import LocationKind
from erp.services import catalog
from erp.services.inventory.errors import OtherExpiry
from erp.services.inventory.labelling import LotLabel, check_label, ensure_lots, hold_numbers
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.opening_stock_lines import StockLine, read_stock_lines
from erp.services.inventory.places import Place, beside, get_owned_place, get_places, outside
from erp.services.inventory.posting import instant_of, post_stock
from erp.services.platform import (
    MOST_CHARACTERS,
    PLAIN,
    Command,
    Day,
    Result,
    command,
    refused_lines,
)

ORIGIN = "opening_stock"
DIFFERENCE = "opening_difference"
_ANY_LIFE = frozenset({"expired_lot", "other_expiry"})
"""What a delivery is asked about; goods of the old books are on the shelf whatever their expiry."""


class ImportOpeningStock(Command):
    """Put stock of before on the shelf and into the books.

    Attributes:
        opening_on: The last day of the old books, such as 31 March.
        location_id: Where the goods are; the branch's first storage where none is named.
        content: A CSV file, or an XLSX file in Base64, whose first line names its columns: `sku` (or
            barcode), `lot`, `expiry`, `mrp` of a base unit, `quantity` and `cost` of one `unit`
            (the base unit where none is named), and where known `maker`, `made`, `ptr`, `pts`.
    """

    opening_on: Day
    location_id: UUID | None = None
    content: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=PLAIN)]


class OpenedLot(Result):
    """A line as it was read: base units of a lot, what they cost, and where they are put."""

    line: int
    product: str
    lot: str
    expires_on: date | None
    mrp: Decimal
    units: int
    value: Decimal
    place: str


class OpenedStock(Result):
    """What was put on the shelf.

    Attributes:
        expired: Of `value`, goods past their last usable day, which stand in the expired store.
    """

    import_id: UUID
    rows: list[OpenedLot]
    units: int
    value: Decimal
    expired: Decimal


@dataclass(frozen=True, slots=True)
class _Known:
    """A line with its goods: `units` of the base unit worth `value`."""

    line: StockLine
    goods: catalog.StockVariant
    label: LotLabel
    units: int
    value: Decimal
    place: Place


@command("inventory.import_opening_stock", permission="accounting.post", rest="POST /opening-stock")
def import_opening_stock(
    session: Session, ctx: RequestContext, cmd: ImportOpeningStock
) -> OpenedStock:
    """Put lots of the old books on hand, all or nothing, against Opening Balance Difference.

    Goods that had expired by the opening day are put into the warehouse's expired store. A lot opens
    once in a place. One import of a company runs at a time; lots are held by their numbers.

    Raises:
        InvalidInput: Lines are wrong; `lines.<line>.<column>` names each, up to fifty.
        UnknownPlace: There is no such location, or the branch has no storage.
        PeriodClosed: The books are closed for the day.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    at = instant_of(ctx, cmd.opening_on, "opening_on")
    hold_opening_stock(session, ctx)
    wrong: dict[str, str] = {}
    lines = read_stock_lines(cmd.content, wrong)
    goods = _goods(session, ctx, lines)
    places = (place, _expired_store(session, ctx, place))
    known = list(_known(lines, goods, places, cmd.opening_on, wrong))
    _note_labels(ctx, known, cmd.opening_on, wrong)
    _note_repeats(session, ctx, known, wrong)
    if wrong:
        raise refused_lines(wrong)
    lots = _lots(session, ctx, known, at)
    origin = Origin(ORIGIN, new_id())
    suppliers = outside(session, ctx, LocationKind.SUPPLIER)
    movements = [
        Movement(
            one.goods.id, lots[one.label], suppliers, one.place.id, one.units, one.value,
            one.line.line, "Opening stock",
        )
        for one in known
    ]  # fmt: skip
    write_moves(session, ctx, origin, movements, at)
    values = _values(known)
    booked = values | {DIFFERENCE: -sum(values.values(), ZERO)}
    post_stock(session, ctx, origin, "Opening stock", booked, cmd.opening_on)
    return OpenedStock(
        import_id=origin.id,
        rows=[_shown(one) for one in known],
        units=sum(one.units for one in known),
        value=sum(values.values(), ZERO),
        expired=values.get("inventory_expired", ZERO),
    )


def hold_opening_stock(session: Session, ctx: RequestContext) -> None:
    """Let other imports of the company wait, and who would take one back."""
    lock = f"opening stock of {ctx.company_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))


def _goods(
    session: Session, ctx: RequestContext, lines: Sequence[StockLine]
) -> Mapping[str, catalog.StockVariant]:
    """Return the goods that SKUs and barcodes name, an SKU before a barcode; services are none."""
    codes = sorted({line.code for line in lines})
    rows = db.fetch_all(
        session,
        "select v.sku as code, v.id, 1 as place from variant v"
        " join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id) and not p.is_service"
        " where v.tenant_id = %(tenant)s and v.sku = any(%(codes)s)"
        " union all select b.code, b.variant_id, 0 from barcode b"
        " join variant v on (v.tenant_id, v.id) = (b.tenant_id, b.variant_id)"
        " join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id) and not p.is_service"
        " where b.tenant_id = %(tenant)s and b.code = any(%(codes)s)"
        " order by place",
        {"tenant": ctx.tenant_id, "codes": codes},
    )
    variants = catalog.get_stock_variants(session, ctx, [row["id"] for row in rows])
    return {row["code"]: variants[row["id"]] for row in rows}


def _expired_store(session: Session, ctx: RequestContext, place: Place) -> Place | None:
    found = beside(session, ctx, place, LocationKind.EXPIRED_STORE)
    return get_places(session, ctx, [found])[found] if found else None


def _known(
    lines: Sequence[StockLine],
    goods: Mapping[str, catalog.StockVariant],
    places: tuple[Place, Place | None],
    day: date,
    wrong: dict[str, str],
) -> Iterator[_Known]:
    """Yield the lines whose goods and quantity hold; note what is wrong with the others."""
    for at, line in enumerate(lines):
        variant = goods.get(line.code)
        if variant is None:
            remedy = "Add them to the catalogue first, or mend the code."
            wrong[f"lines.{line.line}.sku"] = f"There are no goods {line.code}. {remedy}"
            continue
        try:
            units = to_base_units(line.quantity, variant.factor(line.unit))
        except InvalidInput as error:
            column = "unit" if isinstance(error, catalog.UnknownUnit) else "quantity"
            wrong[f"lines.{line.line}.{column}"] = error.message
            continue
        is_expired = line.expires_on is not None and line.expires_on < day
        place = places[1] if is_expired else places[0]
        if place is None:
            message = "These goods have expired, and the warehouse has no expired store. Add one."
            wrong[f"lines.{line.line}.expiry"] = message
            continue
        value = round_money(line.cost * line.quantity)
        label = _label(at, line, variant, value / units)
        yield _Known(line, variant, label, units, value, place)


def _label(at: int, line: StockLine, variant: catalog.StockVariant, unit_cost: Decimal) -> LotLabel:
    unnamed = line.lot_number or f"MRP {line.mrp:.2f}"
    return LotLabel(
        at=at,
        variant_id=variant.id,
        lot_number=line.lot_number if variant.is_lot_tracked else unnamed,
        maker=line.maker,
        manufactured_on=line.made_on,
        expires_on=line.expires_on,
        mrp=line.mrp,
        ptr=line.ptr,
        pts=line.pts,
        unit_cost=unit_cost.quantize(Decimal("0.0001")),
    )


_COLUMN_OF = {"lot_number": "lot", "expires_on": "expiry", "manufactured_on": "made", "mrp": "mrp"}


def _note(wrong: dict[str, str], known: Sequence[_Known], refusals: Iterable[DomainError]) -> None:
    """Note refusals of lots at the lines and columns of the file."""
    line_of = {one.label.at: one.line.line for one in known}
    for refusal in refusals:
        for field, message in refusal.fields.items():
            _, at, name = field.split(".")
            wrong.setdefault(f"lines.{line_of[int(at)]}.{_COLUMN_OF[name]}", message)


def _note_labels(
    ctx: RequestContext, known: Sequence[_Known], day: date, wrong: dict[str, str]
) -> None:
    for one in known:
        faults = check_label(ctx, one.label, one.goods, day)
        _note(wrong, known, (fault for fault in faults if fault.code not in _ANY_LIFE))


def _note_repeats(
    session: Session, ctx: RequestContext, known: Sequence[_Known], wrong: dict[str, str]
) -> None:
    """Note lots that the file says twice, or that an import before has opened in their place."""
    found = db.fetch_all(
        session,
        "select l.variant_id, l.lot_number, l.maker, l.expires_on, m.to_location_id as place,"
        " min(m.effective_at) as at from stock_move m"
        " join lot l on (l.tenant_id, l.id) = (m.tenant_id, m.lot_id)"
        " where m.tenant_id = %s and m.origin_type = %s and m.variant_id = any(%s)"
        " and not exists (select 1 from stock_move back where back.tenant_id = m.tenant_id"
        " and back.origin_type = 'opening_stock_back' and back.origin_id = m.origin_id)"
        " group by 1, 2, 3, 4, 5",
        (ctx.tenant_id, ORIGIN, [one.goods.id for one in known]),
    )
    opened = {
        (
            (row["variant_id"], row["lot_number"], row["maker"], row["expires_on"]),
            row["place"],
        ): row["at"]
        for row in found
    }
    seen: dict[object, int] = {}
    for one in known:
        key = (one.label.key, one.place.id)
        first = seen.setdefault(key, one.line.line)
        if first != one.line.line:
            message = f"Line {first} says this lot already. Keep one with all of its units."
            wrong[f"lines.{one.line.line}.lot"] = message
        elif key in opened:
            message = (
                f"This lot was opened here on {date_text(opened[key].date())}. Take the row out."
            )
            wrong[f"lines.{one.line.line}.lot"] = message


_MEND_LABELS: LiteralString = """
    update lot l set mrp = x.mrp, ptr = x.ptr, pts = x.pts, unit_cost = x.unit_cost
      from unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::numeric[], %s::numeric[],
                  %s::numeric[], %s::numeric[])
           as x (variant_id, lot_number, maker, expires_on, mrp, ptr, pts, unit_cost)
     where l.tenant_id = %s and (l.variant_id, l.lot_number, l.maker) = (x.variant_id, x.lot_number, x.maker)
       and l.expires_on is not distinct from x.expires_on
       and exists (select 1 from stock_move m where (m.tenant_id, m.lot_id) = (l.tenant_id, l.id))
       and not exists (select 1 from stock_move m
                        where (m.tenant_id, m.lot_id) = (l.tenant_id, l.id) and not exists (
                              select 1 from stock_move back where back.tenant_id = m.tenant_id
                                 and back.origin_type = 'opening_stock_back'
                                 and back.origin_id = m.origin_id))
"""
"""Lots whose every import was taken back, and that did nothing else, are labelled as the mended file says."""


def _lots(
    session: Session, ctx: RequestContext, known: Sequence[_Known], received_at: datetime
) -> Mapping[LotLabel, UUID]:
    """Return the lot of each line, made where it is new; other expiries of a number are lots of their own."""
    agreed = replace(ctx, confirmed=ctx.confirmed | {OtherExpiry.code})
    labels = [one.label for one in known]
    hold_numbers(session, ctx, labels)
    facts = [(*x.key, x.mrp, x.ptr, x.pts, x.unit_cost) for x in labels]
    db.execute(session, _MEND_LABELS, (*map(list, zip(*facts, strict=True)), ctx.tenant_id))
    try:
        lots = ensure_lots(session, agreed, [one.label for one in known], None, received_at)
    except DomainError as error:
        wrong: dict[str, str] = {}
        _note(wrong, known, [error])
        raise refused_lines(wrong) from error
    return {label: lot.id for label, lot in lots.items()}


def _values(known: Sequence[_Known]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for one in known:
        key = one.place.account_key
        values[key] = values.get(key, ZERO) + one.value
    return values


def _shown(one: _Known) -> OpenedLot:
    return OpenedLot(
        line=one.line.line,
        product=one.goods.label,
        lot=one.label.lot_number,
        expires_on=one.label.expires_on,
        mrp=one.label.mrp,
        units=one.units,
        value=one.value,
        place=one.place.name,
    )
