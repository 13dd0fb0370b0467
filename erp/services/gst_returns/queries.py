"""Reads of returns: the list, one of them, and its file."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm, ReturnStatus
from erp.services.gst_returns.accepting import with_matters
from erp.services.gst_returns.errors import ReturnNotReady, ReturnOutdated, unknown_return
from erp.services.gst_returns.filing import UNREVIEWED
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
        to_be_filed_on: Day for which it was prepared, where one was named.
        problems, differences: Each with the `matter` by which `prepare_return` accepts it, empty where it
            keeps nothing in the house.
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
    to_be_filed_on: date | None


class GetPortalFile(Query):
    """The file of which version."""

    return_id: UUID


class PortalFile(Result):
    """A file as the portal takes it."""

    file_name: str
    content: str


_SELECT: LiteralString = """
    select r.id, r.gstin, r.form, r.starts_on, r.ends_on, r.version, r.status, r.blocking, r.arn, r.filed_on,
           r.prepared_at, (r.figures #>> '{total,igst}')::numeric + (r.figures #>> '{total,cgst}')::numeric
           + (r.figures #>> '{total,sgst}')::numeric as tax
"""
_FROM: LiteralString = (
    " from gst_return r where r.tenant_id = %(tenant)s and r.company_id = %(company)s"
)
_WHOLE: LiteralString = """
    , r.figures, r.problems, r.differences, r.sha256, r.prepared_by, r.to_be_filed_on,
      last.version as newest, last.id as newest_id,
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
    return GstReturnDetail(**with_matters(row), needs_review=needs)


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
