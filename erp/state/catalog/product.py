"""One product: its variants, taxes, stock and moves, and the forms that change them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_count, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.catalog.products import EDIT, with_remedy
from erp.state.catalog.wording import FORMS, LICENCES, SHELF_TONES, gst_words, tax_words
from erp.state.inventory.wording import HELD_TONES, MOVE_COLUMNS, STATUS, move_entry
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.showing import display_rows
from erp.state.submitting import FormState

MOST_LOTS = 100
LATEST_MOVES = 12
LOT_COLUMNS = (
    Column("lot_number", "Lot", detail="label"),
    Column("expires_on", "Expiry", Kind.EXPIRY, tone="shelf_life", tones=SHELF_TONES),
    Column("mrp", "MRP", Kind.MONEY, wide_only=True),
    STATUS,
    Column("location", "Place", wide_only=True),
    Column("on_hand", "On hand", Kind.COUNT, tone="status", tones=HELD_TONES),
    Column("value", "Value", Kind.MONEY, wide_only=True),
)


class ProductState(RecordState, rx.State):
    """A product with everything about it on one page."""

    permission: ClassVar[str] = "catalog.view"
    topics: ClassVar[tuple[str, ...]] = ("catalog", "inventory", "pos")

    variants: list[dict[str, str]] = []
    rates: list[dict[str, str]] = []
    tax: dict[str, str] = {}
    lots: list[dict[str, str]] = []
    moves: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        product = await self._ask("catalog.get_product", {"product_id": record_id})
        proposed = await self._ask("catalog.propose_tax_class", {"product_id": record_id})
        self.tax = _tax(proposed)
        packs = {pack.variant_id: pack for pack in proposed.packs}
        self.variants = [_variant(row, packs.get(row.variant_id)) for row in product.variants]
        self.rates = await self._rates_of(product)
        self.lots, self.moves = [], []
        if principal.may("inventory.view"):
            await self._load_stock(record_id, principal.time_zone)
        self.head = _head(product) | {
            "may_edit": "yes" if principal.may(EDIT) else "",
            "sees_stock": "yes" if principal.may("inventory.view") else "",
            "moves_href": f"/stock/moves?product_id={record_id}",
            "stock_href": f"/stock?product_id={record_id}",
        }

    async def _load_stock(self, product_id: UUID, zone: str) -> None:
        lots = await self._ask(
            "inventory.stock_by_lot", {"product_id": product_id, "limit": MOST_LOTS}
        )
        rows = [row.model_dump() | {"id": f"{row.lot_id}{row.location_id}"} for row in lots.rows]
        self.lots = display_rows(rows, LOT_COLUMNS, zone, "/stock/lots/{lot_id}")
        moves = await self._ask(
            "inventory.list_moves", {"product_id": product_id, "limit": LATEST_MOVES}
        )
        self.moves = display_rows(
            [move_entry(row) for row in moves.rows], MOVE_COLUMNS, zone, "/stock/lots/{lot_id}"
        )

    async def _rates_of(self, product: Any) -> list[dict[str, str]]:
        classes = await self._ask("catalog.list_tax_classes")
        alike = (row.rates for row in classes.rows if row.code == product.tax_class)
        rates: list[Any] = next(alike, [])
        return [
            {"id": str(day), "from": date_text(day), "rate": f"{plain_decimal(rate)}%"}
            for day, rate in sorted(rates, reverse=True)
        ]

    @handler(permission=EDIT)
    async def change_trade(self, variant_id: str, is_active: bool) -> EventSpec:  # noqa: FBT001  an event's value
        """Take a variant out of trade or back into it."""
        given = {"variant_id": variant_id, "is_active": bool(is_active)}
        try:
            await self._run("catalog.set_variant_status", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("Back in trade." if is_active else "Taken out of trade.")

    @handler(permission=EDIT)
    async def picture_kept(self, product_id: str, known: str) -> EventSpec:  # noqa: ARG002  what the field sends
        """Show the picture that came."""
        await self._show()
        return rx.toast.success("Picture saved.")

    @handler(permission=EDIT)
    async def remove_picture(self) -> EventSpec:
        """Show the product without a picture."""
        given = {"product_id": self.head.get("id", "")}
        try:
            await self._run("catalog.set_product_picture", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("Picture removed.")

    @handler(permission=EDIT)
    async def remove_barcode(self, variant_id: str, code: str) -> EventSpec:
        """Forget a code of a variant."""
        try:
            await self._run("catalog.remove_barcode", {"variant_id": variant_id, "code": code})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success(f"Barcode {code} forgotten.")


def _variant(row: Any, proposed: Any) -> dict[str, str]:
    """Return a pack as it is shown; the rules say nothing of one out of trade."""
    units = [
        f"1 {code} = {plain_decimal(top)}{f'/{bottom}' if bottom != 1 else ''} {row.unit}"
        for code, (top, bottom) in row.units.items()
    ]
    return {
        "id": str(row.variant_id),
        "label": row.label,
        "potency": row.potency,
        "pack": row.pack,
        "sku": row.sku,
        "unit": row.unit,
        "units": " · ".join(units),
        "barcodes": " ".join(row.barcodes),
        "reorder_point": str(row.reorder_point),
        "is_active": "yes" if row.is_active else "",
        "own_tax": " · ".join(_own_tax(row)),
        "own_hsn": row.own_hsn or "",
        "own_tax_class": row.own_tax_class or "",
        "tax_reason": row.tax_reason,
        "tax_differs": "" if proposed is None or proposed.is_followed else "yes",
        "tax_proposed": _pack_words(proposed) if proposed else "",
    }


def _own_tax(row: Any) -> Iterator[str]:
    """Yield what a pack bears itself, in words."""
    if row.own_hsn:
        yield f"HSN {row.own_hsn}"
    if row.own_tax_class:
        yield row.own_tax_class


def _pack_words(proposed: Any) -> str:
    parts = (f"HSN {proposed.hsn}" if proposed.hsn else "", proposed.tax_class)
    said = " · ".join(part for part in parts if part)
    return f"The rules propose {said} for this pack." if said else ""


def _head(product: Any) -> dict[str, str]:
    kind = FORMS[product.form]
    lead = [product.brand, kind] + ([product.remedy] if product.remedy else [])
    lots = "By lot, with expiry" if product.is_expiry_required else "By lot"
    return {
        "id": str(product.product_id),
        "name": product.name,
        "lead": " · ".join(lead),
        "brand": product.brand,
        "form": kind,
        "remedy": product.remedy or "",
        "synonyms": ", ".join(product.synonyms),
        "abbreviations": ", ".join(product.abbreviations),
        "remedy_id": str(product.remedy_id or ""),
        "brand_id": str(product.brand_id),
        "hsn": product.hsn,
        "gst": gst_words(product.treatment, product.gst_rate),
        "tax_class": product.tax_class,
        "tracking": "Service, no stock"
        if product.is_service
        else lots
        if product.is_lot_tracked
        else "Not tracked by lot",
        "note": product.note,
        "picture": f"{product.picture_url}&size=large" if product.picture_url else "",
        "picture_to": f"/api/erp/products/{product.product_id}/picture",
        "constituents": ", ".join(product.constituents),
        "licence": LICENCES[product.licence_class],
        "licence_class": product.licence_class.value,
        "max_per_sale": _cap(product.max_per_sale),
        "max_per_day": _cap(product.max_per_day),
        "max_per_month": _cap(product.max_per_month),
        "per_customer": _per_customer(product),
    }


def _cap(units: int | None) -> str:
    return str(units) if units else ""


def _per_customer(product: Any) -> str:
    """Return how much one customer may have, in words; nothing where it is any number."""
    caps = ((product.max_per_day, "a day"), (product.max_per_month, "a month"))
    return ", ".join(f"{group_count(units)} {each}" for units, each in caps if units)


def _tax(proposal: Any) -> dict[str, str]:
    """Return what the rules say of the product's tax, and whether it is taxed so."""
    return tax_words(proposal) | {
        "differs": "" if proposal.is_followed and proposal.is_hsn_alike else "yes",
        "because": proposal.overridden_because,
    }


class _OfProduct(DialogFormState, mixin=True):
    """A form over the product page."""

    permission: ClassVar[str] = EDIT

    async def _done(self, result: Any) -> str:
        page = await self.get_state(ProductState)
        await page._show()
        return self._words(result)

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class AddVariantState(_OfProduct, rx.State):
    """Adds a potency and pack."""

    command: ClassVar[str] = "catalog.create_variant"
    subject_field: ClassVar[str] = "product_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        code = given.pop("barcode", "")
        return given | ({"barcodes": [code]} if code else {})

    def _words(self, result: Any) -> str:
        if not result.is_new:
            return f"{result.label} was there already."
        own = f" Its HSN is {result.hsn}, by its pack." if result.hsn else ""
        return f"{result.label} added.{own}"


class EditVariantState(_OfProduct, rx.State):
    """Changes a variant's SKU or reorder point."""

    command: ClassVar[str] = "catalog.update_variant"
    subject_field: ClassVar[str] = "variant_id"

    sku: str = ""
    reorder_point: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("catalog.get_variant", {"variant_id": self.subject["id"]})
        self.sku, self.reorder_point = found.sku, str(found.reorder_point)


class AddBarcodeState(_OfProduct, rx.State):
    """Lets a variant be found by a code."""

    command: ClassVar[str] = "catalog.add_barcode"
    subject_field: ClassVar[str] = "variant_id"

    def _words(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Barcode added. Scanning it finds this product."


class DefineUnitState(_OfProduct, rx.State):
    """Lets a variant be traded in another unit."""

    command: ClassVar[str] = "catalog.define_unit"
    subject_field: ClassVar[str] = "variant_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"code": f"{given.get('code', '')}".strip().upper()}


class EditProductState(_OfProduct, rx.State):
    """Changes a product's names, HSN or note."""

    command: ClassVar[str] = "catalog.update_product"
    subject_field: ClassVar[str] = "product_id"

    facts: dict[str, str] = {}

    async def _prepare(self) -> None:
        page = await self.get_state(ProductState)
        self.facts = {name: page.head.get(name, "") for name in _EDITED}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return with_remedy(FormState._payload(self, form)) | {"product_id": self.subject["id"]}


_EDITED = ("name", "hsn", "remedy", "constituents", "note")


class SetTaxClassState(_OfProduct, rx.State):
    """Taxes a product by another class."""

    command: ClassVar[str] = "catalog.set_product_tax_class"
    subject_field: ClassVar[str] = "product_id"

    tax_classes: list[dict[str, str]] = []
    current: str = ""
    proposed: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("catalog.list_tax_classes")
        page = await self.get_state(ProductState)
        proposed = page.tax.get("proposed", "")
        rules = f" The rules propose {proposed}; another needs a reason." if proposed else ""
        self.proposed = f"Holds from the next sale on; posted documents stay.{rules}"
        self.current = page.head.get("tax_class", "")
        self.tax_classes = [{"value": row.code, "label": row.name} for row in found.rows]

    def _words(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Taxed by this class from the next sale on."


class SetVariantTaxState(_OfProduct, rx.State):
    """Gives a pack its own HSN and tax class."""

    command: ClassVar[str] = "catalog.set_variant_tax"
    subject_field: ClassVar[str] = "variant_id"

    tax_classes: list[dict[str, str]] = []
    pack: dict[str, str] = {}
    proposed: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("catalog.list_tax_classes")
        page = await self.get_state(ProductState)
        self.pack = next((row for row in page.variants if row["id"] == self.subject["id"]), {})
        self.proposed = f"{self.subject['label']}. {self.pack.get('tax_proposed', '')}".strip()
        self.tax_classes = [
            {"value": "", "label": "As the product"},
            *({"value": row.code, "label": row.name} for row in found.rows),
        ]

    def _words(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Billed so from the next sale on."


class SetLicenceState(_OfProduct, rx.State):
    """Says what it takes to sell a product."""

    command: ClassVar[str] = "catalog.set_licence_class"
    subject_field: ClassVar[str] = "product_id"

    current: dict[str, str] = {}

    async def _prepare(self) -> None:
        page = await self.get_state(ProductState)
        caps = ("max_per_sale", "max_per_day", "max_per_month")
        self.current = {key: page.head[key] for key in ("licence_class", *caps)}

    def _words(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Holds from the next sale on."
