"""The demo's bank: a statement of the last days, some lines matched, some proposed, some waiting."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, round_money
from erp.seed.orders import people_of
from erp.services import banking, payments, platform

HEAD: Final = "Date,Narration,Chq/Ref No,Withdrawal,Deposit,Balance"
OPENING: Final = Decimal("250000.00")
DAYS: Final = 8
CHARGE: Final = Decimal("0.0177")
"""What an acquirer keeps of card takings: 1.5 percent, and 18 percent tax on it."""
ACCEPTED: Final = 4
"""Suggestions that are accepted, so that the desk shows some lines done."""
Line = tuple[date, str, str, Decimal]


def seed_banking(ctx: RequestContext) -> None:
    """Open the account, import a statement, keep a rule, and match the first lines."""
    by = people_of(ctx)["accountant"]
    about = {"name": "Current account", "bank_name": "Example Bank", "number": "50200012345678"}
    account = _run(by, "open_account", about | {"ifsc": "EXMP0000123"}).id
    content = _csv(sorted(_lines(by)))
    digest = hashlib.sha256(content).hexdigest()
    with db.unit_of_work(by) as session:
        text = banking.read_bank_file(content)
        file = banking.keep_bank_file(session, by, account, digest, "statement.csv", text)
    _run(by, "import_statement", {"file_id": file.id})
    rule = {"name": "Bank charges", "contains": "charges", "account_key": "bank_charges"}
    _run(by, "set_rule", rule | {"bank_account_id": account, "direction": "out"})
    waits = platform.run("banking.list_lines", by, {"bank_account_id": account}).result
    opening, *lines = getattr(waits, "rows", [])
    capital = [{"account_key": "capital", "amount": opening.amount}]
    _run(
        by,
        "book_line",
        {"bank_line_id": opening.id, "lines": capital, "narration": "Capital brought in"},
    )
    for line in lines[:ACCEPTED]:
        found: Any = platform.run("banking.suggest_matches", by, {"bank_line_id": line.id}).result
        if found.rows and not found.rows[0].is_ambiguous:
            platform.run(found.rows[0].action, by, found.rows[0].given)


def _lines(by: RequestContext) -> Iterator[Line]:
    for key, day, amount in _takings(by):
        came = amount if key == "upi_clearing" else amount - round_money(amount * CHARGE)
        kind = "UPI" if key == "upi_clearing" else "CARD POS"
        yield day + timedelta(days=1), f"{kind} SETTLEMENT MERCHANT 7781", "", came
    paid: Any = platform.run("payments.list_payments", by, {"method": "bank"}).result
    for row in paid.rows:
        sign = 1 if row.direction == "in" else -1
        yield (
            row.paid_on,
            f"NEFT {row.reference} {row.party.upper()}",
            row.reference,
            sign * row.amount,
        )
    yield by.today - timedelta(days=2), "SMS AND DEBIT CARD CHARGES", "", Decimal("-118.00")
    yield by.today - timedelta(days=3), "ELECTRICITY BOARD NACH 99812", "99812", Decimal("-4310.00")
    owed: Any = platform.run("payments.age_items", by, {"ledger": "customer"}).result
    for debtor in [row for row in owed.rows if row.balance > ZERO][2:3]:
        asked = payments.ListItems(party_id=debtor.party_id)
        items: Any = platform.run("payments.list_items", by, asked).result
        name = f"IMPS {debtor.party.upper()}"
        yield by.today, name, "632710045512", items.rows[0].open


def _takings(by: RequestContext) -> list[tuple[str, date, Decimal]]:
    with db.unit_of_work(by) as session:
        rows = db.fetch_all(
            session,
            "select a.key, l.effective_on as day, sum(l.debit - l.credit) as amount from journal_line l"
            " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " where l.tenant_id = %s and a.key in ('upi_clearing', 'card_clearing')"
            " and l.effective_on between %s and %s group by 1, 2 having sum(l.debit - l.credit) > 0",
            (by.tenant_id, by.today - timedelta(days=DAYS), by.today - timedelta(days=1)),
        )
    return [(row["key"], row["day"], row["amount"]) for row in rows]


def _csv(lines: list[Line]) -> bytes:
    rows, balance = ["Example Bank Ltd,Laxmi Road", HEAD], OPENING
    for day, text, reference, amount in lines:
        balance += amount
        sides = f"{-amount}," if amount < 0 else f",{amount}"
        rows.append(f"{day:%d/%m/%Y},{text.replace(',', ' ')},{reference},{sides},{balance}")
    return "\n".join(rows).encode()


def _run(by: RequestContext, command: str, given: dict[str, Any]) -> Any:  # noqa: ANN401  each command has its own
    key = {"idempotency_key": f"seed-bank-{command}-{by.tenant_id}"}
    return platform.run(f"banking.{command}", by, key | given).result
