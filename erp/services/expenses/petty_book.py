"""The book of petty cash: what came, what went, what was counted."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.models.expenses import PettyMoveKind
from erp.services.accounting import PrintedReport, PrintedRow
from erp.services.expenses.errors import unknown_float
from erp.services.party import printed_branch
from erp.services.platform import Nothing, Page, Query, Result, Rows, query

MOST_DAYS = 366
PERMISSION = "expenses.view_petty_cash"


class ListFloats(Page):
    """Petty cash by branch; there are too few for a second page."""


class Custodian(Result):
    """Somebody who may keep petty cash."""

    id: UUID
    name: str


class CustodianList(Rows):
    """Those who work here."""

    rows: list[Custodian]


class PettyCashRow(Result):
    """A branch's petty cash."""

    id: UUID
    branch: str
    branch_id: UUID
    custodian: str
    custodian_id: UUID
    amount: Decimal
    balance: Decimal
    counted_on: date | None


class PettyCashPage(Rows):
    """The company's petty cash by branch."""

    rows: list[PettyCashRow]


class PettyCashBook(Query):
    """The book of one box; this month where no days are given."""

    float_id: UUID
    from_day: date | None = None
    to_day: date | None = None


class PettyBookRow(Result):
    """A line of the book; `balance` is what the box holds after it."""

    id: UUID
    kind: PettyMoveKind
    moved_on: date
    recorded_at: datetime
    number: str
    claim_id: UUID | None
    words: str
    person: str
    received: Decimal
    paid: Decimal
    balance: Decimal


class PettyBook(Rows):
    """The book of a box over some days."""

    rows: list[PettyBookRow]
    float_id: UUID
    branch: str
    custodian: str
    amount: Decimal
    from_day: date
    to_day: date
    opening: Decimal
    received: Decimal
    paid: Decimal
    closing: Decimal


@query("expenses.list_floats", permission=PERMISSION, rest="GET /petty-cash")
def list_floats(session: Session, ctx: RequestContext, wanted: ListFloats) -> PettyCashPage:
    """List the company's petty cash by branch."""
    rows = db.fetch_all(
        session,
        "select f.id, b.name as branch, f.branch_id, coalesce(m.display_name, '') as custodian,"
        " f.custodian_id, f.amount, f.balance,"
        " (select max(x.moved_on) from petty_move x where x.tenant_id = f.tenant_id"
        "   and x.float_id = f.id and x.kind = 'counted') as counted_on"
        " from petty_float f join branch b on (b.tenant_id, b.id) = (f.tenant_id, f.branch_id)"
        " left join membership m on (m.tenant_id, m.user_id) = (f.tenant_id, f.custodian_id)"
        " where f.tenant_id = %s and f.company_id = %s and b.name ilike '%%' || %s || '%%'"
        " order by b.name limit %s",
        (ctx.tenant_id, ctx.company_id, wanted.search, wanted.limit),
    )
    return PettyCashPage(rows=[PettyCashRow(**row) for row in rows])


@query("expenses.list_custodians", permission="expenses.arrange", rest="GET /petty-cash-keepers")
def list_custodians(session: Session, ctx: RequestContext, _wanted: Nothing) -> CustodianList:
    """List those who work here and may keep petty cash, by name."""
    rows = db.fetch_all(
        session,
        "select user_id as id, display_name as name from membership"
        " where tenant_id = %s and is_active order by display_name limit 500",
        (ctx.tenant_id,),
    )
    return CustodianList(rows=[Custodian(**row) for row in rows])


@query("expenses.petty_cash_book", permission=PERMISSION, rest="GET /petty-cash/{float_id}/book")
def petty_cash_book(session: Session, ctx: RequestContext, wanted: PettyCashBook) -> PettyBook:
    """Return the book of one box with what it held before and after each line.

    Raises:
        UnknownFloat: The company has no such petty cash.
        InvalidInput: The days are in the wrong order, or more than a year.
    """
    head = db.fetch_one(
        session,
        "select f.id as float_id, b.name as branch, coalesce(m.display_name, '') as custodian, f.amount"
        " from petty_float f join branch b on (b.tenant_id, b.id) = (f.tenant_id, f.branch_id)"
        " left join membership m on (m.tenant_id, m.user_id) = (f.tenant_id, f.custodian_id)"
        " where f.tenant_id = %s and f.company_id = %s and f.id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.float_id),
    )
    if head is None:
        raise unknown_float()
    to_day = wanted.to_day or ctx.today
    from_day = wanted.from_day or to_day.replace(day=1)
    if not 0 <= (to_day - from_day).days <= MOST_DAYS:
        message = "The last day comes after the first, within a year of it."
        raise InvalidInput(message, fields={"to_day": message})
    rows = db.fetch_all(
        session,
        "select x.*, coalesce(c.number, '') as number, coalesce(c.purpose, '') as purpose,"
        " coalesce(m.display_name, '') as person,"
        " sum(x.amount) over (order by x.moved_on, x.id) as balance from petty_move x"
        " left join expense_claim c on (c.tenant_id, c.id) = (x.tenant_id, x.claim_id)"
        " left join membership m on (m.tenant_id, m.user_id) = (x.tenant_id, x.user_id)"
        " where x.tenant_id = %s and x.float_id = %s and x.moved_on <= %s order by x.moved_on, x.id",
        (ctx.tenant_id, wanted.float_id, to_day),
    )
    zero = Decimal("0.00")
    before = [row for row in rows if row["moved_on"] < from_day]
    shown = [_row(row) for row in rows if row["moved_on"] >= from_day]
    opening = before[-1]["balance"] if before else zero
    received = sum((row.received for row in shown), zero)
    paid = sum((row.paid for row in shown), zero)
    closing = opening + received - paid
    sums = {"opening": opening, "received": received, "paid": paid, "closing": closing}
    return PettyBook(rows=shown, from_day=from_day, to_day=to_day, **head, **sums)


def _row(row: db.Row) -> PettyBookRow:
    amount, zero = row["amount"], Decimal("0.00")
    words = {
        PettyMoveKind.TOP_UP: "Topped up",
        PettyMoveKind.SPENT: row["purpose"],
        PettyMoveKind.GIVEN_BACK: f"{row['number']} taken back",
        PettyMoveKind.COUNTED: _counted(row),
    }
    return PettyBookRow(
        id=row["id"],
        kind=row["kind"],
        moved_on=row["moved_on"],
        recorded_at=row["recorded_at"],
        number=row["number"],
        claim_id=row["claim_id"],
        words=words[PettyMoveKind(row["kind"])],
        person=row["person"],
        received=max(amount, zero),
        paid=max(-amount, zero),
        balance=row["balance"],
    )


def _counted(row: db.Row) -> str:
    if row["counted"] is None:
        return ""
    difference = row["amount"]
    said = f": {row['note']}" if row["note"] else ""
    verdict = "as the book" if not difference else "short" if difference < 0 else "over"
    return f"Counted {money_text(row['counted'])}, {verdict}{said}"


def get_printed_petty_book(
    session: Session, ctx: RequestContext, wanted: PettyCashBook
) -> PrintedReport:
    """Return the book as it is printed, on the paper of its branch.

    Raises:
        PermissionDenied: The actor may not see petty cash. As `expenses.petty_cash_book`.
    """
    ctx.require(PERMISSION)
    book = petty_cash_book(session, ctx, wanted)
    row = db.fetch_one(
        session,
        "select branch_id from petty_float where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.float_id),
    )
    assert row is not None  # noqa: S101  the book was found
    rows = [
        PrintedRow(
            (
                date_text(line.moved_on),
                " ".join(part for part in (line.number, line.words) if part),
                line.received or None,
                line.paid or None,
                line.balance,
            )
        )
        for line in book.rows
    ]
    opening = PrintedRow(("", "Opening balance", None, None, book.opening), 0, is_bold=True)
    closing = ("", "Closing balance", book.received, book.paid, book.closing)
    days = f"{date_text(book.from_day)} to {date_text(book.to_day)}"
    return PrintedReport(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        issuer=printed_branch(session, ctx, row["branch_id"]),
        title="Petty cash book",
        about=f"{days}, float {money_text(book.amount)}, kept by {book.custodian}",
        columns=("Day", "Voucher", "Received", "Paid", "Balance"),
        rows=(opening, *rows, PrintedRow(closing, 0, is_bold=True)),
    )
