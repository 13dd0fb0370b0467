"""Reads of gateway accounts, settlements and exceptions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gateways import Provider
from erp.services.gateways.accounts import VIEW, unknown_gateway
from erp.services.gateways.errors import UnknownSettlement
from erp.services.platform import (
    Day,
    Nothing,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class GatewayRow(Result):
    """A gateway account; never its secrets.

    Attributes:
        clearing: Captured, not refunded, and not settled yet.
        state: `closed`, `failing`, `wrong_keys`, `unchecked`, or `working`.
    """

    id: UUID
    provider: Provider
    name: str
    branch: str
    key_id: str
    bank_key: str
    bank: str
    fee_key: str
    is_interstate: bool
    supplier_gstin: str
    is_active: bool
    clearing: Decimal
    open_exceptions: int
    rejected_calls: int
    last_rejected_at: datetime | None
    last_event_at: datetime | None
    settlements_at: datetime | None
    checked_at: datetime | None
    check_problem: str
    last_problem: str
    previous_until: datetime | None
    state: str


class GatewayRows(Rows):
    """The gateway accounts of a company."""

    rows: list[GatewayRow]


class GetGateway(Query):
    """Which gateway account."""

    account_id: UUID


class ListSettlements(SortedPage):
    """Which settlements, the newest first.

    Attributes:
        is_different: Only those with a difference.
    """

    sort: Annotated[
        str,
        Order(
            "-settled_on",
            {
                "provider_id": "text",
                "settled_on": "day",
                "gross": "number",
                "fee": "number",
                "tax": "number",
                "amount": "number",
            },
        ),
    ] = ""
    account_id: UUID | None = None
    difference: Literal["", "yes"] = ""
    from_day: Day | None = None
    to_day: Day | None = None


class SettlementRow(Result):
    """A settlement on the list.

    Attributes:
        gross: What it clears. is_in_bank: Its bank's line was matched.
    """

    id: UUID
    provider_id: str
    account: str
    utr: str
    settled_on: date
    gross: Decimal
    fee: Decimal
    tax: Decimal
    amount: Decimal
    difference: Decimal
    line_count: int
    problems: int
    is_in_bank: bool
    entry_id: UUID | None


class SettlementPage(Rows):
    """A page of settlements."""

    rows: list[SettlementRow]


class GetSettlement(Query):
    """Which settlement."""

    settlement_id: UUID


class SettlementLineRow(Result):
    """A line of a settlement."""

    id: UUID
    kind: str
    entity: str
    party: str
    gross: Decimal
    fee: Decimal
    tax: Decimal
    net: Decimal
    cleared: Decimal
    problem: str


class SettlementDetail(SettlementRow):
    """A settlement with its lines."""

    lines: list[SettlementLineRow]


class ListExceptions(SortedPage):
    """Which exceptions, the newest first."""

    sort: Annotated[
        str, Order("-id", {"kind": "text", "raised_at": "instant", "amount": "number?"})
    ] = ""
    standing: Literal["open", "settled", ""] = "open"
    kind: str = ""


class ExceptionRow(Result):
    """Something that a person has to settle, or did.

    Attributes:
        is_unidentified: Its money may be given to a customer or refunded.
        refund_id: The refund that may be taken back, since it failed after it was done.
    """

    id: UUID
    kind: str
    account: str
    problem: str
    amount: Decimal | None
    is_open: bool
    answer: str
    gateway_payment_id: UUID | None
    settlement_id: UUID | None
    is_unidentified: bool
    refund_id: UUID | None
    left: Decimal | None
    raised_at: datetime
    settled_at: datetime | None


class ExceptionPage(Rows):
    """A page of exceptions."""

    rows: list[ExceptionRow]


_ACCOUNTS: LiteralString = """
    select a.*, b.name as branch, coalesce(k.name, a.bank_key) as bank,
           coalesce((select sum(g.amount) from gateway_payment g where g.tenant_id = a.tenant_id
                       and g.account_id = a.id and num_nonnulls(g.receipt_id, g.entry_id) > 0
                       and g.settlement_id is null), 0.00)
           - coalesce((select sum(r.amount) from gateway_refund r where r.tenant_id = a.tenant_id
                       and r.account_id = a.id and r.status = 'processed' and r.settlement_id is null), 0.00)
           as clearing,
           (select count(*) from gateway_exception x where x.tenant_id = a.tenant_id and x.account_id = a.id
               and x.is_open) as open_exceptions,
           case when not a.is_active then 'closed' when a.failing_since is not null then 'failing'
                when a.check_problem <> '' then 'wrong_keys' when a.checked_at is null then 'unchecked'
                else 'working' end as state
      from gateway_account a
      join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)
      left join account k on k.tenant_id = a.tenant_id and k.company_id = a.company_id and k.key = a.bank_key
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
"""
_SETTLEMENTS: LiteralString = """
    select s.*, a.name as account, s.amount + s.fee + s.tax - s.difference as gross,
           (select count(*) from gateway_settlement_line l where l.tenant_id = s.tenant_id
               and l.settlement_id = s.id and l.problem <> '') as problems,
           exists (select 1 from bank_match_member m where m.tenant_id = s.tenant_id and m.entry_id = s.entry_id
                      and m.is_live) as is_in_bank
      from gateway_settlement s
      join gateway_account a on (a.tenant_id, a.id) = (s.tenant_id, s.account_id)
     where s.tenant_id = %(tenant)s and s.company_id = %(company)s
"""
_SETTLEMENT_CONDITIONS: dict[str, LiteralString] = {
    "account_id": "and s.account_id = %(account_id)s",
    "difference": "and s.difference <> 0",
    "from_day": "and s.settled_on >= %(from_day)s",
    "to_day": "and s.settled_on <= %(to_day)s",
    "search": "and strpos(lower(concat_ws(' ', s.provider_id, s.utr)), lower(%(search)s)) > 0",
}
_EXCEPTIONS: LiteralString = """
    select x.*, a.name as account,
           coalesce(g.entry_id is not null and g.receipt_id is null and g.refunded < g.amount, false)
           as is_unidentified,
           case when num_nonnulls(g.receipt_id, g.entry_id) > 0 then g.amount - g.refunded end as left,
           (select r.id from gateway_refund r where r.tenant_id = x.tenant_id and r.account_id = x.account_id
               and r.provider_id = x.subject and x.kind = 'refund_failed' and r.status = 'processed'
               and r.problem <> '') as refund_id
      from gateway_exception x
      join gateway_account a on (a.tenant_id, a.id) = (x.tenant_id, x.account_id)
      left join gateway_payment g on (g.tenant_id, g.id) = (x.tenant_id, x.gateway_payment_id)
     where x.tenant_id = %(tenant)s and x.company_id = %(company)s
"""
_EXCEPTION_CONDITIONS: dict[str, LiteralString] = {
    "standing": "and x.is_open = (%(standing)s = 'open')",
    "kind": "and x.kind = %(kind)s",
    "search": "and strpos(lower(x.problem), lower(%(search)s)) > 0",
}


@query("gateways.list_accounts", permission=VIEW, rest="GET /gateway-accounts")
def list_gateways(session: Session, ctx: RequestContext, _: Nothing) -> GatewayRows:
    """List the company's gateway accounts with what they hold and how they do."""
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id}
    rows = db.fetch_all(session, f"{_ACCOUNTS} order by a.is_active desc, a.name, a.id", given)
    return GatewayRows(rows=[_gateway(row) for row in rows])


@query("gateways.get_account", permission=VIEW, rest="GET /gateway-accounts/{account_id}")
def get_gateway(session: Session, ctx: RequestContext, wanted: GetGateway) -> GatewayRow:
    """Return one gateway account; never its secrets.

    Raises:
        UnknownGateway: There is none.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.account_id}
    row = db.fetch_one(session, f"{_ACCOUNTS} and a.id = %(id)s", given)
    if row is None:
        raise unknown_gateway()
    return _gateway(row)


@query("gateways.list_settlements", permission=VIEW, rest="GET /gateway-settlements")
def list_settlements(
    session: Session, ctx: RequestContext, wanted: ListSettlements
) -> SettlementPage:
    """List settlements, the newest first."""
    select: LiteralString = f"{_SETTLEMENTS} {conditions_of(wanted, _SETTLEMENT_CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, _given(ctx, wanted))
    return SettlementPage(rows=[_settlement(row) for row in rows], next_cursor=cursor)


@query("gateways.get_settlement", permission=VIEW, rest="GET /gateway-settlements/{settlement_id}")
def get_settlement(
    session: Session, ctx: RequestContext, wanted: GetSettlement
) -> SettlementDetail:
    """Return a settlement with its lines.

    Raises:
        UnknownSettlement: There is none.
    """
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.settlement_id}
    row = db.fetch_one(session, f"{_SETTLEMENTS} and s.id = %(id)s", given)
    if row is None:
        message = "There is no such settlement."
        raise UnknownSettlement(message, fields={"settlement_id": message})
    lines = db.fetch_all(
        session,
        "select l.*, coalesce(w.name, '') as party from gateway_settlement_line l"
        " left join gateway_refund r on (r.tenant_id, r.id) = (l.tenant_id, l.refund_id)"
        " left join gateway_payment g on g.tenant_id = l.tenant_id"
        " and g.id = coalesce(l.gateway_payment_id, r.gateway_payment_id)"
        " left join payment p on (p.tenant_id, p.id) = (g.tenant_id, g.receipt_id)"
        " left join party w on (w.tenant_id, w.id) = (p.tenant_id, p.party_id)"
        " where l.tenant_id = %(tenant)s and l.settlement_id = %(id)s order by l.place",
        given,
    )
    names = SettlementLineRow.model_fields
    listed = [SettlementLineRow(**{name: one[name] for name in names}) for one in lines]
    return SettlementDetail(**_settlement(row).model_dump(), lines=listed)


@query("gateways.list_exceptions", permission=VIEW, rest="GET /gateway-exceptions")
def list_exceptions(session: Session, ctx: RequestContext, wanted: ListExceptions) -> ExceptionPage:
    """List what a person has to settle, or did, the newest first."""
    select: LiteralString = f"{_EXCEPTIONS} {conditions_of(wanted, _EXCEPTION_CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, _given(ctx, wanted))
    names = ExceptionRow.model_fields
    page = [ExceptionRow(**{name: row[name] for name in names}) for row in rows]
    return ExceptionPage(rows=page, next_cursor=cursor)


def _given(ctx: RequestContext, wanted: SortedPage) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in type(wanted).model_fields} | {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
    }


def _gateway(row: db.Row) -> GatewayRow:
    return GatewayRow(**{name: row[name] for name in GatewayRow.model_fields})


def _settlement(row: db.Row) -> SettlementRow:
    return SettlementRow(**{name: row[name] for name in SettlementRow.model_fields})
