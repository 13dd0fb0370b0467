"""Files of banks for tests, and what a shop does with them."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.errors import DomainError
from erp.services import banking
from tests.factories import Shop
from tests.services.unchanged import refused

HEAD = "Date,Narration,Chq./Ref.No.,Withdrawal Amt.,Deposit Amt.,Closing Balance"


@contextmanager
def declined(shop: Shop, error: type[DomainError], says: str) -> Iterator[None]:
    """Expect a refusal in these words that changes nothing."""
    with refused(shop, error) as caught:
        yield
    assert re.search(says, caught.value.message), caught.value.message


def bank_account(shop: Shop, **more: Any) -> UUID:
    given = {"name": "Current", "bank_name": "Example Bank", "number": "50200012345678"} | more
    made: UUID = shop.run("banking.open_account", given).id
    return made


def csv_of(opening: str, *lines: tuple[Any, ...], head: str = HEAD) -> bytes:
    """Return a CSV of lines of day, text, reference and signed rupees, with its running balance."""
    balance = float(opening)
    rows = ["Example Bank Ltd", "Account 50200012345678", head]
    for day, text, reference, amount in lines:
        balance += amount
        sides = (f"{-amount:.2f}", "") if amount < 0 else ("", f"{amount:.2f}")
        rows.append(f"{day:%d/%m/%y},{text},{reference},{','.join(sides)},{balance:.2f}")
    return "\n".join(rows).encode()


def upload(shop: Shop, account: UUID, content: bytes, name: str = "bank.csv") -> Any:
    """Keep a file as the edge does."""
    digest = hashlib.sha256(content).hexdigest()
    text = banking.read_bank_file(content)
    with db.unit_of_work(shop.ctx) as session:
        return banking.keep_bank_file(session, shop.ctx, account, digest, name, text)


def bring(shop: Shop, account: UUID, content: bytes, **more: Any) -> Any:
    """Upload and import a file."""
    confirm = more.pop("confirm", ())
    given = {"file_id": upload(shop, account, content).id} | more
    return shop.run("banking.import_statement", given, confirm=confirm)


def waiting(shop: Shop, account: UUID) -> list[Any]:
    asked = {"bank_account_id": account}
    found: list[Any] = shop.run("banking.list_lines", asked).rows
    return found


def suggested(shop: Shop, line: Any) -> list[Any]:
    found: list[Any] = shop.run("banking.suggest_matches", {"bank_line_id": line.id}).rows
    return found


def accept(shop: Shop, suggestion: Any) -> Any:
    """Run exactly the command that a suggestion names."""
    return shop.run(suggestion.action, suggestion.given)


def line_of(
    shop: Shop, account: UUID, amount: int, text: str = "TRANSFER", reference: str = ""
) -> Any:
    """Bring a statement of today with one line, from a balance of nothing or of the last one."""
    known = shop.run("banking.get_account", {"bank_account_id": account}).at_bank
    content = csv_of(str(known), (shop.ctx.today, text, reference, amount))
    bring(shop, account, content)
    return waiting(shop, account)[-1]


def days_ago(shop: Shop, days: int) -> date:
    return shop.ctx.today - timedelta(days=days)


def reconciliation(shop: Shop, account: UUID, **more: Any) -> Any:
    return shop.run("banking.get_reconciliation", {"bank_account_id": account} | more)
