"""Lines of a file of opening stock, read with every fault named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.clock import month_end
from erp.core.errors import InvalidInput
from erp.core.money import ZERO, parse_decimal, parse_money
from erp.services.platform import fault_of_head, is_formula, lines_of, read_day, read_table

COLUMNS = (
    "sku", "lot", "expiry", "mrp", "quantity", "cost", "unit", "maker", "made", "ptr", "pts",
)  # fmt: skip
NEEDED = ("sku", "mrp", "quantity", "cost")
MOST_UNITS = Decimal(10_000_000)
LONGEST = 40
MOST_PRICE = Decimal(100_000_000)
_MONTH_AND_YEAR = 2


@dataclass(frozen=True, slots=True)
class StockLine:
    """Units of one lot as the old books had them.

    Attributes:
        code: SKU or barcode of the goods.
        cost: Of one `unit`, tax excluded.
    """

    line: int
    code: str
    lot_number: str
    maker: str
    made_on: date | None
    expires_on: date | None
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    quantity: Decimal
    unit: str
    cost: Decimal


def read_stock_lines(content: str, wrong: dict[str, str]) -> list[StockLine]:
    """Return the lines that can be read; note what is wrong with the others.

    Raises:
        InvalidInput: It is no table, or its first line names other columns.
    """
    head, table = read_table(content)
    message = fault_of_head(head, len(table), COLUMNS)
    if not message and not set(NEEDED) <= set(head):
        message = f"The first line names the columns: {', '.join(NEEDED)} at least."
    if message:
        raise InvalidInput(message, fields={"content": message})
    read = [_parsed(number, values, wrong) for number, values in lines_of(head, table, wrong)]
    return [line for line in read if line is not None]


def _parsed(number: int, values: Mapping[str, str], wrong: dict[str, str]) -> StockLine | None:
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
    for column in NEEDED:
        if found[column] is None and f"{at}.{column}" not in wrong:
            wrong[f"{at}.{column}"] = _MISSING[column]
    if any(name.startswith(f"{at}.") for name in wrong):
        return None
    return StockLine(
        line=number,
        code=found["sku"],
        lot_number=found["lot"] or "",
        maker=found["maker"] or "",
        made_on=found["made"],
        expires_on=found["expiry"],
        mrp=found["mrp"],
        ptr=found["ptr"],
        pts=found["pts"],
        quantity=found["quantity"],
        unit=found["unit"] or "",
        cost=found["cost"],
    )


_MISSING = {
    "sku": "Name the goods by SKU or barcode.",
    "mrp": "Give the MRP of one base unit, as on the pack.",
    "quantity": "Give how many there are.",
    "cost": "Give what one cost without tax; 0 for free goods.",
}


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"At most {LONGEST} characters.")
    return text


def _lot(text: str) -> str:
    if not text.isascii():
        raise ValueError("Type the lot number in letters and figures as on the pack.")
    return _text(text).upper()


def _price(text: str) -> Decimal:
    amount = parse_decimal(_figure(text), places=4)
    if not 0 <= amount <= MOST_PRICE:
        raise ValueError("Write an amount of rupees that goods can cost.")
    return amount


def _figure(text: str) -> str:
    return text.removeprefix("\u20b9").replace(",", "").strip()


def _mrp(text: str) -> Decimal:
    amount = parse_money(_figure(text))
    if amount <= ZERO:
        raise ValueError("The MRP is above zero.")
    return amount


def _units(text: str) -> Decimal:
    units = parse_decimal(_figure(text), places=6)
    if not 0 < units <= MOST_UNITS:
        raise ValueError("Write how many, above zero.")
    return units


def _expiry(text: str) -> date:
    """Read a day, or the month on a pack, such as 09/2027, as its last day."""
    parts = text.replace("/", "-").split("-")
    if len(parts) != _MONTH_AND_YEAR:
        return read_day(text)
    try:
        month, year = (int(part) for part in parts)
        return month_end(date(year + 2000 if year < 100 else year, month, 1))  # noqa: PLR2004  two digits
    except ValueError:
        raise ValueError("Write an expiry as MM/YYYY or DD-MM-YYYY.") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "sku": _text,
    "lot": _lot,
    "expiry": _expiry,
    "mrp": _mrp,
    "quantity": _units,
    "cost": _price,
    "unit": _text,
    "maker": _text,
    "made": read_day,
    "ptr": _price,
    "pts": _price,
}
