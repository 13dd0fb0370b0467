"""The rows behind one figure of a return."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.advances import AdvanceMove
from erp.services.gst_returns.claiming import read_claims
from erp.services.gst_returns.cmp08 import DUE_AGAIN
from erp.services.gst_returns.errors import unknown_return
from erp.services.gst_returns.gstr3b import (
    CreditChange,
    Inward,
    InwardKind,
    cell_of,
    cells_of_change,
    change_in,
    kept_cell,
)
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.lapsing import since_of_version
from erp.services.gst_returns.outward import Entry
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.reading_inward import read_inward
from erp.services.gst_returns.reading_side import read_outward_side
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.gst_returns.schemes import days_for, spans_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.platform import Page, Result, Rows, query

CHARGED = frozenset({"3(2)", "3(3)"})
"""Cells that reverse charge counts in."""
TURNED_OVER = frozenset({"3(1)", "3(3)"})
"""Cells with tax on the turnover of a quarter, which is worked out on the whole."""
PURCHASE_CELLS = {"5 inter": True, "5 intra": False}


class ListFigureRows(Page):
    """The rows behind one figure of a version.

    Attributes:
        part: A section of GSTR-1 (`b2b`), a cell of GSTR-3B (`3.1(a)`), or `hsn:` and a code.
    """

    return_id: UUID
    part: Annotated[str, Field(pattern=r"^[A-Za-z0-9:.() ]{1,20}$")]


class FigureRow(Result):
    """A line of a document, or a purchase, as it counts in the figure."""

    document_id: UUID
    page: str
    number: str
    day: date
    party: str
    gstin: str
    place: str
    hsn: str
    rate: Decimal | None
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal


class FigureRows(Rows):
    """A page of rows with the sum of all of them."""

    rows: list[FigureRow]
    taxable: Decimal
    tax: Decimal


@query(
    "gst_returns.list_figure_rows",
    permission="gst_returns.view",
    rest="GET /gst-returns/{return_id}/rows",
)
def list_figure_rows(session: Session, ctx: RequestContext, wanted: ListFigureRows) -> FigureRows:
    """List the lines of documents behind a figure, in the order of days, with their sum.

    Of a filed return they are what was filed, because its period takes no more documents.

    Raises:
        UnknownGstReturn: The company has no such return.
    """
    head = db.fetch_one(
        session,
        "select id, gstin, form, starts_on, ends_on, figures from gst_return"
        " where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.return_id),
    )
    if head is None:
        raise unknown_return()
    registration = registration_of(session, ctx, head["gstin"])
    form = ReturnForm(head["form"])
    period = TaxPeriod(head["starts_on"], head["ends_on"])
    period = days_for(spans_of(session, ctx), form, period) or period
    since = since_of_version(head["figures"], period)
    found = list(_rows(session, ctx, registration, (period, since), wanted.part))
    if wanted.part in TURNED_OVER:
        found += _on_turnover(head, period)
    words = wanted.search.lower()
    if words:
        found = [row for row in found if words in f"{row.number} {row.party} {row.gstin}".lower()]
    page, following = page_of(found, wanted, _key)
    return FigureRows(
        rows=page,
        next_cursor=following,
        taxable=sum((row.taxable for row in found), Decimal("0.00")),
        tax=sum((row.igst + row.cgst + row.sgst for row in found), Decimal("0.00")),
    )


def _key(row: FigureRow) -> str:
    return f"{row.document_id} {row.hsn} {row.rate} {row.taxable} {row.place} {row.gstin}"


def _rows(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    when: tuple[TaxPeriod, date],
    part: str,
) -> Iterator[FigureRow]:
    period, since = when
    if part in CHARGED:
        side = read_inward(session, ctx, registration, period)
        yield from (
            _inward_row(one, part) for one in side.inward if one.kind is InwardKind.REVERSE_CHARGE
        )
    if part == "3(2)":
        return
    if part.startswith(("4", "5", "3.1(d)")):
        side, claims = read_claims(session, ctx, registration, period, since)
        yield from (_inward_row(bought, part) for bought in claims.inward if _is_in(bought, part))
        kept = kept_cell(side.changes)
        yield from (
            _change_row(one, part)
            for one in side.changes
            if part in cells_of_change(one.kind, kept)
        )
        return
    outward = read_outward_side(session, ctx, registration, period)
    yield from (_outward_row(entry) for entry in outward.counted if part in _names(entry))
    is_cell = part in {"3.1(a)", DUE_AGAIN}
    yield from (
        _advance_row(move, is_cell) for move in outward.advances if is_cell or move.table == part
    )


def _names(entry: Entry) -> set[str]:
    """Return every figure that a line is in."""
    return {entry.section.value, cell_of(entry), f"hsn:{entry.line.hsn}", "3(1)", "3(3)"}


def _on_turnover(head: db.Row, period: TaxPeriod) -> Iterator[FigureRow]:
    """Return the tax on a quarter's turnover, as its version states it; its documents bear none."""
    cell = head["figures"].get("cells", {}).get("3(1)")
    if cell and (tax := Heads.of_texts(cell)):
        yield FigureRow(
            document_id=head["id"],
            page=f"/gst/{head['id']}",
            number="Tax on turnover",
            day=period.ends_on,
            party="Of the whole, not of each document",
            gstin="",
            place="",
            hsn="",
            rate=None,
            taxable=Decimal("0.00"),
            igst=tax.igst,
            cgst=tax.cgst,
            sgst=tax.sgst,
        )


def _advance_row(move: AdvanceMove, is_cell: bool) -> FigureRow:  # noqa: FBT001  a table, or the cell of both
    heads = move.heads if is_cell else move.stated
    return FigureRow(
        document_id=move.origin_id,
        page=f"/service-advances/{move.advance_id}",
        number=move.number,
        day=move.booked_on,
        party=move.party,
        gstin=move.gstin,
        place=move.place,
        hsn="",
        rate=move.rate,
        taxable=heads.taxable,
        igst=heads.igst,
        cgst=heads.cgst,
        sgst=heads.sgst,
    )


def _is_in(bought: Inward, part: str) -> bool:
    if part in PURCHASE_CELLS:
        return bool(bought.untaxed) and bought.is_inter == PURCHASE_CELLS[part]
    if bought.kind is InwardKind.REVERSE_CHARGE:
        return part in {"4(A)(3)", "3.1(d)"}
    if bought.is_lapsed:
        return part == "4(D)(2)"
    return part == bought.claimed_in and bought.is_claimable


def _outward_row(entry: Entry) -> FigureRow:
    document, heads = entry.document, entry.heads
    return FigureRow(
        document_id=document.id,
        page=f"/invoices/{document.id}",
        number=document.number,
        day=document.issued_on,
        party=document.recipient,
        gstin=document.gstin,
        place=document.place,
        hsn=entry.line.hsn,
        rate=entry.line.rate,
        taxable=heads.taxable,
        igst=heads.igst,
        cgst=heads.cgst,
        sgst=heads.sgst,
    )


def _inward_row(bought: Inward, part: str) -> FigureRow:
    pages = {"bill": "/bills/{}", "taken_back": "/books/journal?origin_id={}"}
    page = pages.get(bought.kind.value, "/books/journal?origin_id={}")
    heads = bought.heads
    return FigureRow(
        document_id=bought.id,
        page=page.format(bought.document_id),
        number=bought.number,
        day=bought.booked_on,
        party=bought.supplier,
        gstin="",
        place="",
        hsn="",
        rate=None,
        taxable=bought.untaxed if part in PURCHASE_CELLS else heads.taxable,
        igst=heads.igst,
        cgst=heads.cgst,
        sgst=heads.sgst,
    )


def _change_row(change: CreditChange, part: str) -> FigureRow:
    assert change.id is not None  # noqa: S101  it was read
    heads = change_in(part, change)
    return FigureRow(
        document_id=change.id,
        page=f"/books/journal?origin_id={change.id}",
        number=change.reason,
        day=change.booked_on,
        party="",
        gstin="",
        place="",
        hsn="",
        rate=None,
        taxable=heads.taxable,
        igst=heads.igst,
        cgst=heads.cgst,
        sgst=heads.sgst,
    )
