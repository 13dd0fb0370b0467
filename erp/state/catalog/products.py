"""The product list, and the form of a new product."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.catalog.choosing import brand_choices
from erp.state.catalog.wording import (
    FORMS,
    LEVEL_TONES,
    SHELF_TONES,
    names_typed,
    tax_words,
)
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState, is_ticked

EDIT = "catalog.edit"
FACTS = ("name", "form", "remedy", "is_pharmacopoeial", "constituents")
"""Fields that decide how a product is taxed."""
CHECKS = ("is_lot_tracked", "is_expiry_required", "is_service")


class ProductListState(ListState, rx.State):
    """Products by name, potency by potency, with what can be sold of them."""

    permission: ClassVar[str] = "catalog.view"
    query: ClassVar[str] = "catalog.list_products"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="sku", picture="picture_url"),
        Column("brand", "Brand", sort="brand", wide_only=True),
        Column("form", "Form", sort="form", labels=FORMS, wide_only=True),
        Column("gst_rate", "GST", Kind.PERCENT, wide_only=True),
        Column("mrp_max", "MRP", Kind.MONEY, wide_only=True),
        Column("nearest_expiry", "Expiry", Kind.EXPIRY, tone="shelf_life", tones=SHELF_TONES),
        Column("sellable", "Sellable", Kind.COUNT, tone="stock_level", tones=LEVEL_TONES),
    )
    row_link: ClassVar[str] = "/products/{product_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("form", "brand_id", "price_from", "price_to")
    topics: ClassVar[tuple[str, ...]] = ("catalog", "inventory", "pos")

    brands: list[dict[str, str]] = []
    may_edit: bool = False

    @handler(permission=PAGE)
    async def open_products(self) -> None:
        """Show the list with the brands to choose from."""
        self.brands = await brand_choices(self._ask)
        self.may_edit = (await self._principal()).may(EDIT)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"id": row.variant_id}


UNKNOWN_TAX: dict[str, str] = {"reason": ""}
"""What the rules say of goods that are not named yet."""


class NewProductState(FormState, rx.State):
    """Adds a product, taxed as the rules say of what is typed; its variants follow on its own page."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.create_product"

    brands: list[str] = []
    tax_classes: list[dict[str, str]] = []
    tax: dict[str, str] = UNKNOWN_TAX
    tax_class: str = ""
    hsn: str = ""
    must_explain: bool = False

    _facts: dict[str, str] = {}
    _is_class_chosen: bool = False
    _is_hsn_typed: bool = False

    @handler(permission=PAGE)
    async def open_product(self) -> None:
        """Offer an empty form with the known brands and tax classes."""
        self.brands = [choice["label"] for choice in await brand_choices(self._ask)]
        classes = await self._ask("catalog.list_tax_classes")
        self.tax_classes = [
            {"value": "", "label": "Choose how it is taxed"},
            *({"value": row.code, "label": row.name} for row in classes.rows),
        ]
        self.tax, self.tax_class, self.hsn, self.must_explain = UNKNOWN_TAX, "", "", False
        self._facts = {"form": next(iter(FORMS))}
        self._is_class_chosen = self._is_hsn_typed = False
        self._renew()

    @handler(permission=PAGE)
    async def learn(self, name: str, value: str) -> None:
        """Take what was typed of the goods, and tell how the rules tax them now."""
        if name in FACTS and self._facts.get(name, "") != f"{value}":
            self._facts = self._facts | {name: f"{value}"}
            await self._propose()

    @handler(permission=PAGE)
    async def choose_class(self, value: str) -> None:
        """Tax it by a class that a person chose; by the rules' one where none is."""
        self.tax_class, self._is_class_chosen = f"{value}", bool(value)
        await self._propose()

    @handler(permission=PAGE)
    async def type_hsn(self, value: str) -> None:
        """Take a code that a person typed; the rules' one where it is emptied."""
        self.hsn, self._is_hsn_typed = f"{value}", bool(value)

    async def _propose(self) -> None:
        try:
            found = await self._ask("catalog.propose_tax", self._goods())
        except (ValidationError, DomainError):
            self.tax, self.must_explain = UNKNOWN_TAX, False
            return
        self.tax = tax_words(found)
        if not self._is_class_chosen:
            self.tax_class = found.tax_class
        if not self._is_hsn_typed:
            self.hsn = found.hsn
        self.must_explain = found.tax_class not in ("", self.tax_class)

    def _goods(self) -> dict[str, Any]:
        """Return what is typed of the goods; what is not a name yet is refused by the query."""
        facts: dict[str, Any] = {k: typed for k, typed in self._facts.items() if typed.strip()}
        facts["constituents"] = names_typed(facts.get("constituents"))
        if "is_pharmacopoeial" in facts:
            facts["is_pharmacopoeial"] = is_ticked(facts["is_pharmacopoeial"])
        return facts | ({"tax_class": self.tax_class} if self._is_class_chosen else {})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send a box that is not ticked as a no, and the remedy with all its names."""
        given = dict(super()._payload(form))
        checks = {name: is_ticked(given.get(name)) for name in CHECKS}
        return with_remedy(given) | checks

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        return [
            rx.toast.success("Product added. Now add its potencies and packs."),
            rx.redirect(f"/products/{result.id}"),
        ]


def with_remedy(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input with the remedy and those of its names that the form asks for."""
    names: dict[str, Any] = {
        name: names_typed(given[name]) for name in ("synonyms", "abbreviations") if name in given
    }
    by_the_book = given.get("is_pharmacopoeial")
    used = ("synonyms", "abbreviations", "remedy", "is_pharmacopoeial")
    rest = {name: value for name, value in given.items() if name not in used}
    rest["constituents"] = names_typed(given.get("constituents"))
    if not given.get("remedy"):
        return rest | {"remedy": None}
    if by_the_book:
        names["is_pharmacopoeial"] = is_ticked(by_the_book)
    return rest | {"remedy": {"name": given["remedy"], **names}}
