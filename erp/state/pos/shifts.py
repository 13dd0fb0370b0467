"""Shifts: the list, the report of one, cash in and out, closing by a blind count."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import group_count, instant_text, money_text, plain_decimal
from erp.core.money import ZERO
from erp.services.pos import METHOD_NAMES, NOTE_NAMES
from erp.state.history import history_of
from erp.state.listing import ListState
from erp.state.pos.opening import OpeningState
from erp.state.pos.till import SELL, TOAST_PLACE, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, errors_by_field, new_form_key
from erp.state.showing import NOTHING

MOST_BILLS = 100
FIELDS = {"counted_cash", "float_left", "amount", "reason"}
"""Of the dialogs; what a refusal says of anything else stands below them."""
RATE_COLUMNS = (
    Column("rate", "GST"),
    Column("taxable", "Taxable", Kind.MONEY),
    Column("cgst", "CGST", Kind.MONEY, wide_only=True),
    Column("sgst", "SGST", Kind.MONEY, wide_only=True),
    Column("igst", "IGST", Kind.MONEY, wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
HSN_COLUMNS = (
    Column("hsn", "HSN"),
    Column("quantity", "Units", Kind.COUNT),
    Column("taxable", "Taxable", Kind.MONEY, wide_only=True),
    Column("tax", "Tax", Kind.MONEY),
    Column("total", "Total", Kind.MONEY),
)
NOTE_COLUMNS = (
    Column("kind", "What", detail="reason"),
    Column("at", "When", wide_only=True),
    Column("who", "Who"),
    Column("amount", "How much", Kind.MONEY),
)


STANDINGS: Mapping[str, str] = {
    "open": "Open",
    "stale": "Open for over a day",
    "closed": "Closed",
    "uneven": "Over or short",
}


class ShiftListState(ListState, rx.State):
    """Shifts, newest first."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_shifts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("register_name", "Register", sort="register_name", detail="opened_by"),
        Column("z_number", "Z", Kind.COUNT, sort="z_number", wide_only=True),
        Column("opened_at", "Opened", Kind.INSTANT, sort="opened_at"),
        Column("closed_at", "Closed", Kind.INSTANT, sort="closed_at", wide_only=True),
        Column("sale_count", "Bills", Kind.COUNT, sort="sale_count"),
        Column("sales_total", "Takings", Kind.MONEY, sort="sales_total", wide_only=True),
        Column("difference", "Over or short", Kind.MONEY, sort="difference", wide_only=True),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            labels={"open": "Open", "closed": "Closed"},
            tones={"open": "green", "closed": "gray"},
        ),
    )
    row_link: ClassVar[str] = "/till/shifts/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "register_id",
        "standing",
        "closed_from",
        "closed_to",
    )
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    registers: list[dict[str, str]] = []

    async def _load_views(self) -> None:
        await super()._load_views()
        found = await self._ask("pos.list_registers", {"is_everywhere": True})
        self.registers = [{"value": str(row.id), "label": row.name} for row in found.rows]

    async def _reload(self) -> None:
        """Show the page; the takings of an open shift only to those who may approve."""
        await super()._reload()
        principal = await self._principal()
        if not principal.may("pos.approve"):
            self.rows = [
                row | ({"sales_total": NOTHING} if row["closed_at"] == NOTHING else {})
                for row in self.rows
            ]


class ShiftReportState(SessionState, rx.State):
    """One shift: X report while it is open, Z report once it is closed.

    Who may not approve sees of an open shift what they need to compare with the card
    terminal, and nothing that tells the cash expected: the count stays blind.
    """

    is_loading: bool = True
    problem: str = ""
    head: dict[str, str] = {}
    methods: list[dict[str, str]] = []
    rates: list[dict[str, str]] = []
    hsn: list[dict[str, str]] = []
    notes: list[dict[str, str]] = []
    bills: list[dict[str, str]] = []
    is_open_shift: bool = False
    is_blind: bool = False
    history: list[dict[str, str]] = []

    @handler(permission="pos.view")
    async def open_report(self) -> None:
        """Load the shift that the address names."""
        wanted = {"shift_id": self._wanted_id()}
        self.is_loading, self.problem = True, ""
        principal = await self._principal()
        try:
            report = await self._ask("pos.get_shift", wanted)
            page = await self._ask("pos.list_sales", wanted | {"limit": MOST_BILLS})
        except (DomainError, ValidationError):
            self.problem = "There is no such shift."
        else:
            self.is_open_shift = report.status == "open"
            self.is_blind = self.is_open_shift and not principal.may("pos.approve")
            self.head = _head(report, principal.time_zone, is_blind=self.is_blind)
            self.methods = _methods(report, is_blind=self.is_blind)
            self._show_figures(report.figures, principal.time_zone)
            self.bills = [_bill(row, principal.time_zone) for row in page.rows]
            self.history = await history_of(self, report.id, principal)
        self.is_loading = False

    def _show_figures(self, figures: Any, zone: str) -> None:
        """Show what adds up to the takings; nothing of it while the count is blind."""
        shown = not self.is_blind
        self.rates = [_rate(row) for row in figures.by_rate if shown]
        self.hsn = [_hsn(row) for row in figures.by_hsn if shown]
        self.notes = [_note(row, zone) for row in figures.notes if shown]

    def _wanted_id(self) -> str:
        return f"{self.router.url.path}".rstrip("/").rpartition("/")[2]


class ShiftDeskState(SessionState, rx.State):
    """What a cashier does with the drawer of the open shift."""

    is_moving: bool = False
    is_closing: bool = False
    needs_reason: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    is_busy: bool = False
    closed: dict[str, str] = {}

    _key: str = ""

    @handler(permission="pos.cash")
    async def open_cash(self) -> None:
        """Ask for cash put in or taken out."""
        self._begin()
        self.is_moving = True

    @handler(permission="pos.cash")
    async def move_cash(self, form: dict[str, Any]) -> Any:
        """Record cash in or out with its reason."""
        till = await self.get_state(TillState)
        amount = f"{form.get('amount') or ''}".replace(",", "").strip()
        if form.get("direction") == "no_sale":
            return await self._open_drawer(till.shift_id, f"{form.get('reason') or ''}")
        is_out = form.get("direction") == "out"
        wanted = {
            "shift_id": till.shift_id,
            "amount": f"-{amount}" if is_out else amount,
            "reason": f"{form.get('reason') or ''}",
            "idempotency_key": self._key,
        }
        if amount.startswith("-") or not await self._did("pos.move_cash", wanted):
            self.errors = self.errors or {"amount": "Type an amount such as 500."}
            return None
        self.is_moving = False
        return rx.toast.success(
            "Cash taken out." if is_out else "Cash put in.", id="cash", position=TOAST_PLACE
        )

    async def _open_drawer(self, shift_id: str, reason: str) -> Any:
        wanted = {"shift_id": shift_id, "reason": reason, "idempotency_key": self._key}
        if not await self._did("pos.open_drawer", wanted):
            return None
        self.is_moving = False
        return rx.toast.success("Noted on the Z report.", id="cash", position=TOAST_PLACE)

    @handler(permission=SELL)
    async def open_closing(self) -> Any:
        """Ask for the count; what is expected is not shown."""
        till = await self.get_state(TillState)
        if till.lines or till.tabs:
            return rx.toast.warning(
                "Finish, park or clear the open bills first.", id="closing", position=TOAST_PLACE
            )
        self._begin()
        self.is_closing, self.needs_reason = True, False
        return None

    @handler(permission=SELL)
    async def close_shift(self, form: dict[str, Any]) -> Any:
        """Close the shift with what was counted, and only then tell over or short."""
        till = await self.get_state(TillState)
        given = {key: f"{form.get(key) or ''}" for key in ("counted_cash", "float_left", "reason")}
        wanted = {
            **given,
            "float_left": given["float_left"] or "0",
            "shift_id": till.shift_id,
            "idempotency_key": self._key,
        }
        if not await self._did("pos.close_shift", wanted):
            self.needs_reason = self.needs_reason or "reason" in self.errors
            return None
        self.is_closing = False
        return OpeningState.look_again

    @handler(permission=SELL)
    async def close_dialog(self) -> None:
        """Close either dialog; nothing is recorded."""
        self.is_moving = self.is_closing = False

    @handler(permission=SELL)
    async def put_away(self) -> None:
        """Put the result of the closing away."""
        self.closed = {}

    async def _did(self, command: str, wanted: dict[str, Any]) -> bool:
        """Run a command; show its refusal at the fields."""
        self.errors, self.problem = {}, ""
        try:
            result = await self._run(command, wanted)
        except ValidationError as error:
            self.errors = _spoken(errors_by_field(error))
            return False
        except DomainError as error:
            self.errors = {name: _sentence(text) for name, text in error.fields.items()}
            self.problem = "" if self.errors.keys() & FIELDS else error.message
            self._key = new_form_key()
            return False
        if command == "pos.close_shift":
            await self._show_closed(result)
        return True

    async def _show_closed(self, result: Any) -> None:
        till = await self.get_state(TillState)
        self.closed = _closing(result)
        till.stage, till.shift_id, till.kept = "opening", "", ""
        till._show_nothing(till._cart())

    def _begin(self) -> None:
        self.errors, self.problem, self._key = {}, "", new_form_key()


def _spoken(fields: dict[str, str]) -> dict[str, str]:
    texts = {
        "counted_cash": "Count the drawer: an amount such as 4250.",
        "float_left": "An amount such as 1000.",
        "amount": "Type an amount such as 500.",
        "reason": "Say why, in a few words.",
    }
    return {name: texts.get(name, message) for name, message in fields.items()}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _closing(result: Any) -> dict[str, str]:
    short = result.difference < 0
    over = result.difference > 0
    return {
        "shift_id": str(result.shift_id),
        "expected": money_text(result.expected_cash),
        "counted": money_text(result.counted_cash),
        "difference": money_text(abs(result.difference)),
        "verdict": "Cash short" if short else "Cash over" if over else "The count is right",
        "tone": "red" if short else "amber" if over else "green",
    }


def _head(report: Any, zone: str, *, is_blind: bool) -> dict[str, str]:
    def money(value: Any) -> str:
        return "" if value is None or is_blind else money_text(value)

    closed = (
        f"{instant_text(report.closed_at, zone)} by {report.closed_by}" if report.closed_at else ""
    )
    return {
        "id": str(report.id),
        "register": report.register_name,
        "opened": f"{instant_text(report.opened_at, zone)} by {report.opened_by}",
        "closed": closed,
        "opening_float": money_text(report.opening_float),
        "sale_count": str(report.sale_count),
        "returns": "1 return" if report.return_count == 1 else f"{report.return_count} returns",
        "sales_total": money(report.sales_total),
        "returns_total": money(report.returns_total),
        "net": money(report.sales_total - report.returns_total),
        "z_number": str(report.z_number or ""),
        "cash_in": money(report.figures.cash_in),
        "cash_out": money(-report.figures.cash_out),
        "discounts": money(report.figures.discounts),
        "round_off": money(report.figures.round_off),
        "no_sales": str(report.figures.no_sales),
        "expected": money(report.expected_cash),
        "counted": money(report.counted_cash),
        "float_left": money(report.float_left),
        "difference": money(report.difference),
        "difference_tone": _tone(report.difference),
        "reason": report.difference_reason,
    }


def _tone(difference: Any) -> str:
    if not difference:
        return "green"
    return "red" if difference < 0 else "amber"


def _methods(report: Any, *, is_blind: bool) -> list[dict[str, str]]:
    rows: Sequence[Any] = [
        row for row in report.by_method if not (is_blind and row.method == "cash")
    ]
    return [
        {
            "id": row.method,
            "method": METHOD_NAMES.get(row.method, row.method),
            "sales": money_text(row.sales),
            "refunds": money_text(-row.refunds if row.refunds else ZERO),
            "advances": money_text(row.advances) if row.advances else "",
            "net": money_text(row.sales - row.refunds + row.advances),
        }
        for row in rows
    ]


def _rate(row: Any) -> dict[str, str]:
    return {
        "id": f"{row.rate}",
        "rate": f"{plain_decimal(row.rate)}%",
        "taxable": money_text(row.taxable),
        "cgst": money_text(row.cgst),
        "sgst": money_text(row.sgst),
        "igst": money_text(row.igst),
        "total": money_text(row.total),
    }


def _hsn(row: Any) -> dict[str, str]:
    return {
        "id": row.hsn,
        "hsn": row.hsn,
        "quantity": group_count(row.quantity),
        "taxable": money_text(row.taxable),
        "tax": money_text(row.tax),
        "total": money_text(row.total),
    }


def _note(row: Any, zone: str) -> dict[str, str]:
    amount = "" if row.amount is None else money_text(row.amount)
    return {
        "id": f"{row.at}{row.kind}{row.reason}",
        "kind": NOTE_NAMES[row.kind],
        "at": instant_text(row.at, zone),
        "amount": f"{plain_decimal(row.amount)}%" if row.kind == "discount" else amount,
        "reason": row.reason,
        "who": f"{row.by}, approved by {row.approved_by}" if row.approved_by else row.by,
        "href": f"/sales/{row.sale_id}" if row.sale_id else "",
    }


def _bill(row: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "number": row.number,
        "kind": "Return" if row.kind == "return" else "Sale",
        "tone": "amber" if row.kind == "return" else "gray",
        "time": instant_text(row.sold_at, zone),
        "customer": row.customer,
        "methods": ", ".join(METHOD_NAMES.get(m, m) for m in row.methods.split(", ") if m),
        "total": money_text(-row.total if row.kind == "return" else row.total),
    }
