"""Vouchers of advances: the list, and one as it is printed."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.formatting import amount_in_words, instant_text, money_text
from erp.services.platform import (
    Order,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)
from erp.services.pos.printing import PrintedSlip, slip_head
from erp.services.pos.tendering import METHOD_NAMES

TITLES = {"receipt": "Receipt voucher", "refund": "Refund voucher"}
NO_TAX = "Tax: none. Advance for goods (Notification 66/2017-Central Tax)."


class ListAdvances(SortedPage):
    """Vouchers of advances, newest first."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "kind": "text",
                "customer": "text",
                "method": "text",
                "taken_at": "instant",
                "cashier": "text",
                "amount": "number",
            },
        ),
    ] = ""
    party_id: UUID | None = None
    shift_id: UUID | None = None


class ListOpenAdvances(SortedPage):
    """Customers with something left of what they paid before, the most first."""

    sort: Annotated[
        str, Order("-balance", {"customer": "text", "since": "instant", "balance": "number"})
    ] = ""


class OpenAdvanceRow(Result):
    """What is left of a customer's advances.

    Attributes:
        id: Of the customer.
        vouchers: Receipts it is left of; what is spent is taken of the oldest first.
        since: When the oldest of them was taken.
    """

    id: UUID
    customer: str
    balance: Decimal
    vouchers: str
    since: datetime


class OpenAdvancePage(Rows):
    """A page of open advances."""

    rows: list[OpenAdvanceRow]


class AdvanceRow(Result):
    """A voucher on the list."""

    id: UUID
    number: str
    kind: str
    party_id: UUID
    customer: str
    method: str
    amount: Decimal
    note: str
    taken_at: datetime
    cashier: str


class AdvancePage(Rows):
    """A page of vouchers."""

    rows: list[AdvanceRow]


_SELECT: LiteralString = """
    select v.id, v.branch_id, v.number, v.kind, v.party_id, p.name as customer, v.method, v.amount, v.note,
           v.taken_at, p.address, p.city, p.pin, p.gstin,
           coalesce(m.display_name, 'system') as cashier
      from advance_voucher v
      join party p on (p.tenant_id, p.id) = (v.tenant_id, v.party_id)
      left join membership m on (m.tenant_id, m.user_id) = (v.tenant_id, v.user_id)
     where v.tenant_id = %(tenant)s
"""


@query("pos.list_advances", permission="pos.view", rest="GET /advances")
def list_advances(session: Session, ctx: RequestContext, wanted: ListAdvances) -> AdvancePage:
    """List vouchers, newest first: of a customer, of a shift, or by words of number and customer."""
    select: LiteralString = f"""{_SELECT}
       and (%(party)s::uuid is null or v.party_id = %(party)s)
       and (%(shift)s::uuid is null or v.shift_id = %(shift)s)
       and (%(search)s = '' or v.number ilike '%%' || %(search)s || '%%'
            or p.name ilike '%%' || %(search)s || '%%')
    """
    given = {
        "tenant": ctx.tenant_id,
        "party": wanted.party_id,
        "shift": wanted.shift_id,
        "search": wanted.search,
    }
    rows, cursor = fetch_page(session, wanted, select, given)
    return AdvancePage(rows=[AdvanceRow(**row) for row in rows], next_cursor=cursor)


_OPEN: LiteralString = """
    with held as (
        select l.party_id, sum(l.credit - l.debit) as balance
          from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
         where l.tenant_id = %(tenant)s and a.key = 'customer_advances' and l.party_id is not null
         group by l.party_id having sum(l.credit - l.debit) > 0)
    select held.party_id as id, p.name as customer, held.balance, v.vouchers, v.since
      from held
      join party p on p.tenant_id = %(tenant)s and p.id = held.party_id
      join lateral (
            select string_agg(number, ', ' order by id) as vouchers, min(taken_at) as since
              from (select id, number, taken_at,
                           coalesce(sum(amount) over (order by id desc
                                rows between unbounded preceding and 1 preceding), 0) as later
                      from advance_voucher
                     where tenant_id = %(tenant)s and party_id = held.party_id
                       and kind = 'receipt') receipt
             where receipt.later < held.balance) v on true
     where %(search)s = '' or p.name ilike '%%' || %(search)s || '%%'
"""


@query("pos.list_open_advances", permission="pos.view", rest="GET /open-advances")
def list_open_advances(
    session: Session, ctx: RequestContext, wanted: ListOpenAdvances
) -> OpenAdvancePage:
    """List what customers have left of their advances, by the books, the most first."""
    given = {"tenant": ctx.tenant_id, "search": wanted.search}
    rows, cursor = fetch_page(session, wanted, _OPEN, given)
    return OpenAdvancePage(rows=[OpenAdvanceRow(**row) for row in rows], next_cursor=cursor)


def get_printed_voucher(session: Session, ctx: RequestContext, voucher_id: UUID) -> PrintedSlip:
    """Return a voucher as it is printed.

    Raises:
        NotFound: There is no such voucher.
        PermissionDenied: The actor may neither sell nor see sales.

    Source: CGST Rules 2017, rules 50 and 51.
    """
    if not ctx.may("pos.sell"):
        ctx.require("pos.view")
    found = db.fetch_one(
        session, f"{_SELECT} and v.id = %(id)s", {"tenant": ctx.tenant_id, "id": voucher_id}
    )
    if found is None:
        raise NotFound("There is no such voucher.")
    paid = f"{METHOD_NAMES[found['method']]}: {money_text(found['amount'])}"
    is_receipt = found["kind"] == "receipt"
    place = " ".join(part for part in (found["address"], found["city"], found["pin"]) if part)
    facts = [
        ("Received from" if is_receipt else "Paid back to", found["customer"]),
        *([("Address", place)] if place else []),
        *([("GSTIN", found["gstin"])] if found["gstin"] else []),
        ("For", found["note"] or "Goods to be supplied"),
        ("Paid", paid),
    ]
    return PrintedSlip(
        title=TITLES[found["kind"]],
        number=found["number"],
        issued_at=found["taken_at"],
        head=slip_head(session, ctx, found["branch_id"], found["taken_at"]),
        subtitle=(instant_text(found["taken_at"], ctx.time_zone), f"By {found['cashier']}"),
        sections=(("", tuple(facts)), ("", (("AMOUNT", money_text(found["amount"])),))),
        foot=(amount_in_words(found["amount"]), NO_TAX, "Tax payable on reverse charge: No"),
    )
