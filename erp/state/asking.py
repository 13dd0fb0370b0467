"""A form in a dialog over a page: opened for something on the page, closed when it is done.

    class AddBarcodeState(DialogFormState, rx.State):
        permission: ClassVar[str] = "catalog.edit"
        command: ClassVar[str] = "catalog.add_barcode"
        subject_field: ClassVar[str] = "variant_id"

The page opens it with `AddBarcodeState.open_dialog(row["id"], row["label"])`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

LONGEST = 200


class DialogFormState(FormState, mixin=True):
    """One form that runs one command about one thing of the page.

    Attributes:
        subject_field: Field of the command that takes the id of the thing.
        done_words: What is said once it is done.
        subject: `id` and `label` of the thing.
    """

    subject_field: ClassVar[str] = ""
    done_words: ClassVar[str] = "Saved."

    is_open: bool = False
    subject: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_dialog(self, subject_id: str, label: str) -> None:
        """Offer an empty form about the thing."""
        self._renew()
        self.subject = {"id": f"{subject_id}"[:LONGEST], "label": f"{label}"[:LONGEST]}
        await self._prepare()
        self.is_open = True

    @handler(permission=PAGE)
    async def close_dialog(self) -> None:
        """Close the form without doing anything."""
        self.is_open = False

    async def _prepare(self) -> None:
        """Load what the form starts from; for pages to override."""

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        about = {self.subject_field: self.subject.get("id", "")} if self.subject_field else {}
        return dict(super()._payload(form)) | about

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        return [rx.toast.success(await self._done(result))]

    async def _done(self, result: Any) -> str:  # noqa: ARG002  for pages to use
        """Bring the page up to date and say what happened; pages override where words differ."""
        await self._bring_up_to_date()
        return self.done_words

    async def _bring_up_to_date(self) -> None:
        """Show what changed on the page below; pages override."""
