"""What the rows of a bank's table say: which row is the head, which column is what, which line is which."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from erp.core.formatting import money_text
from erp.core.table_files import Table
from erp.services.banking.reading_cells import (
    DateOrder,
    guess_order,
    read_amount,
    read_day,
    side_of,
)

_NOT_WORDS: Final = re.compile(r"[^a-z0-9]+")
HEAD_WITHIN: Final = 60
"""Rows in which the headers stand."""


class Part(StrEnum):
    """What a column of a statement can be."""

    DATE = "date"
    VALUE_DATE = "value_date"
    TEXT = "text"
    REFERENCE = "reference"
    DEBIT = "debit"
    CREDIT = "credit"
    AMOUNT = "amount"
    SIDE = "side"
    BALANCE = "balance"
    COUNTERPARTY = "counterparty"
    BANK_REF = "bank_ref"


HEADERS: Final = MappingProxyType(
    {
        Part.DATE: ("date", "txndate", "transactiondate", "trandate", "postdate", "postingdate", "bookingdate"),
        Part.VALUE_DATE: ("valuedate", "valuedt"),
        Part.TEXT: (
            "narration", "description", "particulars", "remarks", "transactionremarks", "details", "text",
            "transactiondetails", "transactionparticulars",
        ),
        Part.REFERENCE: (
            "chqrefno", "refnochequeno", "chequeno", "chqno", "reference", "referenceno", "refno",
            "chequenumber", "utr", "utrno", "instrumentid", "refchequeno",
        ),
        Part.DEBIT: (
            "debit", "withdrawalamt", "withdrawal", "withdrawals", "debitamount", "withdrawalamount",
            "withdrawalamountinr", "dr", "debitinr", "paidout",
        ),
        Part.CREDIT: (
            "credit", "depositamt", "deposit", "deposits", "creditamount", "depositamount",
            "depositamountinr", "cr", "creditinr", "paidin",
        ),
        Part.AMOUNT: ("amount", "amountinr", "transactionamount", "transactionamountinr", "txnamount"),
        Part.SIDE: ("drcr", "crdr", "debitcredit", "type", "transactiontype"),
        Part.BALANCE: (
            "balance", "closingbalance", "balanceinr", "runningbalance", "availablebalance", "balanceamount",
        ),
        Part.COUNTERPARTY: ("counterparty", "payee", "beneficiary", "payername", "beneficiaryname"),
        Part.BANK_REF: ("bankid", "transactionid", "txnid", "tranid"),
    }
)  # fmt: skip
Columns = Mapping[Part, int]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row; its number as in the file, counted without empty rows."""

    row: int
    column: str
    message: str

    @property
    def said(self) -> str:
        """The problem with its place."""
        place = f"Row {self.row}, {self.column}: " if self.column else f"Row {self.row}: "
        return place + self.message


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a statement as it is understood."""

    row: int
    booked_on: date
    value_on: date
    amount: Decimal
    text: str
    reference: str
    counterparty: str
    bank_ref: str
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Lines, the earliest first, and what is wrong.

    Attributes:
        opening: Balance before the first line, where the file says one.
    """

    lines: tuple[ReadLine, ...]
    problems: tuple[RowProblem, ...]
    opening: Decimal | None


def plain(header: str) -> str:
    """Return a header without blanks and signs, as headers are compared."""
    return _NOT_WORDS.sub("", header.lower())


def head_of(cells: Table) -> int:
    """Return which row holds the headers: the first with most words that banks use for them.

    Of rows with as many, the one with most cells: banks write addresses before them.
    """
    known = {name for names in HEADERS.values() for name in names}
    counts = [
        (sum(plain(cell) in known for cell in row), sum(map(bool, row)))
        for row in cells[:HEAD_WITHIN]
    ]
    return counts.index(max(counts))


def guess_columns(headers: Sequence[str], saved: Mapping[str, str]) -> dict[Part, int]:
    """Return which column is what: as it was saved for the account, else by its header."""
    names = [plain(header) for header in headers]
    if saved and all(name in names for name in saved.values()):
        return {Part(part): names.index(name) for part, name in saved.items()}
    guessed: dict[Part, int] = {}
    for part, known in HEADERS.items():
        free = [
            names.index(name)
            for name in known
            if name in names and names.index(name) not in guessed.values()
        ]
        if free:
            guessed[part] = free[0]
    return guessed


def order_of(cells: Table, columns: Columns, saved: str) -> DateOrder:
    """Return the order of day, month and year: as it was saved, else the one that reads all days."""
    if saved:
        return DateOrder(saved)
    place = columns.get(Part.DATE)
    texts = [row[place] for row in cells[head_of(cells) + 1 :]] if place is not None else []
    return guess_order(
        [text for text in texts if read_day(text, DateOrder.YMD) or text[:1].isdigit()]
    )


def read_lines(cells: Table, columns: Columns, order: DateOrder, today: date) -> Reading:
    """Return what the rows under the head say; each problem names its row and column."""
    head = head_of(cells)
    reader = _Reader(cells[head], columns, order, today)
    lines: list[ReadLine] = []
    opening = None
    for number, row in enumerate(cells[head + 1 :], start=head + 2):
        amount = reader.amount(number, row)
        if amount is None:
            found = read_amount(reader.cell(row, Part.BALANCE))
            opening = found if not lines and found is not None else opening
            continue
        line = reader.line(number, row, amount)
        if line is not None:
            lines.append(line)
    ordered = _earliest_first(lines)
    problems = reader.problems or _unfollowed(ordered, cells[head], columns)
    return Reading(tuple(ordered), tuple(problems), _opening(ordered, opening))


class _Reader:
    """Reads rows of one file and keeps what is wrong."""

    def __init__(
        self, headers: Sequence[str], columns: Columns, order: DateOrder, today: date
    ) -> None:
        self._headers, self._columns, self._order, self._today = headers, columns, order, today
        self._debit_sign = 0
        self.problems: list[RowProblem] = []

    def cell(self, row: Sequence[str], part: Part) -> str:
        """Return the text of a part; none where no column is it."""
        place = self._columns.get(part)
        return row[place].strip() if place is not None else ""

    def amount(self, number: int, row: Sequence[str]) -> Decimal | None:
        """Return the signed amount; nothing for a row that moves no money, such as a sum or a title."""
        if read_day(self.cell(row, Part.DATE), self._order) is None and _is_title(row):
            return None
        known = len(self.problems)
        sides = [(part, self._number(number, row, part)) for part in (Part.DEBIT, Part.CREDIT)]
        moved = [(part, value) for part, value in sides if value]
        if len(moved) > 1:
            self._say(number, Part.CREDIT, "both a debit and a credit stand in this row.")
            return None
        if moved:
            return self._moved(number, *moved[0])
        bare = self._number(number, row, Part.AMOUNT)
        side = side_of(self.cell(row, Part.SIDE))
        if len(self.problems) > known or not bare:
            return None
        return bare if not side else side * abs(bare)

    def _moved(self, number: int, part: Part, value: Decimal) -> Decimal | None:
        """Return a debit or credit with its sign; banks may write every debit with a minus or `Dr`."""
        if part is Part.CREDIT and value > 0:
            return value
        sign = 1 if value > 0 else -1
        self._debit_sign = self._debit_sign or sign
        if part is Part.DEBIT and sign == self._debit_sign:
            return -abs(value)
        wrong = "has another sign than those above" if part is Part.DEBIT else "is below zero"
        self._say(number, part, f"{value} {wrong}, so that its direction is not sure.")
        return None

    def line(self, number: int, row: Sequence[str], amount: Decimal) -> ReadLine | None:
        """Return a row that moves money as a line; nothing where its day cannot be read."""
        text = self.cell(row, Part.DATE)
        day = read_day(text, self._order)
        if day is None:
            self._say(number, Part.DATE, f"{text or 'nothing'} is no day.")
            return None
        if day > self._today:
            self._say(
                number, Part.DATE, f"{text} has not come. Is the order of day and month right?"
            )
            return None
        reference = self.cell(row, Part.REFERENCE)
        return ReadLine(
            row=number,
            booked_on=day,
            value_on=read_day(self.cell(row, Part.VALUE_DATE), self._order) or day,
            amount=amount,
            text=self.cell(row, Part.TEXT) or self.cell(row, Part.COUNTERPARTY) or "No text",
            reference=reference if reference.strip("0-") else "",
            counterparty=self.cell(row, Part.COUNTERPARTY),
            bank_ref=self.cell(row, Part.BANK_REF),
            balance=self._number(number, row, Part.BALANCE),
        )

    def _number(self, number: int, row: Sequence[str], part: Part) -> Decimal | None:
        text = self.cell(row, part)
        if text in {"", "-", "\N{EN DASH}"}:
            return None
        value = read_amount(text)
        if value is None:
            is_formula = text.startswith("=")
            wrong = "a formula. Paste the values instead." if is_formula else "no amount."
            self._say(number, part, f"{text} is {wrong}")
        return value

    def _say(self, number: int, part: Part, message: str) -> None:
        place = self._columns.get(part)
        header = self._headers[place] if place is not None else part.value
        self.problems.append(RowProblem(number, header, message))


def _is_title(row: Sequence[str]) -> bool:
    """Tell whether a row without a day is a sum or a remark of the bank."""
    words = plain("".join(row))
    return words.startswith(
        ("total", "grandtotal", "opening", "closing", "statementsummary", "endof")
    )


def _earliest_first(lines: list[ReadLine]) -> list[ReadLine]:
    """Turn a list that has the latest line first; within one day the balances tell."""
    if not lines or lines[0].booked_on < lines[-1].booked_on:
        return lines
    turned = lines[::-1]
    if lines[0].booked_on > lines[-1].booked_on:
        return turned
    return turned if _breaks(lines) and not _breaks(turned) else lines


def _breaks(lines: Sequence[ReadLine]) -> list[tuple[ReadLine, ReadLine]]:
    """Return neighbours whose balances do not follow from each other."""
    return [
        (one, other)
        for one, other in pairwise(lines)
        if one.balance is not None
        and other.balance is not None
        and one.balance + other.amount != other.balance
    ]


def _unfollowed(
    lines: Sequence[ReadLine], headers: Sequence[str], columns: Columns
) -> list[RowProblem]:
    return [
        RowProblem(
            other.row,
            headers[columns[Part.BALANCE]],
            f"{_said(other.balance)} does not follow from {_said(one.balance)}"
            f" and {_said(other.amount)}."
            " A line is missing, or a column is wrong.",
        )
        for one, other in _breaks(lines)
    ]


def _said(amount: Decimal | None) -> str:
    return "" if amount is None else money_text(amount)


def _opening(lines: Sequence[ReadLine], said: Decimal | None) -> Decimal | None:
    if lines and lines[0].balance is not None:
        return lines[0].balance - lines[0].amount
    return said
