"""Ceilings of discounts: which goods have one, and setting one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import plain_decimal
from erp.state.asking import DialogFormState
from erp.state.catalog.choosing import brand_choices
from erp.state.catalog.wording import FORMS
from erp.state.explaining import FORM
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.sales.wording import SET, VIEW
from erp.state.session import as_uuid

STANDINGS = {"in_force": "In force", "to_come": "To come", "replaced": "Past"}
TONES = {"in_force": "green", "to_come": "blue", "replaced": "gray"}
SCOPES = {"brand": "A brand", "form": "A form", "product": "A product, every potency and pack"}


class CeilingsState(ListState, rx.State):
    """Ceilings of discounts, the last set first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_discount_ceilings"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("goods", "Goods", sort="goods", detail="kind"),
        Column("percent", "At most", sort="percent"),
        Column("valid_from", "From", Kind.DATE, sort="valid_from", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=TONES),
        Column("set_by", "Set by", detail="reason", wide_only=True),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    may_set: bool = False

    def _entry(self, row: Any) -> Any:
        most = "No ceiling" if row.percent is None else f"{plain_decimal(row.percent)}%"
        goods = FORMS[row.form] if row.form else row.goods
        return row.model_dump() | {"goods": goods, "percent": most}

    async def _reload(self) -> None:
        self.may_set = (await self._principal()).may(SET)
        await super()._reload()


class SetCeilingState(DialogFormState, rx.State):
    """Says how much may be taken off a product, a form or a brand."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.set_discount_ceiling"
    done_words: ClassVar[str] = "Set. Beyond it a manager approves."

    scope: str = "brand"
    brands: list[dict[str, str]] = []

    _product_id: str = ""

    @handler(permission=PAGE)
    async def choose_scope(self, scope: str) -> None:
        """Ask for goods of this kind."""
        if scope in SCOPES:
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
        self.scope, self._product_id = "brand", ""
        self.brands = [{"value": "", "label": "Choose one"}, *await brand_choices(self._ask)]

    def _payload(self, form: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(super()._payload(form))
        named = {name: given.pop(name, "") for name in ("variant_id", "brand_id", "form", "scope")}
        goods = {
            "brand": {"goods_id": named["brand_id"]},
            "form": {"form": named["form"]},
            "product": {"goods_id": self._product_id if named["variant_id"] else ""},
        }[self.scope]
        given |= {name: value for name, value in goods.items() if value}
        return given | {"scope": self.scope}

    def _show_refusal(self, error: Any) -> None:
        """Say at the field of the goods what is wrong with them."""
        super()._show_refusal(error)
        field = {"brand": "brand_id", "form": "form", "product": "variant_id"}[self.scope]
        for key in ("goods_id", FORM):
            if key in self.field_errors:
                self.field_errors = self.field_errors | {field: self.field_errors[key]}

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(CeilingsState))._reload()  # noqa: SLF001  sister of this state
