"""Rows that the portal refused, beside the documents that they are about."""

from typing import Final, LiteralString
from urllib.parse import quote
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted
from erp.services.gst_returns.errors import ReturnNotReady, unknown_return
from erp.services.platform import Query, Result, query

NAMED: Final = 3
"""How many documents a refusal to file names."""
SUMMARIES: Final = frozenset({"hsn", "doc_issue", "nil"})
"""Tables that the page of the version shows whole."""
_NEWEST: LiteralString = """
    select p.refusals, p.file_name from gst_portal_report p
     where p.tenant_id = %s and p.company_id = %s and p.sha256 = %s
     order by p.recorded_at desc, p.id desc limit 1
"""
_BESIDE: LiteralString = """
    select refused.*, i.id as document_id, i.issued_on,
           coalesce(i.recipient ->> 'name', '') as recipient,
           exists (select 1 from gst_return filed
                    where filed.tenant_id = r.tenant_id and filed.company_id = r.company_id and filed.gstin = r.gstin
                      and filed.form = 'gstr1' and filed.status = 'filed'
                      and i.issued_on between filed.starts_on and filed.ends_on) as is_stated,
           exists (select 1 from gst_amendment a where (a.tenant_id, a.invoice_id) = (r.tenant_id, i.id)
                      and a.withdrawn_at is null) as is_amended
      from gst_return r
      cross join lateral (
           select p.refusals from gst_portal_report p
            where p.tenant_id = r.tenant_id and p.company_id = r.company_id and p.sha256 = r.sha256
            order by p.recorded_at desc, p.id desc limit 1) report
      cross join lateral rows from (jsonb_to_recordset(report.refusals)
           as (section text, number text, party text, code text, message text)) with ordinality
           as refused (section, number, party, code, message, at)
      left join lateral (
           select i.id, i.issued_on, i.recipient from invoice i
             join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id) and b.gstin = r.gstin
            where i.tenant_id = r.tenant_id and i.company_id = r.company_id and i.number = refused.number
              and refused.number <> '' and i.issued_on <= r.ends_on
            order by i.issued_on desc limit 1) i on true
     where r.tenant_id = %s and r.company_id = %s and r.id = %s
     order by refused.at
"""


class ListRefusals(Query):
    """Of which version."""

    return_id: UUID


class RefusalRow(Result):
    """A row that the portal refused.

    Attributes:
        document_id: Ours, where the row names one. page: where it is mended.
    """

    section: str
    number: str
    party: str
    recipient: str
    code: str
    message: str
    document_id: UUID | None
    page: str


class RefusalRows(Result):
    """All of them, in the order of the report."""

    rows: list[RefusalRow]


@query(
    "gst_returns.list_refusals",
    permission="gst_returns.view",
    rest="GET /gst-returns/{return_id}/refusals",
)
def list_refusals(session: Session, ctx: RequestContext, wanted: ListRefusals) -> RefusalRows:
    """List what the portal refused of a version's file, each row with the page that mends it.

    A document that an earlier return states is amended; one of this return is mended where it is.

    Raises:
        UnknownGstReturn: The company has no such return.
    """
    given = (ctx.tenant_id, ctx.company_id, wanted.return_id)
    known = "select 1 from gst_return where tenant_id = %s and company_id = %s and id = %s"
    if db.fetch_one(session, known, given) is None:
        raise unknown_return()
    rows = db.fetch_all(session, _BESIDE, given)
    return RefusalRows(rows=[_row(wanted.return_id, row) for row in rows])


def _row(return_id: UUID, row: db.Row) -> RefusalRow:
    known = {
        name: row[name] for name in ("section", "number", "party", "code", "message", "recipient", "document_id")
    }  # fmt: skip
    return RefusalRow(**known | {"recipient": row["recipient"] or ""}, page=_page(return_id, row))


def _page(return_id: UUID, row: db.Row) -> str:
    if row["document_id"] is None:
        is_sum = row["section"] in SUMMARIES
        rows = f"/gst/rows?return_id={return_id}&part={row['section']}"
        return f"/gst/{return_id}" if is_sum else rows
    if row["is_amended"]:
        return f"/gst/amendments?search={quote(row['number'])}"
    if not row["is_stated"]:
        return f"/invoices/{row['document_id']}"
    return f"/gst/amendments/new?invoice_id={row['document_id']}"


def require_taken(session: Session, ctx: RequestContext, sha256: str) -> None:
    """Refuse to file what the portal refused rows of.

    Raises:
        ReturnNotReady: The newest report of this very file has rows.
    """
    row = db.fetch_one(session, _NEWEST, (ctx.tenant_id, ctx.company_id, sha256))
    if row is None or not row["refusals"]:
        return
    refused = row["refusals"]
    names = list(dict.fromkeys(one["number"] or one["section"] for one in refused))
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    told = f"{counted(len(refused), 'row', 'rows')} of this file: {', '.join(names[:NAMED])}{rest}"
    message = (
        f"The portal refused {told}. Mend them and prepare the return again."
        " Where the portal took them since, load its report without errors."
    )
    raise ReturnNotReady(message, fields={"return_id": message})
