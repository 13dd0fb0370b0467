"""What can stand in for a product, on its page."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.catalog.products import EDIT
from erp.state.catalog.wording import LEVEL_TONES
from erp.state.registry import SIGNED_IN, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import display_rows
from erp.state.submitting import is_ticked

VIEW = "catalog.view"
COLUMNS = (
    Column("label", "Product", detail="reason"),
    Column("price", "MRP", Kind.MONEY),
    Column("nearest_expiry", "Expiry", Kind.EXPIRY, wide_only=True),
    Column("sellable", "Sellable", Kind.COUNT, tone="stock_level", tones=LEVEL_TONES),
)


class SubstituteState(SessionState, rx.State):
    """What stands in for one potency and pack of the product that the address names."""

    permission: ClassVar[str] = VIEW

    variants: list[dict[str, str]] = []
    chosen: str = ""
    rows: list[dict[str, str]] = []
    linked: list[dict[str, str]] = []
    may_edit: bool = False

    _product_id: str = ""

    @handler(permission=SIGNED_IN)
    async def open_substitutes(self) -> None:
        """Show what stands in for the product's first potency and pack."""
        self.variants, self.rows, self.linked, self.chosen = [], [], [], ""
        product_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        principal = await self._principal()
        if product_id is None or not principal.may(VIEW):
            return
        try:
            product = await self._ask("catalog.get_product", {"product_id": product_id})
        except DomainError:
            return
        self._product_id, self.may_edit = str(product_id), principal.may(EDIT)
        self.variants = [
            {
                "value": str(row.variant_id),
                "label": " · ".join(part for part in (row.potency, row.pack) if part),
            }
            for row in product.variants
            if not product.is_service
        ]
        if self.variants:
            await self._look(self.variants[0]["value"])

    @handler(permission=VIEW)
    async def look_at(self, variant_id: str) -> None:
        """Show what stands in for another potency and pack."""
        if any(known["value"] == variant_id for known in self.variants):
            await self._look(variant_id)

    @handler(permission=EDIT)
    async def unlink(self, product_id: str) -> EventSpec:
        """Part two linked products."""
        given = {"product_id": self._product_id, "substitute_id": product_id}
        try:
            await self._run("catalog.unlink_substitute", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._look(self.chosen)
        return rx.toast.success("They no longer stand in for each other.")

    async def _look(self, variant_id: str) -> None:
        found = await self._ask("catalog.list_substitutes", {"variant_id": variant_id})
        self.chosen = variant_id
        zone = (await self._principal()).time_zone
        entries = [
            row.model_dump()
            | {
                "id": row.variant_id,
                "stock_level": "enough" if row.sellable else "none",
                "reason": f"{row.reason}; ask the doctor" if row.needs_consent else row.reason,
            }
            for row in found.rows
        ]
        self.rows = display_rows(entries, COLUMNS, zone, "/products/{product_id}")
        linked = {str(r.product_id): r.label for r in found.rows if r.likeness == "linked"}
        self.linked = [{"id": key, "label": label} for key, label in linked.items()]


class LinkSubstituteState(DialogFormState, rx.State):
    """Links another product that can stand in."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.link_substitute"
    subject_field: ClassVar[str] = "product_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"needs_consent": is_ticked(given.get("needs_consent"))}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(SubstituteState)
        await page._look(page.chosen)
        return "Linked. Either is offered when the other is sold out."
