"""Reads of advances for services: the list, and one with what became of it and what may take it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.service_advances import AdvanceStepKind
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)
from erp.services.service_advances.applying import OF_REGISTRATION, SERVICES_OF
from erp.services.service_advances.errors import UnknownServiceAdvance

MOST_TAKERS = 100


class ListServiceAdvances(SortedPage):
    """Which advances, the newest first.

    Attributes:
        is_open: Only those of which something is left.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "received_on": "day",
                "tax": "number",
                "amount": "number",
                "left": "number",
            },
        ),
    ] = ""
    party_id: UUID | None = None
    is_open: bool = False


class ServiceAdvanceRow(Result):
    """An advance on the list."""

    id: UUID
    number: str
    received_on: date
    party_id: UUID
    party: str
    description: str
    sac: str
    rate: Decimal
    place_of_supply: str
    is_inter: bool
    amount: Decimal
    tax: Decimal
    left: Decimal


class ServiceAdvancePage(Rows):
    """A page of advances."""

    rows: list[ServiceAdvanceRow]


class GetServiceAdvance(Query):
    """Which advance."""

    advance_id: UUID


class AdvanceStepRow(Result):
    """What became of a part.

    Attributes:
        number: Of the invoice that took it, or of the refund voucher.
        is_undone: Another step took it back.
    """

    id: UUID
    kind: AdvanceStepKind
    booked_on: date
    amount: Decimal
    tax: Decimal
    invoice_id: UUID | None
    payment_id: UUID | None
    number: str
    reason: str
    user: str
    is_undone: bool


class TakerRow(Result):
    """An invoice that may take the advance, and how much of it."""

    id: UUID
    number: str
    issued_on: date
    most: Decimal


class ServiceAdvanceDetail(ServiceAdvanceRow):
    """An advance with its tax by head, what became of it, and invoices that may take it.

    Place, rate and tax are as a later return corrects them, where one does.

    Attributes:
        amendment_id: Of the amendment that stands, of `amended_on`. stated_on: Day whose month should have stated it.
    """

    branch_id: UUID
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    tax_left: Decimal
    user: str
    recorded_at: datetime
    amendment_id: UUID | None
    amended_on: date | None
    stated_on: date | None
    steps: list[AdvanceStepRow]
    takers: list[TakerRow]


_SELECT: LiteralString = """
    select a.id, p.number, a.received_on, a.party_id, w.name as party, a.description, a.sac,
           coalesce(c.rate, a.rate) as rate, coalesce(c.place_of_supply, a.place_of_supply) as place_of_supply,
           coalesce(c.is_inter, a.is_inter) as is_inter, a.amount, t.igst + t.cgst + t.sgst as tax, l.amount as left,
           a.branch_id, a.amount - t.igst - t.cgst - t.sgst as taxable, t.igst, t.cgst, t.sgst,
           l.igst + l.cgst + l.sgst as tax_left, a.recorded_at, coalesce(m.display_name, '') as "user",
           c.id as amendment_id, c.booked_on as amended_on, c.stated_on
      from service_advance a
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
      join party w on (w.tenant_id, w.id) = (a.tenant_id, a.party_id)
      join service_advance_left l on (l.tenant_id, l.advance_id) = (a.tenant_id, a.id)
      left join membership m on (m.tenant_id, m.user_id) = (a.tenant_id, a.user_id)
      left join service_advance_amendment c on (c.tenant_id, c.advance_id) = (a.tenant_id, a.id)
           and c.step_id is null and c.withdrawn_at is null
     cross join lateral (select coalesce(c.igst, a.igst) as igst, coalesce(c.cgst, a.cgst) as cgst,
                                coalesce(c.sgst, a.sgst) as sgst) t
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "party_id": "and a.party_id = %(party)s",
    "is_open": "and (not %(open)s or l.amount > 0)",
    "search": (
        "and (p.number ilike '%%' || %(search)s || '%%' or w.name ilike '%%' || %(search)s || '%%'"
        " or a.description ilike '%%' || %(search)s || '%%')"
    ),
}


@query("service_advances.list_advances", permission="payments.view", rest="GET /service-advances")
def list_advances(
    session: Session, ctx: RequestContext, wanted: ListServiceAdvances
) -> ServiceAdvancePage:
    """List advances for services, the newest first, by customer or words of number, name and service."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_SELECT} {conditions_of(wanted, _CONDITIONS)}",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": wanted.party_id,
            "open": wanted.is_open,
            "search": wanted.search,
        },
    )
    page = [
        ServiceAdvanceRow(**{name: row[name] for name in ServiceAdvanceRow.model_fields})
        for row in rows
    ]
    return ServiceAdvancePage(rows=page, next_cursor=cursor)


@query(
    "service_advances.get_advance",
    permission="payments.view",
    rest="GET /service-advances/{advance_id}",
)
def get_advance(
    session: Session, ctx: RequestContext, wanted: GetServiceAdvance
) -> ServiceAdvanceDetail:
    """Return an advance with what became of it and the invoices that may take what is left.

    Raises:
        UnknownServiceAdvance: The acting company has no such advance.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "advance": wanted.advance_id}
    row = db.fetch_one(session, f"{_SELECT} and a.id = %(advance)s", given)
    if row is None:
        message = "This advance is not known here. Choose one of the list."
        raise UnknownServiceAdvance(message, fields={"advance_id": message})
    takers = _takers(session, ctx, row["party_id"], row["branch_id"]) if row["left"] else []
    return ServiceAdvanceDetail(**row, steps=_steps(session, given), takers=takers)


def _steps(session: Session, given: dict[str, UUID]) -> list[AdvanceStepRow]:
    rows = db.fetch_all(
        session,
        """
        select s.id, s.kind, s.booked_on, s.amount,
               coalesce(c.igst + c.cgst + c.sgst, s.igst + s.cgst + s.sgst) as tax, s.invoice_id, s.payment_id,
               coalesce(i.number, p.number, '') as number, s.reason, coalesce(m.display_name, '') as "user",
               exists (select 1 from service_advance_step u
                        where (u.tenant_id, u.undoes_id) = (s.tenant_id, s.id)) as is_undone
          from service_advance_step s
          left join service_advance_amendment c on (c.tenant_id, c.step_id) = (s.tenant_id, s.id)
               and c.withdrawn_at is null
          left join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
          left join payment p on (p.tenant_id, p.id) = (s.tenant_id, s.payment_id)
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
         where s.tenant_id = %(tenant)s and s.advance_id = %(advance)s
         order by s.id
        """,
        given,
    )
    return [AdvanceStepRow(**row) for row in rows]


def _takers(
    session: Session, ctx: RequestContext, party_id: UUID, branch_id: UUID
) -> list[TakerRow]:
    """Return a customer's invoices of a branch's registration with taxable services open, the oldest first."""
    rows = db.fetch_all(
        session,
        f"""
        select id, number, issued_on, least(services, open) as most from (
            select i.id, i.number, i.issued_on, {SERVICES_OF} as services,
                   coalesce((select sum(o.amount - o.settled) from open_item o
                       join account a on (a.tenant_id, a.id) = (o.tenant_id, o.account_id) and a.key = 'debtors'
                       join journal_entry e on (e.tenant_id, e.id) = (o.tenant_id, o.entry_id)
                      where o.tenant_id = i.tenant_id and o.party_id = i.party_id and o.side = 'debit'
                        and e.origin_id = i.origin_id), 0) as open
              from invoice i
             where i.tenant_id = %s and i.company_id = %s and i.party_id = %s
               and i.kind not in ('credit_note', 'debit_note') and {OF_REGISTRATION}
               and exists (select 1 from invoice_line l where (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id)
                              and starts_with(l.hsn, '99') and l.treatment = 'taxable' and l.rate > 0)
        ) taking
         where least(services, open) > 0 order by issued_on, id limit %s
        """,  # noqa: S608  a constant
        (ctx.tenant_id, ctx.company_id, party_id, branch_id, MOST_TAKERS),
    )
    return [TakerRow(**row) for row in rows]
