"""The form of expenses: photo, amount, what for; the rest where it is wanted."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import money_text, plain_decimal
from erp.state.expenses.wording import CLAIM, SPEND
from erp.state.lining import Line, LinedFormState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

TYPED = (
    "amount", "category_id", "spent_on", "supplier", "supplier_gstin", "bill_number", "gst_rate",
    "bill_tax", "cost_centre", "note",
)  # fmt: skip
PICTURE = "/api/erp/expense-receipts/"


class _SpentState(LinedFormState, mixin=True):
    """Bills being typed; the first one is there from the start."""

    line_field: ClassVar[str] = "amount"

    categories: list[dict[str, str]] = []
    purpose: str = ""
    today: str = ""
    claim: str = ""
    number: str = ""
    why: str = ""
    box: str = ""

    async def _open(self) -> None:
        self._restart()
        self.purpose, self.claim, self.number, self.why, self.box = "", "", "", "", ""
        self.today = str(await self._call(lambda ctx: ctx.today))
        found = await self._ask("expenses.list_categories", {"is_active": True, "limit": 200})
        known = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.categories = [{"value": "", "label": "Choose"}, *known]

    @handler(permission=PAGE)
    async def add_bill(self) -> EventSpec | None:
        """Add a bill."""
        return self._add_line(self._blank())

    @handler(permission=PAGE)
    async def keep_photo(self, line_id: str, receipt_id: str, known: str) -> EventSpec | None:
        """Keep the photo that was sent for a bill."""
        kept = as_uuid(receipt_id)
        if kept is None:
            return None
        self._change(line_id, {"receipt_id": str(kept), "receipt": f"{PICTURE}{kept}?size=large"})
        if known:
            return rx.toast.warning("A claim has this very photo already. Look at it again.")
        return None

    @handler(permission=PAGE)
    async def drop_photo(self, line_id: str) -> None:
        """Take a photo off its bill."""
        self._change(line_id, {"receipt_id": "", "receipt": ""})

    @handler(permission=PAGE)
    async def show_tax(self, line_id: str) -> None:
        """Offer what a GST credit needs, and more."""
        self._change(line_id, {"more": "yes"})

    def _change(self, line_id: str, change: dict[str, str]) -> None:
        self.lines = [line | change if line["id"] == line_id else line for line in self.lines]

    def _blank(self) -> Line:
        return dict.fromkeys(TYPED, "") | {
            "spent_on": self.today,
            "gst_rate": "0",
            "receipt_id": "",
            "receipt": "",
            "more": "",
        }

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "purpose")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": [self._line_typed(form, line) for line in self.lines]}

    def _line_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, str]:
        typed = self._typed(form, line, *TYPED)
        for name in ("amount", "bill_tax"):
            if name in typed:
                typed[name] = typed[name].replace(",", "")
        return typed | ({"receipt_id": line["receipt_id"]} if line["receipt_id"] else {})


class NewClaimState(_SpentState, rx.State):
    """Hands a claim in, or in again."""

    permission: ClassVar[str] = CLAIM
    command: ClassVar[str] = "expenses.submit_claim"

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty claim, or the one that the address names."""
        await self._open()
        wanted = as_uuid(dict(self.router.url.query_parameters).get("claim", ""))
        if wanted is not None:
            await self._take_up(wanted)
        if not self.lines:
            self._add_line(self._blank())

    async def _take_up(self, claim_id: Any) -> None:
        try:
            found = await self._ask("expenses.get_claim", {"claim_id": claim_id})
        except DomainError as error:
            self.form_error = error.message
            return
        self.claim, self.number, self.purpose = str(found.id), found.number, found.purpose
        self.why = found.decision_note
        for line in found.lines:
            self._add_line(self._blank() | _known(line))

    def _action(self) -> str:
        return "expenses.amend_claim" if self.claim else self.command

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | ({"claim_id": self.claim} if self.claim else {})

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"{result.number} of {money_text(result.total)} waits for an approval."
        return [rx.toast.success(words), rx.redirect(f"/expenses/{result.id}")]


class VoucherState(_SpentState, rx.State):
    """Pays for something out of petty cash."""

    permission: ClassVar[str] = SPEND
    command: ClassVar[str] = "expenses.spend_petty_cash"

    @handler(permission=PAGE)
    async def open_voucher(self) -> None:
        """Offer an empty voucher, and say what the box holds."""
        await self._open()
        branch = await self._call(lambda ctx: ctx.branch_id)
        boxes = (await self._ask("expenses.list_floats", {})).rows
        own = [row for row in boxes if row.branch_id == branch]
        self.box = (
            f"The box holds {money_text(own[0].balance)}."
            if own
            else "This branch has no petty cash yet."
        )
        self._add_line(self._blank())

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"Voucher {result.number} of {money_text(result.total)} is booked."
        return [rx.toast.success(words), rx.redirect(f"/expenses/{result.id}")]


def _known(line: Any) -> dict[str, str]:
    kept = {name: f"{getattr(line, name) or ''}" for name in TYPED}
    receipt = str(line.receipt_id or "")
    has_more = line.supplier_gstin or line.bill_number or line.gst_rate or line.note
    return kept | {
        "gst_rate": plain_decimal(line.gst_rate),
        "receipt_id": receipt,
        "receipt": f"{PICTURE}{receipt}?size=large" if receipt else "",
        "more": "yes" if has_more or line.cost_centre else "",
    }
