"""Reads of amendments: the list, and what a filed return states of a document."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.amendable import amendable, last_day_of
from erp.services.gst_returns.errors import MOVED_SINCE
from erp.services.gst_returns.limits import b2cl_limit
from erp.services.gst_returns.outward import section_of
from erp.services.gst_returns.withdrawing_amendments import IN_THE_WAY, why_kept
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

AmendedKind = Literal["document", "advance"]


class ListAmendments(Page):
    """Which amendments, the newest first.

    Attributes:
        is_standing: Only those that were not withdrawn.
        kind: Of documents, or of advances for services; both where none is named.
    """

    is_standing: bool = False
    kind: AmendedKind | None = None


class AmendmentRow(Result):
    """What a later return corrects of a document, or of an advance for a service with what became of it.

    Attributes:
        invoice_id, advance_id: What is corrected, one of them. number, issued_on: Of an advance, its receipt's.
        gstin, place: As they should have been stated. old_gstin, old_place: As the document has them.
        rate, old_rate: Of an advance alone. stated_on: Day of the month that should have stated it.
        igst, cgst, sgst: What it changes of the tax that is owed.
        led_by: Of a note, the invoice whose amendment brought this one.
        is_filed: The return that corrects it is filed.
        kept_words: Why it cannot be withdrawn, though it is not filed; the same words refuse it.
    """

    id: UUID
    kind: AmendedKind
    invoice_id: UUID | None
    advance_id: UUID | None
    number: str
    issued_on: date
    booked_on: date
    recipient: str
    gstin: str
    old_gstin: str
    place: str
    old_place: str
    rate: Decimal | None
    old_rate: Decimal | None
    stated_on: date
    is_sez: bool
    shipping_bill: str
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    led_by: str
    reason: str
    user: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str
    is_filed: bool
    kept_words: str


class AmendmentPage(Rows):
    """A page of amendments."""

    rows: list[AmendmentRow]


class GetAmendable(Query):
    """Which document."""

    invoice_id: UUID


class AmendableDocument(Result):
    """What a filed return states of a document that may be amended.

    Attributes:
        sections: Tables that its lines are in. until: last day on which it may be amended.
    """

    invoice_id: UUID
    number: str
    issued_on: date
    recipient: str
    gstin: str
    place: str
    is_sez: bool
    is_export: bool
    value: Decimal
    sections: list[str]
    stated_from: date
    stated_to: date
    until: date


_FILED: LiteralString = """
           exists (select 1 from gst_return r join branch b on b.tenant_id = r.tenant_id and b.gstin = r.gstin
                    where r.tenant_id = a.tenant_id and r.company_id = a.company_id and b.id = a.branch_id
                      and r.form = 'gstr1' and r.status = 'filed'
                      and a.booked_on between r.starts_on and r.ends_on) as is_filed"""
_DOCUMENTS: LiteralString = f"""
    select a.id, 'document' as kind, a.invoice_id, null::uuid as advance_id, i.number, i.issued_on, a.booked_on,
           coalesce(nullif(a.recipient, ''), i.recipient ->> 'name', 'Walk-in customer') as recipient,
           coalesce(i.recipient ->> 'name', '') as name, a.gstin, coalesce(i.recipient ->> 'gstin', '') as old_gstin,
           a.place_of_supply as place, i.place_of_supply as old_place, null::numeric as rate, null::numeric as old_rate,
           i.issued_on as stated_on, a.is_sez, a.shipping_bill, a.igst, a.cgst, a.sgst,
           coalesce(lead.number, '') as led_by, a.reason, a.user_id, a.recorded_at, a.withdrawn_at, a.withdraw_reason,
           {_FILED}, {IN_THE_WAY}, false as is_moved
      from gst_amendment a
      join invoice i on (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)
      left join gst_amendment first on (first.tenant_id, first.id) = (a.tenant_id, a.follows_id)
      left join invoice lead on (lead.tenant_id, lead.id) = (first.tenant_id, first.invoice_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.id < %(id)s::uuid
"""  # noqa: S608  made of literals
_ADVANCES: LiteralString = f"""
    select a.id, 'advance' as kind, null::uuid, a.advance_id, p.number, w.received_on, a.booked_on,
           o.name, o.name, '', '', a.place_of_supply, w.place_of_supply, a.rate, w.rate,
           a.stated_on, false, '', moved.igst, moved.cgst, moved.sgst,
           '', a.reason, a.user_id, a.recorded_at, a.withdrawn_at, a.withdraw_reason,
           {_FILED}, '', '',
           exists (select 1 from service_advance_step s
                    where (s.tenant_id, s.advance_id) = (a.tenant_id, a.advance_id) and s.id > a.id)
      from service_advance_amendment a
      join service_advance w on (w.tenant_id, w.id) = (a.tenant_id, a.advance_id)
      join payment p on (p.tenant_id, p.id) = (w.tenant_id, w.id)
      join party o on (o.tenant_id, o.id) = (w.tenant_id, w.party_id)
     cross join lateral (
           select sum(side.sign * (m.igst - coalesce(s.igst, w.igst))) as igst,
                  sum(side.sign * (m.cgst - coalesce(s.cgst, w.cgst))) as cgst,
                  sum(side.sign * (m.sgst - coalesce(s.sgst, w.sgst))) as sgst
             from service_advance_amendment m
             left join service_advance_step s on (s.tenant_id, s.id) = (m.tenant_id, m.step_id)
            cross join lateral (select case when s.id is null or s.kind = 'undone' then 1 else -1 end as sign) side
            where m.tenant_id = a.tenant_id and (m.id = a.id or m.follows_id = a.id)) moved
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.id < %(id)s::uuid and a.step_id is null
"""  # noqa: S608  made of literals
_ROWS: LiteralString = f"""
    select amended.*, coalesce(member.display_name, '') as "user"
      from ({_DOCUMENTS} union all {_ADVANCES}) amended
      left join membership member on (member.tenant_id, member.user_id) = (%(tenant)s, amended.user_id)
     where true
"""  # noqa: S608  made of literals
_CONDITIONS: dict[str, LiteralString] = {
    "is_standing": "and (not %(standing)s or withdrawn_at is null)",
    "kind": "and kind = %(kind)s",
    "search": (
        "and (number ilike '%%' || %(search)s || '%%' or gstin ilike %(search)s || '%%'"
        " or name ilike '%%' || %(search)s || '%%')"
    ),
}


def _row(row: db.Row) -> AmendmentRow:
    known = {name: row[name] for name in AmendmentRow.model_fields if name in row}
    return AmendmentRow(**known, kept_words=MOVED_SINCE if row["is_moved"] else why_kept(row))


@query("gst_returns.list_amendments", permission="gst_returns.view", rest="GET /gst-amendments")
def list_amendments(session: Session, ctx: RequestContext, wanted: ListAmendments) -> AmendmentPage:
    """List amendments of documents and of advances, the newest first, by kind and words of number, GSTIN and name."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        f"{_ROWS} {conditions_of(wanted, _CONDITIONS)} order by amended.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "id": after[0],
            "standing": wanted.is_standing,
            "kind": wanted.kind,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [_row(row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return AmendmentPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query(
    "gst_returns.get_amendable",
    permission="gst_returns.view",
    rest="GET /amendable-documents/{invoice_id}",
)
def get_amendable(session: Session, ctx: RequestContext, wanted: GetAmendable) -> AmendableDocument:
    """Return what a filed return states of a document, and until when it may be corrected.

    Raises:
        NotAmendable: No filed return states it; it was cancelled, or credited whole.
        AmendedBefore: It is amended.
    """
    held = amendable(session, ctx, wanted.invoice_id)
    document, limit = held.document, b2cl_limit(session, ctx)
    sections = {section_of(document, line, limit).value for line in document.lines}
    return AmendableDocument(
        invoice_id=document.id,
        number=document.number,
        issued_on=document.issued_on,
        recipient=document.recipient,
        gstin=document.gstin,
        place=document.place,
        is_sez=document.category == "sez",
        is_export=document.place == "96",
        value=document.value,
        sections=sorted(sections),
        stated_from=held.stated.starts_on,
        stated_to=held.stated.ends_on,
        until=last_day_of(document.issued_on),
    )
