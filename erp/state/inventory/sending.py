"""The forms of a transfer: sending goods to another warehouse, and asking it for some."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import expiry_text, group_count, money_text
from erp.services import platform
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.inventory.stock import TRANSFER
from erp.state.lining import Line, LinedFormState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

Place = dict[str, str]
NOWHERE = {"value": "", "label": "Choose a place"}


class WayState(LinedFormState, mixin=True):
    """Goods between a place of the acting branch and one of another warehouse.

    Attributes:
        places: Where goods of the branch are. others: places of the other warehouses.
        fixed: The request that is answered, with its number; nothing where there is none.
    """

    permission: ClassVar[str] = TRANSFER

    places: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    place: str = ""
    other: str = ""
    fixed: dict[str, str] = {}
    advice: list[dict[str, str]] = []

    _known: list[Place] = []

    @handler(permission=PAGE)
    async def choose_place(self, location_id: str) -> None:
        """Take another place of the branch."""
        if location_id in {place["value"] for place in self.places}:
            self.place = location_id
            self._offer_others()
            await self._show_ends()

    @handler(permission=PAGE)
    async def choose_other(self, location_id: str) -> None:
        """Take another place of another warehouse."""
        if location_id in {place["value"] for place in self.others}:
            self.other = location_id
            await self._show_ends()

    @handler(permission=PAGE)
    async def add_product(self, variant_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Add a line for a product that was found by name."""
        return await self._add(variant_id) if as_uuid(variant_id) else None

    @handler(permission=PAGE)
    async def take_advice(self, place: str) -> EventSpec | None:
        """Add what is advised: one line, or all of them."""
        event = None
        chosen = [row for row in self.advice if place in {row["id"], "all"}]
        for row in chosen:
            event = await self._add(row["variant_id"], row)
        self.advice = [row for row in self.advice if row not in chosen]
        return event

    def _ends(self) -> dict[str, str]:
        """Return where goods come from and where they go; pages override."""
        return {"from_location_id": self.place, "to_location_id": self.other}

    async def _open(self, given: Mapping[str, str]) -> None:
        """Empty the form and offer the places."""
        self._restart()
        self.fixed, self.advice = {}, []
        branch = str((await self._principal()).branch_id)
        found = (await self._ask("inventory.list_locations")).rows
        kept = [row for row in found if row.kind in {"storage", "expired_store"}]
        self._known = [_known(row, branch) for row in kept]
        mine = [place for place in self._known if place["is_mine"]]
        several = len({place["warehouse_id"] for place in mine}) > 1
        self.places = [_option(place, place["warehouse"] if several else "") for place in mine]
        named = given.get("location_id", "")
        here = [place["value"] for place in self.places]
        self.place = named if named in here else (here or [""])[0]
        self.other = ""
        self._offer_others(given.get("to_branch_id", ""))

    def _offer_others(self, branch_id: str = "") -> None:
        """Offer the places of other warehouses; choose one where it is plain which."""
        own = next((x["warehouse_id"] for x in self._known if x["value"] == self.place), "")
        others = [x for x in self._known if x["warehouse_id"] != own]
        self.others = [NOWHERE, *(_option(x, x[_end_of(x)]) for x in others)]
        if self.other not in {x["value"] for x in others}:
            self.other = _plain(others, branch_id)

    async def _add(self, variant_id: str, about: Mapping[str, str] | None = None) -> Any:
        if not self.place or not self.other:
            return rx.toast.warning("Choose both places first.")
        lot_id = (about or {}).get("lot_id", "")
        if any((x["variant_id"], x["lot_id"]) == (variant_id, lot_id) for x in self.lines):
            return rx.toast.warning("This is on the list already.")
        try:
            ends = await self._stock(variant_id)
        except DomainError as error:
            return rx.toast.error(error.message)
        line = {
            "variant_id": variant_id,
            "lot_id": lot_id,
            "lot": (about or {}).get("lot", ""),
            "quantity": (about or {}).get("quantity", ""),
        }
        return self._add_line(line | ends)

    async def _stock(self, variant_id: str) -> Line:
        found = await self._ask(
            "inventory.stock_at_ends", self._ends() | {"variant_id": variant_id}
        )
        return {
            "label": found.label,
            "unit": found.unit,
            "here": group_count(found.here),
            "there": group_count(found.there),
            "coming": group_count(found.coming) if found.coming else "",
            "wanted": group_count(found.wanted) if found.wanted else "",
        }

    async def _show_ends(self) -> None:
        """Bring stock at both ends and what is advised up to date."""
        if self.place and self.other:
            self.lines = [line | await self._stock(line["variant_id"]) for line in self.lines]

    def _goods_typed(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {"variant_id": line["variant_id"]}
            | ({"lot_id": line["lot_id"]} if line["lot_id"] else {})
            | {k: v.replace(",", "") for k, v in self._typed(form, line, "quantity").items()}
            for line in self.lines
        ]


class SendGoodsState(WayState, ReviewedFormState, rx.State):
    """Sends goods off."""

    command: ClassVar[str] = "inventory.dispatch_transfer"

    _lots: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_sending(self) -> EventSpec | None:
        """Offer an empty form; the address may name a request, or a lot and a branch."""
        given = dict(self.router.url.query_parameters)
        await self._open(given)
        if as_uuid(given.get("transfer_id", "")):
            return await self._answer(given["transfer_id"])
        await self._advise()
        lot_id = given.get("lot_id", "")
        return await self._add_lot(lot_id, given) if as_uuid(lot_id) else None

    async def _answer(self, transfer_id: str) -> EventSpec | None:
        """Fill in what another warehouse asks for, as far as it is here."""
        try:
            found = await self._ask("inventory.get_transfer", {"transfer_id": transfer_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        head = found.transfer
        self.place, self.other = str(head.from_location_id), str(head.to_location_id)
        self.fixed = {
            "id": str(head.id),
            "number": head.number,
            "from": head.places[0],
            "to": head.places[1],
        }
        for ask in found.asked:
            units = str(min(ask.quantity, ask.available) or "")
            await self._add(
                str(ask.variant_id), {"quantity": units, "lot": f"{ask.quantity} asked for"}
            )
        return None

    async def _add_lot(self, lot_id: str, given: Mapping[str, str]) -> EventSpec | None:
        """Add a lot that the address names."""
        wanted = {"lot_id": lot_id, "location_id": self.place, "limit": 1}
        found = (await self._ask("inventory.stock_by_lot", wanted)).rows
        if not found:
            return rx.toast.warning("Nothing of this lot is in this place.")
        row = found[0]
        units = given.get("quantity", "")
        free = row.on_hand - row.reserved
        about = {
            "lot_id": lot_id,
            "lot": _lot_words(row),
            "quantity": units if units.isdigit() else str(free),
        }
        event: EventSpec | None = await self._add(str(row.variant_id), about)
        return event

    async def _show_ends(self) -> None:
        await super()._show_ends()
        await self._advise()

    async def _advise(self) -> None:
        self.advice = []
        if self.place and self.other and self.place != self.other:
            try:
                found = await self._ask("inventory.advise_transfer", self._ends())
            except DomainError:
                return
            self.advice = [_advice(at, row) for at, row in enumerate(found.rows)]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        fields = ("idempotency_key", "note", "transport", "expected_on")
        head = {field: form[field] for field in fields if form.get(field)}
        ends = {"transfer_id": self.fixed["id"]} if self.fixed else self._ends()
        filled = {key: value for key, value in ends.items() if value}
        return head | filled | {"lines": self._goods_typed(form)}

    async def _try(self) -> platform.Preview:
        tried = await super()._try()
        moved = [effect for effect in tried.effects if effect["kind"] == "stock"]
        for variant_id in {effect["variant_id"] for effect in moved}:
            wanted = {"variant_id": variant_id, "location_id": self.place, "limit": 200}
            rows = (await self._ask("inventory.stock_by_lot", wanted)).rows
            named = {str(row.lot_id): f"{row.label}, {_lot_words(row)}" for row in rows}
            self._lots = self._lots | named
        return tried

    def _show_effects(self, tried: platform.Preview) -> None:
        super()._show_effects(tried)
        moved = [effect for effect in tried.effects if effect["kind"] == "stock"]
        ordered = sorted(moved, key=lambda move: move["line_no"])
        self.stock_effects = [
            row | {"label": self._lots.get(move["lot_id"], row["label"])}
            for row, move in zip(self.stock_effects, ordered, strict=True)
        ]

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        told = f"Sent under challan {result.challan}: {money_text(result.value)} at cost."
        return [rx.toast.success(told), rx.redirect(f"/stock/transfers/{result.transfer_id}")]


class AskForGoodsState(WayState, rx.State):
    """Asks another warehouse for goods."""

    command: ClassVar[str] = "inventory.request_transfer"

    @handler(permission=PAGE)
    async def open_asking(self) -> EventSpec | None:
        """Offer an empty form; the address may name a product."""
        given = dict(self.router.url.query_parameters)
        await self._open(given)
        named = as_uuid(given.get("variant_id", ""))
        return await self._add(str(named)) if named else None

    def _ends(self) -> dict[str, str]:
        return {"from_location_id": self.other, "to_location_id": self.place}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = {field: form[field] for field in ("idempotency_key", "note") if form.get(field)}
        filled = {key: value for key, value in self._ends().items() if value}
        return head | filled | {"lines": self._goods_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        told = f"{result.number}: those who send are told."
        return [rx.toast.success(told), rx.redirect(f"/stock/transfers/{result.transfer_id}")]


def _known(row: Any, branch_id: str) -> Place:
    return {
        "value": str(row.id),
        "name": row.name,
        "kind": row.kind,
        "warehouse_id": str(row.warehouse_id),
        "warehouse": row.warehouse,
        "branch_id": str(row.branch_id),
        "branch": row.branch,
        "is_mine": "yes" if str(row.branch_id) == branch_id else "",
    }


def _option(place: Place, of: str) -> Place:
    """Return a place as it is chosen, named with what it is of where that must be told."""
    name = place["name"]
    is_told = not of or name.startswith(of)
    return {"value": place["value"], "label": name if is_told else f"{of}: {name}"}


def _end_of(place: Place) -> str:
    """Return what tells a far place from others: its warehouse here, its branch elsewhere."""
    return "warehouse" if place["is_mine"] else "branch"


def _plain(others: Sequence[Place], branch_id: str) -> str:
    """Return the first storage of a branch, or of the only one there is, elsewhere before here."""
    storages = [x for x in others if x["kind"] == "storage"]
    wanted = [x for x in storages if x["branch_id"] == branch_id]
    far = [x for x in storages if not x["is_mine"]] or storages
    only = far if len({x[f"{_end_of(x)}_id"] for x in far}) == 1 else []
    return next((x["value"] for x in (*wanted, *only)), "")


def _lot_words(row: Any) -> str:
    expiry = f" · {expiry_text(row.expires_on)}" if row.expires_on else ""
    return f"Lot {row.lot_number}{expiry}"


def _advice(at: int, row: Any) -> dict[str, str]:
    return {
        "id": f"advice-{at}",
        "variant_id": str(row.variant_id),
        "lot_id": str(row.lot_id or ""),
        "lot": f"Lot {row.lot_number}" if row.lot_id else "",
        "label": row.label,
        "quantity": str(row.quantity),
        "units": group_count(row.quantity),
        "reason": row.reason,
    }
