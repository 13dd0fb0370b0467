"""Lines of a file of opening balances, read with every fault named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.errors import InvalidInput
from erp.core.money import ZERO, parse_money
from erp.services.platform import fault_of_head, is_formula, lines_of, read_day, read_table

COLUMNS = ("kind", "code", "debit", "credit", "bill", "bill_date", "due_date")
KINDS = {"account": "", "customer": "debtors", "supplier": "creditors"}
LONGEST_BILL = 40


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A line of the file: an account, or an open bill of a party."""

    line: int
    kind: str
    code: str
    debit: Decimal
    credit: Decimal
    bill: str
    bill_on: date | None
    due_on: date | None


def read_lines(content: str, wrong: dict[str, str]) -> list[OpeningLine]:
    """Return the lines that can be read; note what is wrong with the others.

    Raises:
        InvalidInput: It is no CSV, or its first line names other columns.
    """
    head, table = read_table(content)
    message = fault_of_head(head, len(table), COLUMNS)
    if not message and not {"kind", "code", "debit", "credit"} <= set(head):
        message = "The first line names the columns: kind, code, debit and credit at least."
    if message:
        raise InvalidInput(message, fields={"content": message})
    found = []
    for number, values in lines_of(head, table, wrong):
        row = _parsed(number, values, wrong)
        if row is not None:
            found.append(row)
    return found


def _parsed(number: int, values: Mapping[str, str], wrong: dict[str, str]) -> OpeningLine | None:
    at = f"lines.{number}"
    found: dict[str, Any] = dict.fromkeys(COLUMNS)
    for column, text in values.items():
        if is_formula(text):
            wrong[f"{at}.{column}"] = "A formula is not read. Put in its value."
            continue
        try:
            found[column] = _READERS[column](text) if text else None
        except ValueError as error:
            wrong[f"{at}.{column}"] = f"{error}"
    if any(name.startswith(f"{at}.") for name in wrong):
        return None
    return OpeningLine(
        line=number,
        kind=found["kind"] or "account",
        code=found["code"] or "",
        debit=found["debit"] or ZERO,
        credit=found["credit"] or ZERO,
        bill=found["bill"] or "",
        bill_on=found["bill_date"],
        due_on=found["due_date"],
    )


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise ValueError(f"Write {', '.join(KINDS)}.")
    return text.lower()


def _money(text: str) -> Decimal:
    amount = parse_money(text.removeprefix("\u20b9").replace(",", "").strip())
    if amount < 0:
        raise ValueError("Write the amount on the other side instead of a minus.")
    return amount


def _bill(text: str) -> str:
    if len(text) > LONGEST_BILL:
        raise ValueError(f"A bill's number has at most {LONGEST_BILL} characters.")
    return text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": _kind,
    "code": lambda text: text[:LONGEST_BILL],
    "debit": _money,
    "credit": _money,
    "bill": _bill,
    "bill_date": read_day,
    "due_date": read_day,
}
