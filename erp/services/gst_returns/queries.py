"""Reads of returns: the list, one of them, its file, and the rows behind a figure."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import CreditChangeKind, ReturnForm, ReturnStatus
from erp.services.gst_returns.claiming import read_claims
from erp.services.gst_returns.errors import ReturnNotReady, ReturnOutdated
from erp.services.gst_returns.filing import UNREVIEWED, unknown_return
from erp.services.gst_returns.gstr3b import (
    CHANGE_CELLS,
    CreditChange,
    Inward,
    InwardKind,
    cell_of,
)
from erp.services.gst_returns.limits import b2cl_limit
from erp.services.gst_returns.outward import Entry, classify
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.reading_outward import read_outward
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.platform import (
    LAST_ID,
    Page,
    Query,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)

PURCHASE_CELLS = {"5 inter": True, "5 intra": False}


class ListGstReturns(Page):
    """Versions of returns, the newest first.

    Attributes:
        newest: Only the last version of each.
    """

    form: ReturnForm | None = None
    status: ReturnStatus | None = None
    newest: bool = True


class GstReturnRow(Result):
    """A version on the list."""

    id: UUID
    gstin: str
    form: ReturnForm
    starts_on: date
    ends_on: date
    version: int
    status: ReturnStatus
    blocking: int
    tax: Decimal
    arn: str
    filed_on: date | None
    prepared_at: datetime


class GstReturnPage(Rows):
    """A page of returns."""

    rows: list[GstReturnRow]


class GetGstReturn(Query):
    """Which version."""

    return_id: UUID


class GstReturnDetail(GstReturnRow):
    """A version with its figures and what is wrong.

    Attributes:
        newest: Number of the last version. needs_review: The reader may not file it unreviewed.
    """

    figures: dict[str, Any]
    problems: list[dict[str, Any]]
    differences: list[dict[str, Any]]
    sha256: str
    newest: int
    newest_id: UUID
    prepared_by: UUID
    preparer: str
    reviewer: str
    filer: str
    needs_review: bool


class GetPortalFile(Query):
    """The file of which version."""

    return_id: UUID


class PortalFile(Result):
    """A file as the portal takes it."""

    file_name: str
    content: str


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


_SELECT: LiteralString = """
    select r.id, r.gstin, r.form, r.starts_on, r.ends_on, r.version, r.status, r.blocking, r.arn, r.filed_on,
           r.prepared_at, (r.figures #>> '{total,igst}')::numeric + (r.figures #>> '{total,cgst}')::numeric
           + (r.figures #>> '{total,sgst}')::numeric as tax
"""
_FROM: LiteralString = (
    " from gst_return r where r.tenant_id = %(tenant)s and r.company_id = %(company)s"
)
_WHOLE: LiteralString = """
    , r.figures, r.problems, r.differences, r.sha256, r.prepared_by, last.version as newest, last.id as newest_id,
      coalesce(p.display_name, '') as preparer, coalesce(w.display_name, '') as reviewer,
      coalesce(f.display_name, '') as filer
"""
_FROM_WHOLE: LiteralString = """
      from gst_return r
      left join membership p on (p.tenant_id, p.user_id) = (r.tenant_id, r.prepared_by)
      left join membership w on (w.tenant_id, w.user_id) = (r.tenant_id, r.reviewed_by)
      left join membership f on (f.tenant_id, f.user_id) = (r.tenant_id, r.filed_by)
      cross join lateral (
           select version, id from gst_return n
            where n.tenant_id = r.tenant_id and n.company_id = r.company_id and n.gstin = r.gstin
              and n.form = r.form and n.starts_on = r.starts_on
            order by version desc limit 1) last
     where r.tenant_id = %(tenant)s and r.company_id = %(company)s and r.id = %(return)s
"""
_NEWER: LiteralString = """
    and not exists (select 1 from gst_return n where n.tenant_id = r.tenant_id and n.company_id = r.company_id
         and n.gstin = r.gstin and n.form = r.form and n.starts_on = r.starts_on and n.version > r.version)
"""
_CONDITIONS: dict[str, LiteralString] = {
    "form": "and r.form = %(form)s",
    "status": "and r.status = %(status)s",
    "newest": _NEWER,
    "search": "and (r.gstin ilike '%%' || %(search)s || '%%' or r.arn ilike %(search)s || '%%')",
}


@query("gst_returns.list_returns", permission="gst_returns.view", rest="GET /gst-returns")
def list_gst_returns(
    session: Session, ctx: RequestContext, wanted: ListGstReturns
) -> GstReturnPage:
    """List prepared and filed returns, the newest first."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        f"{_SELECT} {_FROM} and r.id < %(id)s::uuid {conditions_of(wanted, _CONDITIONS)}"
        " order by r.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "id": after[0],
            "form": wanted.form,
            "status": wanted.status,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [GstReturnRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return GstReturnPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("gst_returns.get_return", permission="gst_returns.view", rest="GET /gst-returns/{return_id}")
def get_gst_return(session: Session, ctx: RequestContext, wanted: GetGstReturn) -> GstReturnDetail:
    """Return a version with its figures, problems and the proof against the accounts.

    Raises:
        UnknownGstReturn: The company has no such return.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "return": wanted.return_id}
    row = db.fetch_one(session, f"{_SELECT} {_WHOLE} {_FROM_WHOLE}", given)
    if row is None:
        raise unknown_return()
    needs = row["status"] == ReturnStatus.PREPARED and row["tax"] > ctx.limit(UNREVIEWED)
    return GstReturnDetail(**row, needs_review=needs)


@query(
    "gst_returns.get_portal_file",
    permission="gst_returns.view",
    rest="GET /gst-returns/{return_id}/file",
)
def get_portal_file(session: Session, ctx: RequestContext, wanted: GetPortalFile) -> PortalFile:
    """Return the portal's file of a period's newest version, once the period is over and nothing is wrong.

    Raises:
        UnknownGstReturn: The company has no such return.
        ReturnNotReady: Something has to be mended first, or the period is not over.
        ReturnOutdated: A newer version was prepared.
    """
    row = db.fetch_one(
        session,
        "select r.gstin, r.form, r.ends_on, r.version, r.portal, r.blocking, (select max(n.version) from gst_return n"
        " where (n.tenant_id, n.company_id, n.gstin, n.form, n.starts_on)"
        " = (r.tenant_id, r.company_id, r.gstin, r.form, r.starts_on)) as newest"
        " from gst_return r where r.tenant_id = %s and r.company_id = %s and r.id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.return_id),
    )
    if row is None:
        raise unknown_return()
    if row["blocking"]:
        raise ReturnNotReady("Mend what this return lists and prepare it again.")
    if row["version"] != row["newest"]:
        raise ReturnOutdated(f"Version {row['newest']} was prepared since. Take its file.")
    if row["ends_on"] >= ctx.today:
        raise ReturnNotReady("The period is not over: documents are still to come.")
    fp = TaxPeriod(row["ends_on"], row["ends_on"]).fp
    name = f"{row['form'].upper()}_{row['gstin']}_{fp}_v{row['version']}.json"
    return PortalFile(file_name=name, content=row["portal"])


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
        "select gstin, starts_on, ends_on from gst_return"
        " where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.return_id),
    )
    if head is None:
        raise unknown_return()
    registration = registration_of(session, ctx, head["gstin"])
    period = TaxPeriod(head["starts_on"], head["ends_on"])
    found = list(_rows(session, ctx, registration, period, wanted.part))
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
    return f"{row.document_id} {row.hsn} {row.rate} {row.taxable}"


def _rows(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    part: str,
) -> Iterator[FigureRow]:
    if part.startswith(("4", "5", "3.1(d)")):
        side, claims = read_claims(session, ctx, registration, period)
        yield from (_inward_row(bought, part) for bought in claims.inward if _is_in(bought, part))
        yield from (_change_row(one) for one in side.changes if one.kind in _kinds(part))
        return
    documents = read_outward(session, ctx, registration, period)
    entries = classify(documents, b2cl_limit(session, ctx))
    yield from (_outward_row(entry) for entry in entries if part in _names(entry))


def _names(entry: Entry) -> set[str]:
    """Return every figure that a line is in."""
    return {entry.section.value, cell_of(entry), f"hsn:{entry.line.hsn}"}


def _kinds(part: str) -> frozenset[CreditChangeKind]:
    """Return the changes of credit that count in a cell; what is claimed again counts in 4(A)(5) too."""
    return CHANGE_CELLS.get("4(D)(1)" if part == "4(A)(5)" else part, frozenset())


def _is_in(bought: Inward, part: str) -> bool:
    if part in PURCHASE_CELLS:
        return bool(bought.untaxed) and bought.is_inter == PURCHASE_CELLS[part]
    if bought.kind is InwardKind.REVERSE_CHARGE:
        return part in {"4(A)(3)", "3.1(d)"}
    return part == "4(A)(5)" and bought.is_claimable


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


def _change_row(change: CreditChange) -> FigureRow:
    assert change.id is not None  # noqa: S101  it was read
    heads = change.heads
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
