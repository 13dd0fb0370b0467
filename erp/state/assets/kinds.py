"""Kinds of asset: the list, adding one, changing it."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import plain_decimal
from erp.state.asking import DialogFormState
from erp.state.assets.wording import MANAGE, METHODS, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.submitting import is_ticked

TYPED = ("name", "account_key", "method", "life_months", "rate", "residual_percent")


class AssetKindListState(ListState, rx.State):
    """Kinds of asset by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "assets.list_categories"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Kind", detail="account"),
        Column("method", "Method", labels=METHODS),
        Column("fact", "Life or rate"),
        Column("residual_percent", "Left at the end", Kind.PERCENT, wide_only=True),
        Column("is_active", "In use", Kind.YES_NO, wide_only=True),
    )

    may_manage: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_manage = (await self._principal()).may(MANAGE)

    def _aside(self, row: Any) -> dict[str, str]:
        percents = ("rate", "residual_percent")
        given = {name: getattr(row, name) for name in TYPED}
        texts = {
            f"kept_{name}": (
                "" if value is None else plain_decimal(value) if name in percents else f"{value}"
            )
            for name, value in given.items()
        }
        return texts | {"in_use": "yes" if row.is_active else ""}

    @handler(permission=MANAGE)
    async def add_usual(self) -> EventSpec:
        """Add the kinds that most businesses have."""
        made = await self._run("assets.add_usual_categories", {})
        await self._reload()
        return rx.toast.success(f"{made.count} kinds added.")


class _KindForm(DialogFormState, mixin=True):
    """A form of a kind of asset."""

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(AssetKindListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class NewAssetKindState(_KindForm, rx.State):
    """Adds a kind of asset."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.create_category"
    done_words: ClassVar[str] = "Kind added."


class ChangeAssetKindState(_KindForm, rx.State):
    """Changes a kind of asset."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.change_category"
    subject_field: ClassVar[str] = "category_id"
    done_words: ClassVar[str] = "Kind changed."

    kept: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_for(self, row: dict[str, str]) -> None:
        """Offer what the kind is now."""
        given = row if isinstance(row, Mapping) else {}
        self.kept = {name: f"{given.get(f'kept_{name}', '')}"[:200] for name in TYPED} | {
            "in_use": f"{given.get('in_use', '')}"[:3]
        }
        await self.open_dialog(f"{given.get('id', '')}", self.kept["name"])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"is_active": is_ticked(form.get("is_active"))}
