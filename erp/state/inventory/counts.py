"""Stock counts: the list, and starting one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count
from erp.state.catalog.choosing import brand_choices
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid
from erp.state.submitting import FormState

VIEW_COUNTS = "inventory.view_counts"
COUNT = "inventory.count"
APPROVE = "inventory.approve_count"
COUNT_STATUSES: Mapping[str, str] = {
    "open": "Counting",
    "submitted": "To approve",
    "approved": "Posted",
    "cancelled": "Cancelled",
}
COUNT_TONES: Mapping[str, str] = {
    "open": "blue",
    "submitted": "amber",
    "approved": "green",
    "cancelled": "gray",
}
SCOPES = (
    ("all", "Everything there"),
    ("brand", "One brand"),
    ("products", "Chosen products"),
    ("expiring", "Lots that expire soon"),
    ("due", "Lots that are due"),
)
_MOST_PRODUCTS = 50


def scope_of(count: Any) -> str:
    """Return in words what a count was narrowed to."""
    parts = [count.brand] if count.brand else []
    if count.products:
        parts.append(counted(count.products, "product"))
    if count.expires_before:
        parts.append(f"expiring before {date_text(count.expires_before)}")
    if count.is_due:
        parts.append("lots that were due")
    if count.abc:
        parts.append(f"class {count.abc}")
    text = ", ".join(parts) or "Everything there"
    return text[0].upper() + text[1:]


def progress_of(count: Any) -> str:
    """Return how far a count is: `37 of 120 lots`."""
    return f"{group_count(count.done)} of {counted(count.lots, 'lot')}"


class CountListState(ListState, rx.State):
    """Counts of the branch, the newest first."""

    permission: ClassVar[str] = VIEW_COUNTS
    query: ClassVar[str] = "inventory.list_counts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Count", sort="number", detail="brand"),
        Column("location", "Place", sort="location", wide_only=True),
        Column(
            "started_at",
            "Started",
            Kind.INSTANT,
            sort="started_at",
            detail="started_by",
            wide_only=True,
        ),
        Column("done", "Counted", detail="is_blind"),
        Column("gained", "Gains", Kind.MONEY, wide_only=True),
        Column("lost", "Losses", Kind.MONEY, wide_only=True),
        Column(
            "status", "Status", Kind.STATUS, sort="status", labels=COUNT_STATUSES, tones=COUNT_TONES
        ),
    )
    row_link: ClassVar[str] = "{page}/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "location_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    may_count: bool = False
    may_view: bool = False

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_count, self.may_view = principal.may(COUNT), principal.may(VIEW)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        is_sheet = row.status == "open" and self.may_count
        return row.model_dump() | {
            "page": "/stock/counts/sheet" if is_sheet else "/stock/counts",
            "brand": scope_of(row),
            "done": progress_of(row),
            "is_blind": "Blind" if row.is_blind else "",
        }


class StartCountState(FormState, rx.State):
    """Opens a count."""

    permission: ClassVar[str] = COUNT
    command: ClassVar[str] = "inventory.start_count"

    places: list[dict[str, str]] = []
    brands: list[dict[str, str]] = []
    scope: str = "all"
    products: list[dict[str, str]] = []
    adds: int = 0
    wanted_place: str = ""
    wanted_class: str = ""

    @handler(permission=PAGE)
    async def open_start(self) -> None:
        """Offer a form with the places and brands that may be chosen; the address may name some."""
        self._renew()
        given = dict(self.router.url.query_parameters)
        scope = given.get("scope", "")
        self.scope, self.products = scope if scope in dict(SCOPES) else "all", []
        self.wanted_place, self.wanted_class = given.get("location_id", ""), given.get("abc", "")
        branch = (await self._principal()).branch_id
        places = await _rows(self, "inventory.list_locations", {"branch_id": branch})
        self.places = [{"value": str(row.id), "label": row.name} for row in places]
        self.brands = [{"value": "", "label": "Choose a brand"}, *await self._brands()]

    async def _brands(self) -> list[dict[str, str]]:
        """Return the brands; none for who may count but not look at the catalogue."""
        try:
            return await brand_choices(self._ask)
        except DomainError:
            return []

    @handler(permission=PAGE)
    async def choose_scope(self, scope: str) -> None:
        """Say which lots of the place are counted."""
        if scope in dict(SCOPES):
            self.scope, self.field_errors = scope, {}

    @handler(permission=PAGE)
    async def add_product(self, product_id: str, label: str) -> None:
        """Count a product too."""
        known = {product["id"] for product in self.products}
        if as_uuid(product_id) and product_id not in known and len(known) < _MOST_PRODUCTS:
            self.products = [*self.products, {"id": product_id, "label": f"{label}"[:200]}]
            self.adds += 1

    @handler(permission=PAGE)
    async def drop_product(self, product_id: str) -> None:
        """Leave a product out."""
        self.products = [product for product in self.products if product["id"] != product_id]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        names = ("idempotency_key", "location_id", "note")
        given = {name: form[name] for name in names if form.get(name)}
        given["is_blind"] = bool(form.get("is_blind"))
        if self.scope == "products":
            given["products"] = [{"product_id": product["id"]} for product in self.products]
        field = {"brand": "brand_id", "expiring": "expires_before"}.get(self.scope)
        if self.scope == "due":
            given |= {"is_due": True} | ({"abc": form["abc"]} if form.get("abc") else {})
        return given | ({field: f"{form.get(field) or ''}"} if field else {})

    async def _attempt(self) -> AsyncIterator[Any]:
        """Refuse chosen products of which there are none: that would count everything."""
        if self.scope == "products" and not self.products:
            self.form_error = "Some fields need another look."
            self.field_errors = {"add_product": "Choose at least one product."}
            return
        async for event in FormState._attempt(self):
            yield event

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        told = f"Count {result.number} is open: {counted(result.lots, 'lot')} to count."
        return [rx.toast.success(told), rx.redirect(f"/stock/counts/sheet/{result.count_id}")]


async def _rows(state: SessionState, query: str, given: Mapping[str, Any]) -> list[Any]:
    """Return what may be chosen from; nothing for who may count but not look around."""
    try:
        return list((await state._ask(query, given)).rows)
    except DomainError:
        return []
