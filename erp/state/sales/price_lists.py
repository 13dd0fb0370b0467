"""Price lists: all of them, a new one, and what goods would cost."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, group_count, money_text
from erp.state.explaining import errors_by_field
from erp.state.listing import ListState
from erp.state.pricing import price_words
from erp.state.registry import PAGE, handler
from erp.state.sales.wording import (
    AUDIENCES,
    SET,
    STANDING_TONES,
    STANDINGS,
    VIEW,
    days_words,
    whom,
)
from erp.state.session import SessionState, as_uuid
from erp.state.showing import display_rows
from erp.state.submitting import FormState

LOT_COLUMNS = (
    Column("lot_number", "Lot", detail="expiry"),
    Column("units", "Gives", Kind.COUNT, detail="of"),
    Column("mrp", "MRP", Kind.MONEY, wide_only=True),
    Column("unit_price", "A unit with GST", Kind.MONEY),
    Column("why", "Why"),
)


class PriceListsState(ListState, rx.State):
    """Price lists by code."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_price_lists"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "List", sort="name", detail="code"),
        Column("audience", "For"),
        Column("valid_from", "Days", sort="valid_from", wide_only=True),
        Column("prices", "Prices", Kind.COUNT, sort="prices", wide_only=True),
        Column("schemes", "Schemes", Kind.COUNT, sort="schemes", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=STANDING_TONES),
    )
    row_link: ClassVar[str] = "/prices/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("audience", "standing", "customer_id")
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    may_set: bool = False

    _today: date | None = None

    @handler(permission=PAGE)
    async def open_lists(self) -> None:
        """Learn what may be done here."""
        self.may_set = (await self._principal()).may(SET)
        self._today = await self._call(lambda ctx: ctx.today)

    @handler(permission=SET)
    async def make_usual(self) -> EventSpec:
        """Make the lists customers are given by their kind; known ones are left alone."""
        made = (await self._run("sales.make_standard_lists", {})).made
        await self._reload()
        words = f"{counted(len(made), 'list')} made." if made else "They are all here already."
        return rx.toast.success(words)

    def _entry(self, row: Any) -> Any:
        days = days_words(row.valid_from, row.valid_until, self._today or row.valid_from)
        return row.model_dump() | {"audience": whom(row), "valid_from": days}


class NewListState(FormState, rx.State):
    """Makes an empty list."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.create_price_list"

    audience: str = "everyone"
    customer: dict[str, str] = {"id": "", "name": ""}

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form; the address may name the customer of a contract."""
        self._renew()
        self.audience, self.customer = "everyone", {"id": "", "name": ""}
        wanted = as_uuid(dict(self.router.url.query_parameters).get("customer_id", ""))
        if wanted is None:
            return
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
        except DomainError:
            return
        self.audience, self.customer = "customer", {"id": str(found.id), "name": found.name}

    @handler(permission=PAGE)
    async def choose_audience(self, audience: str) -> None:
        """Ask for the customer, or the kind, that the list is for."""
        if audience in AUDIENCES:
            self.audience = audience

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        return [
            rx.toast.success("The list is made. Set its prices now."),
            rx.redirect(f"/prices/{result.id}"),
        ]


class TryPriceState(SessionState, rx.State):
    """What goods would cost a customer, and why.

    Attributes:
        summary: What was asked, in words; empty while nothing was.
    """

    permission: ClassVar[str] = VIEW

    field_errors: dict[str, str] = {}
    problem: str = ""
    summary: str = ""
    total: str = ""
    free: str = ""
    short: str = ""
    lots: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_panel(self) -> None:
        """Ask anew."""
        self._forget()

    @handler(permission=PAGE)
    async def explain(self, form: dict[str, Any]) -> None:
        """Answer with the price of each lot, first expiry first."""
        self._forget()
        given = {key: f"{form[key]}" for key in ("customer_id", "variant_id") if form.get(key)}
        given["quantity"] = f"{form.get('quantity') or 1}".replace(",", "")
        try:
            answer = await self._ask("sales.explain_price", given)
        except ValidationError as error:
            self.field_errors = errors_by_field(error)
        except DomainError as error:
            self.field_errors, self.problem = errors_by_field(error), error.message
        else:
            self._show(answer, (await self._principal()).time_zone)

    def _forget(self) -> None:
        self.field_errors, self.problem, self.summary = {}, "", ""
        self.total = self.free = self.short = ""
        self.lots = []

    def _show(self, answer: Any, zone: str) -> None:
        of = f"{group_count(answer.quantity)} {answer.unit} of {answer.label}"
        self.summary = f"{of} for {answer.customer}"
        self.total = money_text(answer.total)
        self.lots = display_rows([_lot(lot) for lot in answer.lots], LOT_COLUMNS, zone)
        if answer.free is not None:
            gift = answer.free
            self.free = f"+ {group_count(gift.quantity)} free {gift.label}"
            self.free += f": {gift.trace['scheme']} of list {gift.trace['list']}"
        if answer.short:
            self.short = f"{counted(answer.short, 'unit')} of these cannot be sold here now."


def _lot(lot: Any) -> Mapping[str, Any]:
    return {
        "id": lot.lot_id,
        "lot_number": lot.lot_number or "No lot",
        "expiry": f"until {expiry_text(lot.expires_on)}" if lot.expires_on else "",
        "units": lot.units,
        "of": f"of {group_count(lot.sellable)}",
        "mrp": lot.mrp,
        "unit_price": lot.unit_price,
        "why": price_words(lot.trace),
    }
