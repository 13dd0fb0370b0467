"""GSTR-4 as it is asked for: its figures with the proof, the rows behind each, and the file."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.errors import ReturnNotReady, WrongTaxPeriod
from erp.services.gst_returns.figure_rows import FigureRow, FigureRows
from erp.services.gst_returns.gstr4 import Row4, cells_of, gstr4, rest_of, rows_of
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.portal_text import portal_text
from erp.services.gst_returns.proposing_credit import HeadsOf
from erp.services.gst_returns.queries import PortalFile
from erp.services.gst_returns.reading_year import Year4, read_year
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.schemes import ONE_DAY
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.gst_returns.turnover import turnover_of
from erp.services.platform import Closed, Day, Page, Query, Result, query

Figure = Literal["4A", "4B", "4C", "5 out", "5 in", "6 out", "6 in"]


class YearWanted(Closed):
    """Which year.

    Attributes:
        gstin: The company's first registration where none is named. year_from: 1 April, its first day.
    """

    gstin: GstinText | None = None
    year_from: Day


class GetYear(YearWanted, Query):
    """The annual return of a dealer by composition, as it is now."""


class ListYearRows(YearWanted, Page):
    """The rows behind one of its figures."""

    part: Figure


class GetYearFile(YearWanted, Query):
    """Its file."""


class Figure4(HeadsOf):
    """A figure with the value that its tax is on."""

    taxable: Decimal


class Gstr4(Result):
    """The year's figures, and what is wrong with them.

    Attributes:
        before: Turnover of the year before. rest: Tax that no CMP-08 paid, below zero where they paid more.
        problems, differences: As of a version of a return. blocking: How many of them keep the file in the house.
    """

    gstin: str
    starts_on: date
    ends_on: date
    before: Decimal
    cells: dict[str, Figure4]
    rest: HeadsOf
    problems: list[dict[str, Any]]
    differences: list[dict[str, Any]]
    blocking: int


@query("gst_returns.get_year", permission="gst_returns.view", rest="GET /gstr-4")
def get_year(session: Session, ctx: RequestContext, wanted: GetYear) -> Gstr4:
    """Work out the annual return of the days by composition of a year, proved against the accounts.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The day is no 1 April, or no day of the year is by composition.

    Source: Form GSTR-4, Rules r.62.
    """
    registration, year, found = _read(session, ctx, wanted)
    cells = cells_of(found.rows)
    rest = rest_of(cells)
    problems = [*found.problems, *_unpaid(rest)]
    return Gstr4(
        gstin=registration.gstin,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        before=_before(session, ctx, year),
        cells={
            name: Figure4(taxable=heads.taxable, **_amounts(heads)) for name, heads in cells.items()
        },
        rest=HeadsOf(**_amounts(rest)),
        problems=[asdict(one) for one in problems],
        differences=[
            {
                "label": one.label,
                "page": one.page,
                "documents": one.documents.texts(),
                "books": one.books.texts(),
            }
            for one in found.differences
        ],
        blocking=_blocking(found),
    )


@query("gst_returns.list_year_rows", permission="gst_returns.view", rest="GET /gstr-4/rows")
def list_year_rows(session: Session, ctx: RequestContext, wanted: ListYearRows) -> FigureRows:
    """List the rows that a figure is the sum of, with their sum.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The day is no 1 April, or no day of the year is by composition.
    """
    _, _, found = _read(session, ctx, wanted)
    words = wanted.search.lower()
    rows = [
        _figure_row(row)
        for row in rows_of(found.rows, wanted.part)
        if words in f"{row.number} {row.party} {row.gstin}".lower()
    ]
    page, following = page_of(
        rows, wanted, lambda row: f"{row.document_id} {row.rate} {row.taxable} {row.hsn}"
    )
    return FigureRows(
        rows=page,
        next_cursor=following,
        taxable=sum((row.taxable for row in rows), ZERO),
        tax=sum((row.igst + row.cgst + row.sgst for row in rows), ZERO),
    )


@query("gst_returns.get_year_file", permission="gst_returns.view", rest="GET /gstr-4/file")
def get_year_file(session: Session, ctx: RequestContext, wanted: GetYearFile) -> PortalFile:
    """Return the year's file, once the year is over, its CMP-08s are filed and it equals the accounts.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The day is no 1 April, or no day of the year is by composition.
        ReturnNotReady: Something has to be mended first, or the year is not over.
    """
    registration, year, found = _read(session, ctx, wanted)
    if year.ends_on >= ctx.today:
        raise ReturnNotReady("The year is not over: documents are still to come.")
    if _blocking(found):
        raise ReturnNotReady("Mend what this return lists first.")
    file = gstr4(registration.gstin, year.fp, _before(session, ctx, year), found.rows)
    name = f"GSTR4_{registration.gstin}_{year.fp}.json"
    return PortalFile(file_name=name, content=portal_text(file))


def _read(
    session: Session, ctx: RequestContext, wanted: YearWanted
) -> tuple[Registration, TaxPeriod, Year4]:
    registration = registration_of(session, ctx, wanted.gstin)
    first = wanted.year_from
    if first != fiscal_year_start(first):
        message = "A financial year begins on 1 April."
        raise WrongTaxPeriod(message, fields={"year_from": message})
    year = TaxPeriod(first, first.replace(year=first.year + 1) - ONE_DAY)
    found = read_year(session, ctx, registration, year)
    if not found.is_any:
        message = (
            "The company pays no tax by composition in this year, so it files no GSTR-4 of it."
        )
        raise WrongTaxPeriod(message, fields={"year_from": message})
    return registration, year, found


def _before(session: Session, ctx: RequestContext, year: TaxPeriod) -> Decimal:
    last = year.starts_on - ONE_DAY
    return turnover_of(session, ctx, fiscal_year_start(last), last)


def _blocking(found: Year4) -> int:
    return len(found.differences) + sum(one.is_blocking for one in found.problems)


def _unpaid(rest: Heads) -> list[Problem]:
    if not rest:
        return []
    words = "is paid with this return" if rest.tax >= 0 else "was paid too much"
    message = (
        f"The year's tax differs from what its CMP-08s paid: {money_text(abs(rest.tax))} {words}."
    )
    return [Problem("rest", "8", "/gst", message, is_blocking=False)]


def _amounts(heads: Heads) -> dict[str, Decimal]:
    return {"igst": heads.igst, "cgst": heads.cgst, "sgst": heads.sgst, "tax": heads.tax}


def _figure_row(row: Row4) -> FigureRow:
    heads = row.heads
    return FigureRow(
        document_id=row.document_id,
        page=row.page,
        number=row.number,
        day=row.day,
        party=row.party,
        gstin=row.gstin,
        place=row.place,
        hsn="",
        rate=row.rate,
        taxable=heads.taxable,
        igst=heads.igst,
        cgst=heads.cgst,
        sgst=heads.sgst,
    )
