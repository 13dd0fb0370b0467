"""The dialogs of a list's page: a price, a scheme, the end of either."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.state.asking import DialogFormState
from erp.state.catalog.choosing import brand_choices
from erp.state.registry import PAGE, handler
from erp.state.sales.price_list import PriceListState, PriceRulesState
from erp.state.sales.wording import SET
from erp.state.session import as_uuid

SCOPES = {
    "variant": "One potency and pack",
    "product": "A product, every potency and pack",
    "brand": "A brand",
    "all": "All goods",
    "lot": "One lot",
}
BASES = {
    "fixed": "A fixed price",
    "mrp": "MRP",
    "ptr": "PTR (price to retailer)",
    "pts": "PTS (price to stockist)",
    "cost": "Cost",
}
GOODS = ("variant_id", "brand_id", "lot_id")


class _RuleFormState(DialogFormState, mixin=True):
    """A form that adds a rule for goods to the shown list."""

    permission: ClassVar[str] = SET
    subject_field: ClassVar[str] = "list_id"
    scopes: ClassVar[tuple[str, ...]] = ()

    scope: str = "variant"
    brands: list[dict[str, str]] = []

    _product_id: str = ""

    @handler(permission=PAGE)
    async def choose_scope(self, scope: str) -> None:
        """Ask for goods of this kind."""
        if scope in self.scopes:
            self.scope = scope

    @handler(permission=PAGE)
    async def choose_goods(self, variant_id: str, label: str) -> None:  # noqa: ARG002  a field's event
        """Note the product of a chosen potency and pack."""
        wanted = as_uuid(f"{variant_id}")
        self._product_id = ""
        if wanted is not None:
            found = await self._ask("catalog.get_variant", {"variant_id": wanted})
            self._product_id = str(found.product_id)

    async def _prepare(self) -> None:
        self.scope, self._product_id = "variant", ""
        self.brands = await brand_choices(self._ask)

    def _payload(self, form: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(super()._payload(form))
        named = {name: given.pop(name, "") for name in GOODS}
        goods = {
            "variant": named["variant_id"],
            "product": self._product_id if named["variant_id"] else "",
            "brand": named["brand_id"],
            "lot": named["lot_id"],
            "all": "",
        }[self.scope]
        numbers = ("amount", "percent", "round_to", "min_quantity", "buy_quantity", "free_quantity")
        given |= {name: f"{given[name]}".replace(",", "") for name in numbers if name in given}
        return given | {"scope": self.scope} | ({"goods_id": goods} if goods else {})

    def _show_refusal(self, error: Any) -> None:
        """Say at the field of the goods what is wrong with them."""
        super()._show_refusal(error)
        if "goods_id" in self.field_errors:
            field = {"brand": "brand_id", "lot": "lot_id"}.get(self.scope, "variant_id")
            self.field_errors = self.field_errors | {field: self.field_errors["goods_id"]}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        rules = await self.get_state(PriceRulesState)
        await rules._reload()  # noqa: SLF001  sister of this state
        page = await self.get_state(PriceListState)
        await page._show()  # noqa: SLF001  sister of this state
        return "It is on the list."


class SetPriceState(_RuleFormState, rx.State):
    """Sets a price."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.set_price"
    scopes: ClassVar[tuple[str, ...]] = tuple(SCOPES)

    basis: str = "fixed"

    @handler(permission=PAGE)
    async def choose_basis(self, basis: str) -> None:
        """Ask for the price itself, or for what is added or taken off."""
        if basis in BASES:
            self.basis = basis

    async def _prepare(self) -> None:
        await super()._prepare()
        self.basis = "fixed"

    def _payload(self, form: Mapping[str, Any]) -> dict[str, Any]:
        given = super()._payload(form)
        direction, percent = given.pop("direction", "less"), given.pop("percent", "")
        if self.basis == "fixed" or not percent:
            return given | {"basis": self.basis}
        sign = "-" if direction == "less" else ""
        return given | {"basis": self.basis, "percent": f"{sign}{percent}"}


class SetSchemeState(_RuleFormState, rx.State):
    """Sets a scheme."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.set_scheme"
    scopes: ClassVar[tuple[str, ...]] = tuple(scope for scope in SCOPES if scope != "lot")

    def _payload(self, form: Mapping[str, Any]) -> dict[str, Any]:
        return super()._payload(form) | {"repeats": bool(form.get("repeats"))}


class EndRuleState(DialogFormState, rx.State):
    """Ends a price or a scheme."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.end_rule"
    subject_field: ClassVar[str] = "rule_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        rules = await self.get_state(PriceRulesState)
        await rules._reload()  # noqa: SLF001  sister of this state
        page = await self.get_state(PriceListState)
        await page._show()  # noqa: SLF001  sister of this state
        return "It ends. What was billed keeps its price."
