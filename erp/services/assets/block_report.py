"""The blocks of assets of a year for income tax, beside what the books say of the same assets."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.assets import AssetTaxOpening
from erp.services.accounting import PrintedReport, PrintedRow
from erp.services.assets.events import TaxOpeningSet
from erp.services.assets.holding import MANAGE, VIEW
from erp.services.assets.tax_blocks import (
    BLOCK_OF_ACCOUNT,
    ONE_DAY,
    BlockYear,
    TaxBlock,
    TaxedAsset,
    block_years,
)
from erp.services.party import printed_branch
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Query,
    Result,
    Rows,
    command,
    emit,
    query,
)

NAMES: Final = {
    TaxBlock.FURNITURE: "Furniture and fittings",
    TaxBlock.MACHINERY: "Machinery, plant and vehicles",
    TaxBlock.COMPUTERS: "Computers and software",
}
AMOUNTS: Final = (
    "opening", "added", "added_late", "deducted", "depreciation", "gain", "closing", "book_depreciation",
    "book_worth",
)  # fmt: skip


class ShowTaxBlocks(Query):
    """Of which year: any day of it, this year where none is said."""

    day: Day | None = None


class SetTaxOpening(Command):
    """What a block was worth for income tax when a year began, as the last assessment has it.

    Attributes:
        year: Any day of the year that begins with it.
    """

    block: TaxBlock
    year: Day
    worth: Annotated[Amount, Field(ge=0)]


class TaxBlockRow(Result):
    """A block over the year; see `tax_blocks.BlockYear`.

    Attributes:
        book_depreciation, book_worth: What the books have of the same assets.
    """

    id: str
    block: str
    rate: Decimal
    opening: Decimal
    added: Decimal
    added_late: Decimal
    deducted: Decimal
    depreciation: Decimal
    gain: Decimal
    closing: Decimal
    book_depreciation: Decimal
    book_worth: Decimal


class TaxBlocks(Rows):
    """The blocks of a year with their sums.

    Attributes:
        unsaid: Names of blocks with assets of the books of before whose worth nobody said.
    """

    rows: list[TaxBlockRow]
    from_day: date
    to_day: date
    totals: dict[str, Decimal]
    unsaid: list[str]


_ASSETS = """
    select k.key, a.cost, a.bought_on, a.used_from, a.bought_from = 'opening' as is_brought_over,
           a.disposed_on as gone_on, coalesce(a.proceeds, 0) as brought
      from asset a join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
     where a.tenant_id = %s and a.company_id = %s order by a.number
"""
_OPENINGS = """
    select distinct on (block, year) block, year, worth from asset_tax_opening
     where tenant_id = %s and company_id = %s order by block, year, recorded_at desc, id desc
"""
_BOOKS = """
    select k.key, coalesce(sum(x.during), 0) as lost,
           coalesce(sum(a.cost - x.until) filter (where coalesce(a.disposed_on, 'infinity') > %(to)s), 0) as worth
      from asset a join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
     cross join lateral (
           select a.opening_depreciation + coalesce(sum(d.amount) filter (where d.until <= %(to)s), 0) as until,
                  coalesce(sum(d.amount) filter (where d.until between %(from)s and %(to)s), 0) as during
             from asset_depreciation d where (d.tenant_id, d.asset_id) = (a.tenant_id, a.id)) x
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.booked_on <= %(to)s
     group by k.key
"""


@query("assets.show_tax_blocks", permission=VIEW, rest="GET /tax-blocks")
def show_tax_blocks(session: Session, ctx: RequestContext, wanted: ShowTaxBlocks) -> TaxBlocks:
    """Return each block over a financial year: opening, additions by 180 days, what went, depreciation, closing.

    A block begins with what somebody said it was worth (`assets.set_tax_opening`), else with its first asset. Money
    for what was sold counts without GST. Nothing of it is booked.
    """
    year = fiscal_year_start(wanted.day or ctx.today)
    end = year.replace(year=year.year + 1) - ONE_DAY
    own = (ctx.tenant_id, ctx.company_id)
    assets = [_asset(row) for row in db.fetch_all(session, _ASSETS, own)]
    assets = [asset for asset in assets if asset.used_from <= end]
    openings: dict[str, dict[date, Decimal]] = {}
    for row in db.fetch_all(session, _OPENINGS, own):
        openings.setdefault(row["block"], {})[row["year"]] = row["worth"]
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "from": year, "to": end}
    books = _books(db.fetch_all(session, _BOOKS, given))
    rows = []
    for block in TaxBlock:
        worked = block_years(block, assets, openings.get(block, {}), year)
        rows.append(_row(worked, books.get(block, (ZERO, ZERO))))
    rows = [row for row in rows if any(getattr(row, name) for name in AMOUNTS)]
    return TaxBlocks(
        rows=rows,
        from_day=year,
        to_day=end,
        totals={name: sum((getattr(row, name) for row in rows), ZERO) for name in AMOUNTS},
        unsaid=[
            NAMES[block]
            for block in TaxBlock
            if not any(said <= year for said in openings.get(block, {}))
            and any(asset.block is block and asset.is_brought_over for asset in assets)
        ],
    )


def _asset(row: db.Row) -> TaxedAsset:
    return TaxedAsset(BLOCK_OF_ACCOUNT[row.pop("key")], **row)


def _books(rows: list[db.Row]) -> dict[TaxBlock, tuple[Decimal, Decimal]]:
    found: dict[TaxBlock, tuple[Decimal, Decimal]] = {}
    for row in rows:
        block = BLOCK_OF_ACCOUNT[row["key"]]
        lost, worth = found.get(block, (ZERO, ZERO))
        found[block] = (lost + row["lost"], worth + row["worth"])
    return found


def _row(worked: BlockYear, books: tuple[Decimal, Decimal]) -> TaxBlockRow:
    names = (
        "rate",
        "opening",
        "added",
        "added_late",
        "deducted",
        "depreciation",
        "gain",
        "closing",
    )
    return TaxBlockRow(
        id=worked.block,
        block=NAMES[worked.block],
        **{name: getattr(worked, name) for name in names},
        book_depreciation=books[0],
        book_worth=books[1],
    )


@command("assets.set_tax_opening", permission=MANAGE, rest="POST /tax-blocks/openings")
def set_tax_opening(session: Session, ctx: RequestContext, cmd: SetTaxOpening) -> Identified:
    """Say what a block was worth for income tax when a year began; a later word for a year takes the first's place.

    Raises:
        InvalidInput: The year has not begun.

    Emits:
        assets.tax_opening_set.v1
    """
    year = fiscal_year_start(cmd.year)
    if year > ctx.today:
        message = "This year has not begun."
        raise InvalidInput(message, fields={"year": message})
    record_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": record_id,
        "company_id": ctx.company_id,
        "block": cmd.block,
        "year": year,
        "worth": cmd.worth,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, AssetTaxOpening, [row])
    emit(session, ctx, ctx.company_id, TaxOpeningSet(block=cmd.block, year=year, worth=cmd.worth))
    return Identified(id=record_id)


def get_printed_blocks(
    session: Session, ctx: RequestContext, wanted: ShowTaxBlocks
) -> PrintedReport:
    """Return the blocks as they are printed.

    Raises:
        PermissionDenied: The actor may not see assets.
    """
    ctx.require(VIEW)
    found = show_tax_blocks(session, ctx, wanted)
    rows = [
        PrintedRow(_cells(f"{row.block} {row.rate.normalize():f}%", row.model_dump()))
        for row in found.rows
    ]
    return PrintedReport(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        issuer=printed_branch(session, ctx, None),
        title="Blocks of assets, Income-tax Act s.32",
        about=f"{date_text(found.from_day)} to {date_text(found.to_day)}",
        columns=(
            "Block", "Opening", "180 days or more", "Less", "Deducted", "Depreciation", "Gain, s.50", "Closing"
        ),
        rows=(*rows, PrintedRow(_cells("Total", found.totals), 0, is_bold=True)),
    )  # fmt: skip


def _cells(label: str, amounts: Mapping[str, Decimal]) -> tuple[str | Decimal | None, ...]:
    return (label, *(amounts[name] or None for name in AMOUNTS[:7]))
