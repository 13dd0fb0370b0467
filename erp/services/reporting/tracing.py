"""Who got a lot, and how a party stands with us: reads over sales, books and stock."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import billing, inventory
from erp.services.platform import Page, Query, Result, Rows, decode_cursor, encode_cursor, query

_NEWEST = [str(UUID(int=2**128 - 1))]


class ListLotBuyers(Page):
    """Which lot's buyers, the last first."""

    lot_id: UUID


class LotBuyerRow(Result):
    """Units of the lot on one document.

    Attributes:
        kind: `sale` or `return`.
        label, lot_number: What they got: the lot itself, or one that was made of it here.
        phone: Where to reach the customer; empty for a walk-in without one.
    """

    id: UUID
    kind: str
    document: str
    at: datetime
    party_id: UUID | None
    party: str
    phone: str
    label: str
    lot_number: str
    quantity: int


class LotBuyers(Rows):
    """A page of buyers."""

    rows: list[LotBuyerRow]


class GetPartyStanding(Query):
    """Which party."""

    party_id: UUID


class PartyStanding(Result):
    """What a party owes us and we owe them, and what they bought.

    Attributes:
        owes: Balance of what they bought on account. owed: balance of what we did.
        bills, billed: Sales to them, and their total less what came back.
    """

    owes: Decimal
    owed: Decimal
    bills: int
    billed: Decimal
    last_on: date | None


@query("reporting.list_lot_buyers", permission="inventory.hold", rest="GET /lots/{lot_id}/buyers")
def list_lot_buyers(session: Session, ctx: RequestContext, wanted: ListLotBuyers) -> LotBuyers:
    """List who got a lot, or one made of it, and who brought it back: whom to call in a recall.

    Needs the right to recall, since it tells names and phone numbers.
    """
    after = decode_cursor(wanted.cursor, 1) or _NEWEST
    rows = db.fetch_all(
        session,
        f"""
        {inventory.LOTS_MADE_OF}
        select m.id, m.origin_type as kind, coalesce(i.number, '') as document,
               m.effective_at as at, p.id as party_id,
               coalesce(i.recipient ->> 'name', p.name, '') as party,
               coalesce(nullif(i.recipient ->> 'phone', ''), p.phone, '') as phone, v.label,
               l.lot_number, m.quantity
          from made
          join stock_move m on m.tenant_id = %(tenant)s and m.lot_id = made.lot_id
          join lot l on l.tenant_id = m.tenant_id and l.id = m.lot_id
          join variant v on v.tenant_id = m.tenant_id and v.id = m.variant_id
          join location f on f.tenant_id = m.tenant_id and f.id = m.from_location_id
          join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
          left join lateral (
                select i.number, i.recipient, i.party_id from invoice i
                 where i.tenant_id = m.tenant_id and i.origin_id = m.origin_id limit 1) i on true
          left join party p on p.tenant_id = m.tenant_id and p.id = i.party_id
         where m.id < %(after)s::uuid
           and 'customer' in (f.kind, t.kind)
         order by m.id desc limit %(limit)s
        """,  # noqa: S608  the first part is a constant
        {
            "tenant": ctx.tenant_id,
            "lot": wanted.lot_id,
            "after": after[0],
            "limit": wanted.limit + 1,
        },
    )
    page = [LotBuyerRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return LotBuyers(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query(
    "reporting.get_party_standing",
    permission="billing.view",
    rest="GET /parties/{party_id}/standing",
)
def get_party_standing(
    session: Session, ctx: RequestContext, wanted: GetPartyStanding
) -> PartyStanding:
    """Add up what a party owes, is owed and bought; zero for one we know nothing of."""
    row = db.fetch_one(
        session,
        f"""
        select (select coalesce(sum(l.debit - l.credit), 0.00) from journal_line l
                  join account a on a.tenant_id = l.tenant_id and a.id = l.account_id
                 where l.tenant_id = %(tenant)s and l.party_id = %(party)s
                   and a.key = 'debtors') as owes,
               (select coalesce(sum(l.credit - l.debit), 0.00) from journal_line l
                  join account a on a.tenant_id = l.tenant_id and a.id = l.account_id
                 where l.tenant_id = %(tenant)s and l.party_id = %(party)s
                   and a.key = 'creditors') as owed,
               bill.*
          from (select count(*) filter (where i.kind <> 'credit_note') as bills,
                       coalesce(sum(case i.kind when 'credit_note' then -i.total
                                                else i.total end), 0.00) as billed,
                       max(i.issued_on) as last_on
                  from invoice i
                 where i.tenant_id = %(tenant)s and i.party_id = %(party)s and {billing.IS_SALE}) bill
        """,  # noqa: S608  a constant
        {"tenant": ctx.tenant_id, "party": wanted.party_id},
    )
    assert row is not None  # noqa: S101  an aggregate always answers
    return PartyStanding(**row)
