"""Kinds of expense: the list, adding one, changing it."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.state.asking import DialogFormState
from erp.state.expenses.wording import ARRANGE, CREDIT_RULES, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.submitting import is_ticked


class KindListState(ListState, rx.State):
    """Kinds of expense by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "expenses.list_categories"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Kind"),
        Column("account", "Booked to", wide_only=True),
        Column("credit_rule", "Its GST", labels=CREDIT_RULES),
        Column("is_active", "In use", Kind.YES_NO),
    )

    may_arrange: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_arrange = (await self._principal()).may(ARRANGE)

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "account_key": row.account_key,
            "rule": row.credit_rule,
            "in_use": "yes" if row.is_active else "",
        }

    @handler(permission=ARRANGE)
    async def add_usual(self) -> EventSpec:
        """Add the kinds that most businesses have."""
        made = await self._run("expenses.add_usual_categories", {})
        await self._reload()
        return rx.toast.success(f"{made.count} kinds added.")


class _KindForm(DialogFormState, mixin=True):
    """A form of a kind of expense."""

    accounts: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        page = await self._ask("accounting.list_accounts", {"limit": 200})
        known = [
            {"value": row.key, "label": f"{row.code} {row.name}"}
            for row in page.rows
            if row.type == "expense"
        ]
        self.accounts = [{"value": "", "label": "Choose"}, *known]

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(KindListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class NewKindState(_KindForm, rx.State):
    """Adds a kind of expense."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "expenses.create_category"
    done_words: ClassVar[str] = "Kind added."


class ChangeKindState(_KindForm, rx.State):
    """Changes a kind of expense."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "expenses.change_category"
    subject_field: ClassVar[str] = "category_id"
    done_words: ClassVar[str] = "Kind changed."

    kept: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_for(self, row: dict[str, str]) -> None:
        """Offer what the kind is now."""
        given = row if isinstance(row, Mapping) else {}
        names = ("name", "account_key", "rule", "in_use")
        self.kept = {name: f"{given.get(name, '')}"[:200] for name in names}
        await self.open_dialog(f"{given.get('id', '')}", self.kept["name"])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"is_active": is_ticked(form.get("is_active"))}
