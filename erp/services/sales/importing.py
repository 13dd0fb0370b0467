"""Prices of a list from a file: read, checked and added as one command, all or nothing."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.sales import Basis, PriceRule, RuleKind
from erp.services import catalog
from erp.services.catalog import BadBarcode
from erp.services.platform import (
    MOST_CHARACTERS,
    PLAIN,
    Command,
    Result,
    Text,
    command,
    emit,
    fault_of_head,
    is_formula,
    lines_of,
    read_day,
    read_table,
    refused_lines,
)
from erp.services.sales.events import PricesImported
from erp.services.sales.price_lists import hold_list

COLUMNS = ("sku", "barcode", "price", "percent", "min_quantity", "valid_from", "valid_until")
LARGEST_PRICE, LARGEST_PERCENT, LARGEST_QUANTITY = Decimal(10) ** 10, Decimal(1000), 10_000_000
LONGEST_CODE = 100
NUMBER = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,4})?")

Change = Literal["new", "changed", "same"]
Place = tuple[UUID, int]


class ImportPrices(Command):
    """Add the prices of a file to a list.

    Attributes:
        content: Text of a CSV file whose first line names its columns: `sku` or `barcode`, `price` or
            `percent` (added to the MRP; negative takes off), and, where wanted, `min_quantity`,
            `valid_from` and `valid_until` as DD-MM-YYYY or YYYY-MM-DD.
        reason: Why; kept with each price.
    """

    list_id: UUID
    content: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=PLAIN)]
    reason: Text = ""


class ImportedPrice(Result):
    """A line of the file and what it does.

    Attributes:
        line: Of the file, the head being 1.
        was_amount, was_percent: The price in force for the same goods and quantity; none for none.
    """

    line: int
    sku: str
    label: str
    min_quantity: int
    amount: Decimal | None
    percent: Decimal
    valid_from: date
    valid_until: date | None
    was_amount: Decimal | None
    was_basis: Basis | None
    was_percent: Decimal | None
    change: Change


class ImportedPrices(Result):
    """What the file did; lines that change nothing were left out."""

    added: int
    rows: list[ImportedPrice]


@dataclass(frozen=True, slots=True)
class _Line:
    line: int
    code: str
    amount: Decimal | None
    percent: Decimal
    min_quantity: int
    valid_from: date
    valid_until: date | None


@command(
    "sales.import_prices", permission="sales.set_prices", rest="POST /price-lists/{list_id}/import"
)
def import_prices(session: Session, ctx: RequestContext, cmd: ImportPrices) -> ImportedPrices:
    """Add a file's prices to a list, all or nothing; what is in force already is not added again.

    Locks the list.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
        InvalidInput: Lines are wrong; `lines.<line>.<column>` names each, up to fifty.

    Emits:
        sales.prices_imported.v1
    """
    hold_list(session, ctx, cmd.list_id)
    wrong: dict[str, str] = {}
    lines = list(_read(ctx, cmd.content, wrong))
    goods = _goods(session, ctx, lines, wrong)
    _refuse_twice(lines, goods, wrong)
    if wrong:
        raise refused_lines(wrong)
    known = _in_force(session, ctx, cmd.list_id)
    rows = [_compared(ctx, line, goods[line.code], known) for line in lines]
    fresh = [(row, goods[x.code]["id"]) for row, x in zip(rows, lines, strict=True)
             if row.change != "same"]  # fmt: skip
    if fresh:
        db.insert_rows(session, PriceRule, [_rule(ctx, cmd, row, id_) for row, id_ in fresh])
        emit(session, ctx, cmd.list_id, PricesImported(list_id=cmd.list_id, prices=len(fresh)))
    return ImportedPrices(added=len(fresh), rows=rows)


def _read(ctx: RequestContext, content: str, wrong: dict[str, str]) -> Iterator[_Line]:
    """Yield the lines that can be read; note what is wrong with the others."""
    head, rows = read_table(content)
    _check_head(head, len(rows))
    for number, values in lines_of(head, rows, wrong):
        line = _parsed(ctx, number, values, wrong)
        if line is not None:
            yield line


def _check_head(head: Sequence[str], rows: int) -> None:
    message = fault_of_head(head, rows, COLUMNS)
    if not message and (not {"sku", "barcode"} & set(head) or not {"price", "percent"} & set(head)):
        message = "The first line names the columns: sku or barcode, and price or percent."
    if message:
        raise InvalidInput(message, fields={"content": message})


def _parsed(
    ctx: RequestContext, number: int, values: Mapping[str, str], wrong: dict[str, str]
) -> _Line | None:
    """Return a line, or note at its columns what is wrong with it."""
    at = f"lines.{number}"
    found: dict[str, Any] = {}
    for column, read in _READERS.items():
        text = values.get(column, "")
        try:
            found[column] = read(text) if text else None
        except ValueError as error:
            wrong[f"{at}.{column}"] = f"{error}"
    formulas = [column for column, text in values.items() if is_formula(text)]
    wrong |= {f"{at}.{column}": "A formula is not read. Put in its value." for column in formulas}
    if any(name.startswith(f"{at}.") for name in wrong):
        return None
    problem = _incomplete(ctx, found)
    if problem:
        wrong[f"{at}.{problem[0]}"] = problem[1]
        return None
    return _Line(
        line=number,
        code=found["sku"] or found["barcode"],
        amount=found["price"],
        percent=found["percent"] or Decimal(0),
        min_quantity=found["min_quantity"] or 1,
        valid_from=found["valid_from"] or ctx.today,
        valid_until=found["valid_until"],
    )


def _incomplete(ctx: RequestContext, found: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the column that does not fit the others, and what to do."""
    if not found["sku"] and not found["barcode"]:
        return "sku", "Name the goods by SKU or barcode."
    if (found["price"] is None) == (found["percent"] is None):
        return "price", "Give a price or a percentage, one of them."
    valid_from = found["valid_from"] or ctx.today
    if valid_from < ctx.today:
        return "valid_from", "Prices of the past stay. Give today or a later day."
    if found["valid_until"] is not None and found["valid_until"] < valid_from:
        return "valid_until", f"It ends before it begins on {date_text(valid_from)}."
    return None


def _code(text: str) -> str:
    if len(text) > LONGEST_CODE:
        raise ValueError("This is longer than any code. Look at the columns.")
    try:
        catalog.read_scan(text)
    except BadBarcode as error:
        raise ValueError("This code cannot be read. Put in the SKU.") from error
    return text.upper()


def _number(text: str, least: Decimal, most: Decimal, words: str) -> Decimal:
    plain = text.removeprefix("\u20b9").replace(",", "").strip()
    if not NUMBER.fullmatch(plain) or not least <= Decimal(plain) <= most:
        raise ValueError(words)
    return Decimal(plain)


def _price(text: str) -> Decimal:
    return _number(text, Decimal(0), LARGEST_PRICE, "Write a price such as 95 or 95.50.")


def _percent(text: str) -> Decimal:
    words = "Write a percentage from -100 to 1000, such as -10 for a tenth below the MRP."
    return _number(text.removesuffix("%"), Decimal(-100), LARGEST_PERCENT, words)


def _quantity(text: str) -> int:
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdecimal()) or not 1 <= int(plain[:12]) <= LARGEST_QUANTITY:
        raise ValueError("Write a whole number of units from 1 on.")
    return int(plain)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "sku": _code,
    "barcode": _code,
    "price": _price,
    "percent": _percent,
    "min_quantity": _quantity,
    "valid_from": read_day,
    "valid_until": read_day,
}


def _goods(
    session: Session, ctx: RequestContext, lines: Sequence[_Line], wrong: dict[str, str]
) -> dict[str, db.Row]:
    """Return the variants by the code that names them; note the codes nobody has."""
    spellings = {line.code: catalog.read_scan(line.code).codes for line in lines}
    rows = db.fetch_all(
        session,
        "select v.sku as code, v.id, v.sku, v.label from variant v"
        " where v.tenant_id = %(tenant)s and v.sku = any(%(codes)s)"
        " union all select b.code, v.id, v.sku, v.label from barcode b"
        " join variant v on v.tenant_id = b.tenant_id and v.id = b.variant_id"
        " where b.tenant_id = %(tenant)s and b.code = any(%(codes)s)",
        {
            "tenant": ctx.tenant_id,
            "codes": sorted({x for codes in spellings.values() for x in codes}),
        },
    )
    by_code = {row["code"]: row for row in rows}
    found = {
        code: by_code[spelling]
        for code, codes in spellings.items()
        for spelling in codes
        if spelling in by_code
    }
    for line in lines:
        if line.code not in found:
            message = f"No product has the code {line.code}. Look at it in the product list."
            wrong[f"lines.{line.line}.sku"] = message
    return found


def _refuse_twice(
    lines: Sequence[_Line], goods: Mapping[str, db.Row], wrong: dict[str, str]
) -> None:
    seen: dict[tuple[UUID, int, date], int] = {}
    for line in lines:
        if line.code in goods:
            key = (goods[line.code]["id"], line.min_quantity, line.valid_from)
            first = seen.setdefault(key, line.line)
            if first != line.line:
                message = f"Line {first} prices the same goods and quantity. Keep one of them."
                wrong[f"lines.{line.line}.sku"] = message


def _in_force(session: Session, ctx: RequestContext, list_id: UUID) -> Mapping[Place, db.Row]:
    """Return the price in force today of each variant and quantity of the list."""
    rows = db.fetch_all(
        session,
        "select distinct on (variant_id, min_quantity) variant_id, min_quantity, basis, amount,"
        " percent, round_to, valid_until from price_rule"
        " where tenant_id = %(tenant)s and list_id = %(list)s and kind = 'price'"
        " and variant_id is not null and valid_from <= %(today)s"
        " and (valid_until is null or valid_until >= %(today)s)"
        " order by variant_id, min_quantity, valid_from desc, id desc",
        {"tenant": ctx.tenant_id, "list": list_id, "today": ctx.today},
    )
    return {(row["variant_id"], row["min_quantity"]): row for row in rows if row["basis"] != "none"}


def _compared(
    ctx: RequestContext, line: _Line, goods: db.Row, known: Mapping[Place, db.Row]
) -> ImportedPrice:
    was = known.get((goods["id"], line.min_quantity))
    basis = Basis.MRP if line.amount is None else Basis.FIXED
    wanted = (basis, line.amount, line.percent, None, line.valid_until)
    facts = ("basis", "amount", "percent", "round_to", "valid_until")
    starts_now = line.valid_from == ctx.today
    is_same = starts_now and was is not None and tuple(was[name] for name in facts) == wanted
    return ImportedPrice(
        line=line.line,
        sku=goods["sku"],
        label=goods["label"],
        min_quantity=line.min_quantity,
        amount=line.amount,
        percent=line.percent,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
        was_amount=was["amount"] if was else None,
        was_basis=Basis(was["basis"]) if was else None,
        was_percent=was["percent"] if was else None,
        change="same" if is_same else "changed" if was else "new",
    )


def _rule(
    ctx: RequestContext, cmd: ImportPrices, row: ImportedPrice, variant_id: UUID
) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "list_id": cmd.list_id,
        "kind": RuleKind.PRICE,
        "variant_id": variant_id,
        "min_quantity": row.min_quantity,
        "basis": Basis.MRP if row.amount is None else Basis.FIXED,
        "amount": row.amount,
        "percent": row.percent,
        "repeats": True,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "reason": cmd.reason or "From a file",
        "set_by": ctx.user_id,
        "set_at": ctx.now,
    }
