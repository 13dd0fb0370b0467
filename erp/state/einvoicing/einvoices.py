"""Documents at the invoice portal: the list, one of them, sending again and cancelling."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.billing.invoices import KINDS
from erp.state.einvoicing.wording import (
    CALL_COLUMNS,
    CALLS,
    PROBLEM_COLUMNS,
    SEND,
    STATUS_TONES,
    STATUSES,
    VIEW,
)
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows


class EInvoiceListState(ListState, rx.State):
    """Documents at the portal, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "einvoicing.list_einvoices"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", sort="number", detail="party"),
        Column("issued_on", "Day", Kind.DATE, sort="issued_on", detail="report_by", wide_only=True),
        Column("kind", "Kind", wide_only=True),
        Column(
            "status",
            "State",
            Kind.STATUS,
            sort="status",
            detail="problem",
            labels=STATUSES,
            tones=STATUS_TONES,
        ),
        Column("ack_at", "Acknowledged", Kind.INSTANT, sort="ack_at", wide_only=True),
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/gst/e-invoices/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "kind", "from_day", "to_day")
    topics: ClassVar[tuple[str, ...]] = ("einvoicing",)

    may_send: bool = False

    async def _reload(self) -> None:
        self.may_send = (await self._principal()).may(SEND)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        last = row.report_by
        return row.model_dump() | {
            "kind": KINDS[row.kind],
            "report_by": f"portal takes it until {date_text(last)}" if last else "",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        may = self.may_send and row.status in {"to_mend", "refused"}
        return {"may_send": "yes" if may else ""}

    @handler(permission=PAGE)
    async def send_again(self, einvoice_id: str) -> EventSpec:
        """Send a document again."""
        said = await sent_again(self, einvoice_id)
        await self._reload()
        return said


class EInvoiceState(RecordState, rx.State):
    """One document at the portal."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("einvoicing",)

    problems: list[dict[str, str]] = []
    calls: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("einvoicing.get_einvoice", {"einvoice_id": record_id})
        zone = principal.time_zone
        said = [
            {"id": str(place), "message": one.message, "field": one.field}
            for place, one in enumerate(found.problems)
        ]
        self.problems = display_rows(said, PROBLEM_COLUMNS, zone)
        self.calls = display_rows([call_row(one) for one in found.calls], CALL_COLUMNS, zone)
        self.head = _head(found, zone) | _offers(found, principal)

    @handler(permission=PAGE)
    async def send_again(self) -> EventSpec:
        """Send the document again."""
        said = await sent_again(self, self.head.get("id", ""))
        await self._show()
        return said


class CancelEInvoiceState(DialogFormState, rx.State):
    """Has the portal cancel the document of the page."""

    permission: ClassVar[str] = SEND
    command: ClassVar[str] = "einvoicing.cancel_einvoice"
    subject_field: ClassVar[str] = "einvoice_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(EInvoiceState))._show()  # noqa: SLF001  sister of this state
        return "The portal is asked to cancel it."


async def sent_again(state: Any, einvoice_id: str) -> EventSpec:
    """Send a document again and say what came of it."""
    try:
        await state._run("einvoicing.send_again", {"einvoice_id": f"{einvoice_id}"})  # noqa: SLF001  of the same kind
        found = await state._ask("einvoicing.get_einvoice", {"einvoice_id": f"{einvoice_id}"})  # noqa: SLF001  as above
    except DomainError as error:
        return rx.toast.error(error.message)
    if found.problems:
        return rx.toast.error(f"Still to mend: {found.problems[0].message}")
    return rx.toast.success("On its way to the portal.")


def call_row(one: Any) -> dict[str, Any]:
    """Return a call to the portal as it is shown."""
    return one.model_dump() | {"kind": CALLS.get(one.kind, one.kind)}


def _head(found: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(found.id),
        "title": f"E-invoice of {found.number}",
        "number": found.number,
        "about": f"{KINDS[found.kind]} of {date_text(found.issued_on)} to {found.party}",
        "invoice_href": f"/invoices/{found.invoice_id}",
        "file_href": f"/api/erp/e-invoices/{found.id}/portal.json",
        "status": "Stopped" if found.is_stuck else STATUSES[found.status],
        "tone": "red" if found.is_stuck else STATUS_TONES[found.status],
        "gstin": found.gstin,
        "irn": found.irn,
        "is_registered": "yes" if found.registered_at else "",
        "ack_no": found.ack_no,
        "ack_at": instant_text(found.ack_at, zone) if found.ack_at else "",
        "total": money_text(found.total),
        "report_by": date_text(found.report_by) if found.report_by else "",
        "cancelled": f"{instant_text(found.cancelled_at, zone)}: {found.cancel_reason}"
        if found.cancelled_at
        else "",
        "may_cancel_until": instant_text(found.may_cancel_until, zone)
        if found.may_cancel_until
        else "",
        "after": _after(found),
    }


def _after(found: Any) -> str:
    if found.status == "cancelled":
        return (
            "Cancelled at the portal, and in the books. Where these keep it (a till's bill, or one with notes), take"
            " all of its goods back: the portal does not hear of that note. Its number is not used again."
        )
    if found.status == "withdrawn":
        return "Not reported: its invoice was cancelled before the portal knew of this document."
    if found.is_stuck:
        return (
            "Nothing takes it to the portal any more. Send it again; else it goes in the morning."
        )
    if found.status == "due" and found.attempts:
        return "The portal did not answer. It is asked again by itself."
    return ""


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    may = principal.may(SEND)
    until = found.may_cancel_until
    offers = {
        "may_send": may and (found.is_stuck or found.status in {"to_mend", "refused"}),
        "may_cancel": may and until is not None and until > utc_now(),
    }
    return {name: "yes" if offered else "" for name, offered in offers.items()}
