"""The form that brings an asset into the books."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.formatting import money_text
from erp.state.assets.wording import MANAGE
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState, is_ticked


class RegisterAssetState(FormState, rx.State):
    """Registers an asset."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.register_asset"

    categories: list[dict[str, str]] = []
    source: str = "supplier"
    today: str = ""

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form."""
        self._renew()
        self.source = "supplier"
        self.today = str(await self._call(lambda ctx: ctx.today))
        found = await self._ask("assets.list_categories", {"is_active": True, "limit": 200})
        known = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.categories = [{"value": "", "label": "Choose"}, *known]

    @handler(permission=PAGE)
    async def choose_source(self, source: str) -> None:
        """Keep where the asset comes from."""
        self.source = f"{source}"[:20]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        for name in ("price", "opening_depreciation", "bill_tax"):
            if name in given:
                given[name] = f"{given[name]}".replace(",", "")
        return given | {"takes_credit": is_ticked(form.get("takes_credit"))}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        credit = f", {money_text(result.credit)} GST credit" if result.credit else ""
        words = f"{result.number} registered at {money_text(result.cost)}{credit}."
        return [rx.toast.success(words), rx.redirect(f"/fixed-assets/{result.id}")]
