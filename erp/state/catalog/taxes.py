"""Tax classes with their dated rates."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.formatting import date_text, plain_decimal
from erp.state.asking import DialogFormState
from erp.state.catalog.products import EDIT
from erp.state.catalog.wording import TREATMENTS, gst_words
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState


class TaxClassState(SessionState, rx.State):
    """Every tax class."""

    permission: ClassVar[str] = "catalog.view"

    is_loading: bool = True
    classes: list[dict[str, str]] = []
    may_edit: bool = False

    @handler(permission=PAGE)
    async def open_classes(self) -> None:
        """Show the classes by code."""
        await self._show()
        self.may_edit = (await self._principal()).may(EDIT)
        self.is_loading = False

    async def _show(self) -> None:
        found = await self._ask("catalog.list_tax_classes")
        self.classes = [_tax_class(row) for row in found.rows]


def _tax_class(row: Any) -> dict[str, str]:
    history = [
        f"{plain_decimal(rate)}% from {date_text(day)}"
        for day, rate in sorted(row.rates, reverse=True)
    ]
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "treatment": TREATMENTS[row.treatment],
        "rate": gst_words(row.treatment, row.gst_rate),
        "history": " · ".join(history),
    }


class SetRateState(DialogFormState, rx.State):
    """Gives a class a rate from a day on."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.set_tax_rate"
    subject_field: ClassVar[str] = "tax_class_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(TaxClassState))._show()
        return "Rate set. Earlier documents keep theirs."


class NewTaxClassState(DialogFormState, rx.State):
    """Adds a class with its first rate."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.create_tax_class"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send the first rate as the list that the command takes."""
        given = dict(super()._payload(form))
        rate = {name: given.pop(name) for name in ("valid_from", "rate") if name in given}
        return given | {"code": f"{given.get('code', '')}".upper(), "rates": [rate]}

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        self.field_errors = {
            field.removeprefix("rates.0."): words for field, words in self.field_errors.items()
        }

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(TaxClassState))._show()
        return "Tax class added."
