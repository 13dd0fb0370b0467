"""Annual returns that were filed on the portal: from then on no return claims credit of their year."""

from datetime import date
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year, fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.gst_returns import GstAnnualReturn, ReturnForm
from erp.services.gst_returns.errors import WrongTaxPeriod
from erp.services.gst_returns.events import AnnualReturnRecorded
from erp.services.gst_returns.filing import Arn
from erp.services.gst_returns.preparing import hold_form
from erp.services.gst_returns.registrations import GstinText, registration_of
from erp.services.platform import (
    LAST_ID,
    Command,
    Day,
    Identified,
    Page,
    Result,
    Rows,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)


class RecordAnnualReturn(Command):
    """An annual return (GSTR-9) as it was filed on the portal.

    Attributes:
        year_from: First day of the financial year, 1 April.
        filed_on: Left out, with `arn`, where what was recorded of the year was wrong and none is filed.
    """

    gstin: GstinText
    year_from: Day
    filed_on: Day | None = None
    arn: Arn | None = None


class ListAnnualReturns(Page):
    """Annual returns as they were recorded, the newest first."""


class AnnualReturnRow(Result):
    """An annual return.

    Attributes:
        year: As `2024-25`. standing: `counts`, `not_filed`, or `replaced` by a newer row of the year.
    """

    id: UUID
    gstin: str
    year_from: date
    year: str
    filed_on: date | None
    arn: str
    user: str
    standing: str


class AnnualReturnPage(Rows):
    """A page of annual returns."""

    rows: list[AnnualReturnRow]


@command(
    "gst_returns.record_annual_return", permission="gst_returns.record", rest="POST /annual-returns"
)
def record_annual_return(
    session: Session, ctx: RequestContext, cmd: RecordAnnualReturn
) -> Identified:
    """Record that a year's annual return was filed: GSTR-3Bs filed after that day claim no credit of its bills.

    What was recorded of the year before no longer counts; GSTR-3Bs that are filed stay as they are. Locks the
    registration's GSTR-3B.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The year does not begin on 1 April, or the day is not between its end and today.
        InvalidInput: Either the day or the acknowledgement number is missing.

    Emits:
        gst_returns.annual_return_recorded.v1

    Source: CGST Act s.16(4), s.44.
    """
    registration = registration_of(session, ctx, cmd.gstin)
    _require_year(ctx, cmd)
    hold_form(session, ctx, registration.gstin, ReturnForm.GSTR3B)
    record_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": record_id,
        "company_id": ctx.company_id,
        "gstin": registration.gstin,
        "year_from": cmd.year_from,
        "filed_on": cmd.filed_on,
        "arn": cmd.arn or "",
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, GstAnnualReturn, [row])
    told = AnnualReturnRecorded(
        record_id=record_id, gstin=cmd.gstin, year_from=cmd.year_from, filed_on=cmd.filed_on
    )
    emit(session, ctx, record_id, told)
    return Identified(id=record_id)


def _require_year(ctx: RequestContext, cmd: RecordAnnualReturn) -> None:
    april = cmd.year_from
    if april != fiscal_year_start(april) or april >= fiscal_year_start(ctx.today):
        message = "Choose the 1 April on which a financial year that is over began."
        raise WrongTaxPeriod(message, fields={"year_from": message})
    if (cmd.filed_on is None) != (cmd.arn is None):
        name = "filed_on" if cmd.filed_on is None else "arn"
        message = "Give both the day of filing and the ARN, or neither where none was filed."
        raise InvalidInput(message, fields={name: message})
    ended = april.replace(year=april.year + 1)
    if cmd.filed_on is not None and not ended <= cmd.filed_on <= ctx.today:
        message = "An annual return is filed after its year has ended, and not after today."
        raise WrongTaxPeriod(message, fields={"filed_on": message})


_ROWS: LiteralString = """
    select r.id, r.gstin, r.year_from, r.filed_on, r.arn, coalesce(m.display_name, '') as "user",
           case when exists (select 1 from gst_annual_return n
                              where (n.tenant_id, n.company_id, n.gstin, n.year_from)
                                    = (r.tenant_id, r.company_id, r.gstin, r.year_from) and n.id > r.id) then 'replaced'
                when r.filed_on is null then 'not_filed' else 'counts' end as standing
      from gst_annual_return r
      left join membership m on (m.tenant_id, m.user_id) = (r.tenant_id, r.user_id)
     where r.tenant_id = %(tenant)s and r.company_id = %(company)s and r.id < %(id)s::uuid
       and r.gstin || ' ' || r.arn ilike %(words)s
     order by r.id desc limit %(limit)s
"""


@query("gst_returns.list_annual_returns", permission="gst_returns.view", rest="GET /annual-returns")
def list_annual_returns(
    session: Session, ctx: RequestContext, wanted: ListAnnualReturns
) -> AnnualReturnPage:
    """List annual returns as they were recorded, by words of registration and ARN."""
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "id": (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0],
        "words": f"%{wanted.search.strip()}%",
        "limit": wanted.limit + 1,
    }
    rows = db.fetch_all(session, _ROWS, given)
    page = [
        AnnualReturnRow(**row, year=fiscal_year(row["year_from"])) for row in rows[: wanted.limit]
    ]
    more = len(rows) > wanted.limit
    return AnnualReturnPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")
