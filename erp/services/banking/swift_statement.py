"""Read MT940, the statement of SWIFT: one or many statements of one account, their balances following each other.

The library parses fields; what belongs together, and whether it adds up, is checked here.
"""

import logging
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import mt940

from erp.core.formatting import group_amount
from erp.core.table_files import decoded
from erp.models.banking import FileFormat
from erp.services.banking.file_text import BankText, as_table, unreadable

_BEGINS: Final = re.compile(r"^:20:", re.MULTILINE)
_OPENS: Final = re.compile(r"^:60[FM]:", re.MULTILINE)
_LINE: Final = re.compile(r"^:61:", re.MULTILINE)
_ENVELOPE: Final = re.compile(r"^(\{1:[^\n]*|-\}[^\n]*|\x01|\x03)$", re.MULTILINE)
_CLOSING: Final = re.compile(r"^:62[FM]?:", re.MULTILINE)
_CODED: Final = re.compile(r"/([A-Z]{4})/")
_IFSC: Final = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
_NO_REFERENCE: Final = frozenset({"", "NONREF", "NOTPROVIDED"})
_MALFORMED: Final = (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError)
"""What the library raises at a field that is none."""
_OPENINGS: Final = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSINGS: Final = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
_OPTIONS: Final = mt940.Options.all()

logging.getLogger("mt940").setLevel(logging.CRITICAL)


def is_mt940(content: bytes) -> bool:
    """Tell whether a file begins as such a statement does."""
    if content[:2] not in {b"\xff\xfe", b"\xfe\xff"} and b"\0" in content:
        return False
    text = decoded(content).replace("\r", "")
    begins = _BEGINS.search(text)
    return begins is not None and _OPENS.search(text, begins.end()) is not None


def read_mt940(content: bytes) -> BankText:
    """Return the lines of all statements of the file, the first balance and the last.

    Raises:
        UnreadableBankFile: It is cut off, a field cannot be read, statements are of several accounts or
            currencies, do not follow each other, or do not add up.
    """
    text = _ENVELOPE.sub("", decoded(content).replace("\r", ""))
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", text) if block.startswith(":20:")]
    parsed = [_parsed(no, block) for no, block in enumerate(blocks, start=1)]
    if len({_account(one) for one in parsed}) > 1:
        raise unreadable("The file holds several accounts. Ask the bank for one file of each.")
    _check_chain(parsed)
    rows = [_row(line) for one in parsed for line in one]
    return BankText(FileFormat.MT940, as_table(rows), _facts(parsed))


def _parsed(no: int, block: str) -> Any:  # noqa: ANN401  the library's collection
    """Return a statement; what it says of itself after its closing balance is no part of its last line."""
    cut = _CLOSING.search(block)
    if cut is None:
        raise unreadable(f"Statement {no} has no closing balance: the file ends too early.")
    tail = [line for line in block[cut.start() :].split("\n") if line.startswith(":6")]
    try:
        found = mt940.models.Transactions(options=_OPTIONS)
        found.parse("\n".join([block[: cut.start()], *tail]))
        opening, closing = _balance(found, _OPENINGS), _balance(found, _CLOSINGS)
        moved = sum((line.data["amount"].amount for line in found), Decimal(0))
    except _MALFORMED as error:
        said = f"{error.args[2]}" if len(error.args) > 2 else f"{error}"  # noqa: PLR2004  value of the field
        shown = " ".join(said.split())[:60]
        raise unreadable(f"Statement {no} has a field that cannot be read: {shown}") from error
    if len(found) != len(_LINE.findall(block, 0, cut.start())):
        # The library writes a line over the one before it where that says no kind.
        raise unreadable(f"Statement {no} has a line without its kind. Ask the bank for it again.")
    if opening + moved != closing:
        raise unreadable(
            f"Statement {no} begins with {group_amount(opening)}, its lines are {group_amount(moved)},"
            f" but it ends with {group_amount(closing)}. Ask the bank for it again."
        )
    return found


def _balance(found: Any, kinds: Sequence[str]) -> Decimal:  # noqa: ANN401
    balance = next((found.data[kind] for kind in kinds if kind in found.data), None)
    if balance is None:
        raise unreadable("A statement has no opening balance. Ask the bank for it again.")
    amount: Decimal = balance.amount.amount
    return amount


def _check_chain(parsed: Sequence[Any]) -> None:
    for no, (one, after) in enumerate(pairwise(parsed), start=2):
        ends, begins = _balance(one, _CLOSINGS), _balance(after, _OPENINGS)
        if ends != begins:
            raise unreadable(
                f"Statement {no} begins with {group_amount(begins)}, but the one before ends with"
                f" {group_amount(ends)}. One between them is missing, or their order is wrong."
            )


def _account(found: Any) -> str:  # noqa: ANN401
    return f"{found.data.get('account_identification', '')}".strip()


def _row(line: Any) -> dict[str, str]:  # noqa: ANN401
    given = {key: value for key, value in line.data.items() if value is not None}
    coded = _coded(f"{given.get('transaction_details', '')}")
    reference = f"{given.get('customer_reference', '')}".strip()
    told = coded.get("EREF") or given.get("end_to_end_reference") or ""
    return {
        "Date": f"{given.get('entry_date') or given['date']}",
        "Value date": f"{given['date']}",
        "Amount": f"{given['amount'].amount}",
        "Text": coded.get("REMI") or _text(given),
        "Reference": f"{told}" if reference in _NO_REFERENCE else reference,
        "Counterparty": coded.get("NAME") or f"{given.get('applicant_name', '')}",
        "Bank id": f"{given.get('bank_reference', '')}",
    }


def _text(given: dict[str, Any]) -> str:
    """Return what the line is about: the parts of a structured field, else all of it; never nothing."""
    parts = (
        "posting_text", "purpose", "additional_purpose", "transaction_details", "extra_details",
    )  # fmt: skip
    texts = [" ".join(f"{given[part]}".split()) for part in parts if given.get(part)]
    return " ".join(dict.fromkeys(texts)) or f"{given.get('id', '')}"


def _coded(details: str) -> dict[str, str]:
    """Return the parts of /CODE/ text, as `/NAME/Asha Stores/REMI/Bill 7`; nothing of any other."""
    flat = details.replace("\n", "")
    if _CODED.match(flat) is None:
        return {}
    parts = _CODED.split(flat)[1:]
    return {code: text.strip("/ ") for code, text in zip(parts[::2], parts[1::2], strict=True)}


def _facts(parsed: Sequence[Any]) -> dict[str, str]:
    first, last = parsed[0], parsed[-1]
    ifsc, _, number = _account(first).rpartition("/")
    currencies = {f"{one.currency}" for one in parsed if one.currency}
    facts = {
        "number": re.sub(r"(?<=[0-9]) ?[A-Z]{3}$", "", number),
        "ifsc": ifsc if _IFSC.fullmatch(ifsc) else "",
        "currency": " ".join(sorted(currencies)),
        "opening": f"{_balance(first, _OPENINGS)}",
        "closing": f"{_balance(last, _CLOSINGS)}",
    }
    return {name: value for name, value in facts.items() if value}
