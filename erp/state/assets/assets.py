"""Fixed assets: the list, and one of them with what may be done about it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, money_text, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.assets.wording import BOUGHT_FROM, MANAGE, METHODS, STATUSES, TONES, VIEW
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

LOSS_COLUMNS = (
    Column("until", "Until", Kind.DATE),
    Column("amount", "Depreciation", Kind.MONEY),
    Column("worth", "Worth after", Kind.MONEY),
)
MOVE_COLUMNS = (
    Column("moved_on", "Day", Kind.DATE, detail="person"),
    Column("branch", "To branch"),
    Column("place", "Place", detail="custodian"),
    Column("note", "Note", wide_only=True),
)


class AssetListState(ListState, rx.State):
    """Assets, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "assets.list_assets"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Asset", sort="name", detail="number"),
        Column("category", "Kind", sort="category", wide_only=True),
        Column("branch", "Branch", sort="branch", detail="place", wide_only=True),
        Column("used_from", "In use from", Kind.DATE, sort="used_from", wide_only=True),
        Column("status", "Status", Kind.STATUS, sort="status", labels=STATUSES, tones=TONES),
        Column("cost", "Cost", Kind.MONEY, sort="cost", wide_only=True),
        Column("worth", "Worth", Kind.MONEY, sort="worth"),
    )
    row_link: ClassVar[str] = "/fixed-assets/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("assets",)

    may_manage: bool = False

    @handler(permission=PAGE)
    async def open_assets(self) -> None:
        """Learn what may be done here."""
        self.may_manage = (await self._principal()).may(MANAGE)


class AssetState(RecordState, rx.State):
    """An asset with what it lost and where it was."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("assets",)

    losses: list[dict[str, str]] = []
    moves: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("assets.get_asset", {"asset_id": record_id})
        zone = principal.time_zone
        losses = [row.model_dump() | {"id": str(row.month)} for row in found.losses]
        self.losses = display_rows(losses, LOSS_COLUMNS, zone)
        moves = [row.model_dump() | {"id": str(at)} for at, row in enumerate(found.moves)]
        self.moves = display_rows(moves, MOVE_COLUMNS, zone)
        may = found.status == "in_use" and principal.may(MANAGE)
        sale = await self._ask("disposals.get_sale", {"asset_id": record_id})
        self.head = _head(found) | {
            "may_change": "yes" if may else "",
            "invoice": sale.number,
            "invoice_href": f"/invoices/{sale.invoice_id}" if sale.number else "",
            "sold": _sold(sale),
            "may_cancel": "yes" if sale.number and principal.may(MANAGE) else "",
            "sees_books": "yes" if principal.may("accounting.view") else "",
        }


def _head(found: Any) -> dict[str, str]:
    way = METHODS[found.method]
    fact = (
        f"{found.life_months} months, until {date_text(found.life_ends_on)}"
        if found.life_months
        else f"{plain_decimal(found.rate)}% a year"
    )
    credit = found.igst + found.cgst + found.sgst
    gone = ""
    if found.disposed_on:
        side = "gain" if found.gain >= 0 else "loss"
        gone = (
            f"{STATUSES[found.status]} on {date_text(found.disposed_on)} for"
            f" {money_text(found.proceeds)}, a {side} of {money_text(abs(found.gain))}:"
            f" {found.disposal_reason}"
        )
    bill = " · ".join(part for part in (found.supplier, found.bill_number) if part)
    return {
        "id": str(found.id),
        "number": found.number,
        "name": found.name,
        "about": f"{found.number} · {found.category} · {found.branch}",
        "status": STATUSES[found.status],
        "tone": TONES[found.status],
        "gone": gone,
        "cost": money_text(found.cost),
        "lost": money_text(found.lost),
        "worth": money_text(found.worth),
        "residual": money_text(found.residual),
        "credit": money_text(credit) if credit else "",
        "account": found.account,
        "method": f"{way}, {fact}",
        "bought": f"{date_text(found.bought_on)} · {BOUGHT_FROM[found.bought_from]}",
        "booked": date_text(found.booked_on),
        "used_from": date_text(found.used_from),
        "bill": bill,
        "serial": found.serial,
        "branch_id": str(found.branch_id),
        "place": found.place,
        "custodian": found.custodian,
        "note": found.note,
        "journal": f"/books/journal?origin_id={found.id}",
    }


def _sold(sale: Any) -> str:
    """Say what an asset's invoice charged, and what of its credit went back beside it."""
    if not sale.number:
        return ""
    words = (
        f"{sale.number} to {sale.buyer}: {money_text(sale.price)} and {money_text(sale.tax)} tax."
    )
    if not sale.credit_left:
        return words
    left = f" After {sale.quarters} quarters {money_text(sale.credit_left)} of its credit was left"
    if sale.excess:
        return f"{words}{left}; {money_text(sale.excess)} of it was reversed."
    return f"{words}{left}, which the tax covers."


class _OfAsset(DialogFormState, mixin=True):
    """A form over the asset's page."""

    subject_field: ClassVar[str] = "asset_id"

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(AssetState)
        await page._show()  # noqa: SLF001  sister of this state


class MoveAssetState(_OfAsset, rx.State):
    """Says where an asset is now."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.move_asset"
    done_words: ClassVar[str] = "Moved."

    branches: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("identity.list_branches", {})
        self.branches = [{"value": str(row.id), "label": row.name} for row in found.rows]


class SellAssetState(_OfAsset, rx.State):
    """Sells an asset with its invoice."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "disposals.sell_asset"

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        side = "gain" if result.gain >= 0 else "loss"
        return f"Sold on {result.number} for {money_text(result.total)}, a {side} of {money_text(abs(result.gain))}."


class CancelAssetSaleState(_OfAsset, rx.State):
    """Cancels an asset's sale."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "disposals.cancel_sale"
    done_words: ClassVar[str] = "Cancelled. The asset is in use again."


class DisposeAssetState(_OfAsset, rx.State):
    """Takes an asset out of the books."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.dispose_asset"

    async def _done(self, result: Any) -> str:
        await self._bring_up_to_date()
        side = "gain" if result.gain >= 0 else "loss"
        return f"{result.number} is out of the books, a {side} of {money_text(abs(result.gain))}."
