"""One price list: its head, its rules, and what may be done with it."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.sales.wording import (
    AUDIENCES,
    MODES,
    RULE_STANDINGS,
    RULE_TONES,
    SET,
    STANDING_TONES,
    STANDINGS,
    VIEW,
    days_words,
    rule_standing,
    rule_words,
    whom,
)
from erp.state.session import as_uuid


class PriceListState(RecordState, rx.State):
    """The head of a list."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("sales.get_price_list", {"list_id": record_id})
        today = await self._call(lambda ctx: ctx.today)
        self.head = _head(found, today) | {"may_set": "yes" if principal.may(SET) else ""}

    @handler(permission=SET)
    async def change_status(self, is_active: bool) -> EventSpec:  # noqa: FBT001  an event's value
        """Stop the list, or start it again."""
        head = self.head
        given = {
            "list_id": head.get("id", ""),
            "name": head.get("name", ""),
            "valid_until": head.get("until") or None,
            "is_active": bool(is_active),
        }
        try:
            await self._run("sales.update_price_list", given)
        except (ValidationError, DomainError) as error:
            return rx.toast.error(error.message if isinstance(error, DomainError) else "Try again.")
        await self._show()
        return rx.toast.success(
            "Its prices hold again." if is_active else "Stopped. Bills posted keep their prices."
        )


class PriceRulesState(ListState, rx.State):
    """The rules of the list that the address names, the latest set first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_price_rules"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("goods", "Goods", detail="scope"),
        Column("basis", "Says"),
        Column("valid_from", "Days", wide_only=True),
        Column("set_by", "Set by", detail="reason", wide_only=True),
        Column("is_in_force", "Standing", Kind.STATUS, labels=RULE_STANDINGS, tones=RULE_TONES),
    )
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = ("kind", "with_past")
    part_keys: ClassVar[tuple[str, ...]] = ("kind",)
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    part: str = "price"
    may_set: bool = False

    _list_id: str = ""
    _price_mode: str = ""
    _today: date = date.min

    @handler(permission=PAGE)
    async def open_rules(self) -> None:
        """Learn which list is meant and what may be done with it; prices are shown first."""
        given = dict(self.router.url.query_parameters)
        self.part = given.get("kind", "price") if given.get("kind") == "scheme" else "price"
        self._list_id = str(as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2]) or "")
        self.may_set = (await self._principal()).may(SET)
        self._today = await self._call(lambda ctx: ctx.today)
        try:
            found = await self._ask("sales.get_price_list", {"list_id": self._list_id})
        except (ValidationError, DomainError):
            return
        self._price_mode = found.price_mode

    @handler(permission=PAGE)
    async def choose_part(self, part: str) -> EventSpec | None:
        """Show the prices, or the schemes."""
        if part not in {"price", "scheme"}:
            return None
        self.part = part
        return await self.narrow("kind", part)

    def _fixed(self) -> dict[str, str]:
        return {"list_id": self._list_id}

    def _wanted(self) -> dict[str, Any]:
        return {"kind": self.part} | super()._wanted()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "scope": "" if row.scope == "all" else row.scope.capitalize(),
            "basis": rule_words(row, self._price_mode),
            "valid_from": days_words(row.valid_from, row.valid_until, self._today),
            "set_by": row.set_by or "system",
            "is_in_force": rule_standing(row, self._today),
            "href": _goods_href(row),
        }

    def _aside(self, row: Any) -> dict[str, str]:
        is_live = rule_standing(row, self._today) != "past"
        return {"may_end": "yes" if self.may_set and is_live else ""}


class EditListState(DialogFormState, rx.State):
    """Renames a list or gives it an end."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.update_price_list"
    subject_field: ClassVar[str] = "list_id"

    facts: dict[str, str] = {}

    async def _prepare(self) -> None:
        page = await self.get_state(PriceListState)
        self.facts = {key: page.head.get(key, "") for key in ("name", "until", "is_active")}

    def _payload(self, form: Any) -> dict[str, Any]:
        return dict(super()._payload(form)) | {"is_active": self.facts.get("is_active") != ""}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(PriceListState)
        await page._show()  # noqa: SLF001  sister of this state
        return "Saved."


def _head(row: Any, today: date) -> dict[str, str]:
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "whom": whom(row),
        "audience": AUDIENCES[row.audience],
        "whom_href": f"/parties/{row.party_id}" if row.party_id else "",
        "mode": MODES[row.price_mode],
        "days": days_words(row.valid_from, row.valid_until, today),
        "until": str(row.valid_until or ""),
        "is_active": "yes" if row.is_active else "",
        "standing": STANDINGS[row.standing],
        "tone": STANDING_TONES[row.standing],
        "warning": _warning(row),
        "prices": str(row.prices),
        "schemes": str(row.schemes),
    }


def _warning(row: Any) -> str:
    """Return why a list decides nothing today; empty where it does."""
    if row.standing == "stopped":
        return "This list is stopped: none of its prices hold until it is started again."
    if row.standing == "coming":
        return f"Its prices hold from {date_text(row.valid_from)} on."
    if row.standing == "over":
        return f"It ended on {date_text(row.valid_until)}. Give it a later end to use it again."
    return ""


def _goods_href(row: Any) -> str:
    if row.lot_id:
        return f"/stock/lots/{row.lot_id}"
    if row.product_id:
        return f"/products/{row.product_id}"
    return f"/products?search={row.goods}" if row.scope == "brand" else "/products"
