"""Making a supplier's bill from a file: read, put right where it must be, tried, then recorded."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, money_text, plain_decimal
from erp.core.money import ZERO, round_money
from erp.core.pack_dates import BAD_MONTH, read_expiry
from erp.services import platform
from erp.services.billing import BILL_FILE_FIELDS, LARGEST_FILE
from erp.state.billing.bill_wording import RECORD
from erp.state.costing import number_of
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.inventory.stock import RECEIVE
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

NOBODY = {"id": "", "name": ""}
HEAD = ("idempotency_key", "bill_number", "billed_on", "total", "note", "receive_rest")
NUMBERS = ("quantity", "free_quantity", "unit_cost", "discount_percent", "gst_rate", "mrp")
FIELD_WORDS: Mapping[str, str] = {
    "name": "Product",
    "code": "Supplier's code or SKU",
    "barcode": "Barcode",
    "quantity": "Billed",
    "free_quantity": "Free",
    "unit_cost": "Rate",
    "discount_percent": "Discount %",
    "gst_rate": "GST %",
    "lot_number": "Lot",
    "expires_on": "Expiry",
    "mrp": "MRP",
}
LONGEST_NAME = 120
HUNDRED = Decimal(100)

__all__ = ["LARGEST_FILE", "ImportBillState"]


class ImportBillState(ReviewedFormState, rx.State):
    """A supplier's bill that comes as a file.

    Attributes:
        read_from: What each field is read from. known_bill: the bill made of this file before.
        suggestions: Products a line may mean, by the line's id.
        held_words: Why the bill would wait for a decision.
    """

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.import_bill"
    line_field: ClassVar[str] = "variant_id"

    today: str = ""
    supplier: dict[str, str] = NOBODY
    file_name: str = ""
    headers: list[str] = []
    read_from: list[dict[str, str]] = []
    known_bill: str = ""
    problem: str = ""
    suggestions: dict[str, list[dict[str, str]]] = {}
    worth: str = ""
    held_words: str = ""
    may_receive: bool = False

    _content: str = ""
    _sha256: str = ""

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form; the address may name the supplier."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self.may_receive = (await self._principal()).may(RECEIVE)
        self._restart()
        self.supplier = NOBODY
        await self._choose(dict(self.router.url.query_parameters).get("supplier_id", ""))

    @handler(permission=PAGE)
    async def choose_supplier(self, supplier_id: str, label: str) -> None:  # noqa: ARG002  what the field sends
        """Read files as this supplier writes them."""
        self._restart()
        await self._choose(supplier_id)

    async def _choose(self, supplier_id: str) -> None:
        wanted = as_uuid(supplier_id)
        if wanted is None:
            return
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
        except DomainError:
            return
        self.supplier = {"id": str(found.id), "name": found.name}

    @handler(permission=PAGE)
    async def load(self, name: str, content: str) -> None:
        """Read a file that was chosen."""
        self.file_name, self._content = f"{name}"[:LONGEST_NAME] or "file", f"{content}"
        await self._read(None)

    @handler(permission=PAGE)
    async def choose_column(self, part: str, header: str) -> None:
        """Read a field from another column; an empty header reads it from none."""
        if part not in BILL_FILE_FIELDS:
            return
        chosen = {one["part"]: one["header"] for one in self.read_from if one["header"]}
        chosen[part] = header if header in self.headers else ""
        await self._read({name: at for name, at in chosen.items() if at})

    async def _read(self, columns: Mapping[str, str] | None) -> None:
        about = {"supplier_id": self.supplier["id"], "content": self._content}
        self.problem, self.lines, self.suggestions, self.known_bill = "", [], {}, ""
        try:
            found = await self._ask(
                "billing.read_bill_file", about | ({} if columns is None else {"columns": columns})
            )
        except (DomainError, ValidationError) as error:
            self.problem = error.message if isinstance(error, DomainError) else "Choose the file."
            self.file_name = ""
            return
        self._sha256 = found.sha256
        self.known_bill = f"/bills/{found.bill_id}" if found.bill_id else ""
        self.headers = found.headers
        self.read_from = [
            {"part": field, "label": FIELD_WORDS[field], "header": found.columns.get(field, "")}
            for field in BILL_FILE_FIELDS
        ]
        self._fill(found.rows)

    def _fill(self, rows: Sequence[Any]) -> None:
        """Make lines of the rows, with what is wrong at its field."""
        self.field_errors, self.form_error = {}, ""
        errors: dict[str, str] = {}
        lines: list[Line] = []
        for at, row in enumerate(rows, start=self.adds + 1):
            line_id = f"line-{at}"
            lines.append(_line(line_id, row))
            errors |= {f"{line_id}.{x.field}": f"{x.column}: {x.message}" for x in row.errors}
            self.suggestions[line_id] = [
                {"id": str(x.variant_id), "label": x.label} for x in row.suggestions
            ]
        self.adds += len(rows)
        self.lines, self.field_errors = lines, errors
        wrong = len({field.partition(".")[0] for field in errors})
        self.form_error = f"{counted(wrong, 'row')} cannot be read in full." if wrong else ""
        self.worth = money_text(sum((_worth(line) for line in lines), ZERO))

    @handler(permission=PAGE)
    async def choose_product(self, line_id: str, variant_id: str, label: str) -> None:
        """Say which product a row means."""
        if as_uuid(variant_id) is None:
            return
        picked = {"variant_id": f"{variant_id}", "label": f"{label}"[:LONGEST_NAME]}
        self.lines = [line | picked if line["id"] == line_id else line for line in self.lines]
        self.field_errors = {
            field: words
            for field, words in self.field_errors.items()
            if field != f"{line_id}.variant_id"
        }

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in HEAD if form.get(name)}
        if "total" in given:
            given["total"] = f"{given['total']}".replace(",", "")
        return given | {
            "supplier_id": self.supplier["id"],
            "sha256": self._sha256,
            "file_name": self.file_name,
            "columns": {one["part"]: one["header"] for one in self.read_from if one["header"]},
            "lines": [self._row_typed(form, line) for line in self.lines],
        }

    def _row_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed: dict[str, Any] = {
            name: text.replace(",", "")
            for name, text in self._typed(form, line, *NUMBERS, "lot_number").items()
        }
        day = self._typed(form, line, "expires_on").get("expires_on", "")
        if day:
            typed["expires_on"] = read_expiry(day) or day
        if line["variant_id"]:
            typed["variant_id"] = line["variant_id"]
        return typed | {"item_code": line["item_code"]}

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        for field in self.field_errors:
            if field.endswith(".variant_id"):
                self.field_errors[field] = "Choose the product that this row means."
            elif field.endswith(".expires_on") and isinstance(error, ValidationError):
                self.field_errors[field] = BAD_MONTH
        if isinstance(error, DomainError) and error.details.get("link"):
            self.known_bill = f"{error.details['link']}"

    def _show_effects(self, tried: platform.Preview) -> None:
        super()._show_effects(tried)
        result: Any = tried.result
        found = len(result.findings)
        self.held_words = (
            f"{counted(found, 'line')} of the bill not as ordered or received."
            " The bill is kept and waits for a decision."
            if found
            else ""
        )

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        verb = "is kept and waits for a decision" if result.status == "held" else "is posted"
        self._restart()
        return [
            rx.toast.success(f"Bill {result.number} {verb}."),
            rx.redirect(f"/bills/{result.id}"),
        ]

    def _restart(self) -> None:
        self.file_name, self._content, self._sha256, self.problem = "", "", "", ""
        self.headers, self.read_from, self.suggestions, self.known_bill = [], [], {}, ""
        self.worth, self.held_words = "", ""
        super()._restart()


def _line(line_id: str, row: Any) -> Line:
    numbers = {name: row.numbers.get(name) for name in NUMBERS}
    return {
        "id": line_id,
        "number": str(row.number),
        "text": row.text,
        "item_code": row.item_code,
        "variant_id": str(row.variant_id or ""),
        "label": row.label,
        "lot_number": row.lot_number,
        "expires_on": expiry_text(row.expires_on) if row.expires_on else "",
        **{name: "" if x is None else plain_decimal(x) for name, x in numbers.items()},
    }


def _worth(line: Line) -> Decimal:
    """Return what a row comes to with its tax."""
    worth = round_money(number_of(line["quantity"]) * number_of(line["unit_cost"]))
    worth -= round_money(worth * min(number_of(line["discount_percent"]), HUNDRED) / HUNDRED)
    return worth + round_money(worth * min(number_of(line["gst_rate"]), HUNDRED) / HUNDRED)
