"""What the portals know of the document of a page: of an invoice or note, and of a transfer."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.errors import NotFound
from erp.core.formatting import instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.einvoicing.wording import (
    DISPATCH,
    STATUS_TONES,
    STATUSES,
    VIEW,
    WAY_STATUSES,
    WAY_TONES,
)
from erp.state.reading import RecordState
from erp.state.submitting import is_ticked


class InvoicePanelState(RecordState, rx.State):
    """An invoice or note at the portals."""

    permission: ClassVar[str] = "billing.view"
    topics: ClassVar[tuple[str, ...]] = ("einvoicing",)

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        if not principal.may(VIEW):
            self.head = {}
            return
        found = await self._ask("einvoicing.get_of_invoice", {"invoice_id": record_id})
        goods = await _goods(self, {"document": "invoice", "document_id": record_id})
        self.head = {
            **_einvoice(found, principal.time_zone),
            **_consignment(goods, principal, f"invoice:{record_id}"),
        }


class TransferPanelState(RecordState, rx.State):
    """A transfer's goods at the way-bill portal."""

    permission: ClassVar[str] = "inventory.view"
    topics: ClassVar[tuple[str, ...]] = ("einvoicing", "inventory")

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        self.head = {}
        if principal.may(VIEW):
            goods = await _goods(self, {"document": "transfer", "document_id": record_id})
            self.head = _consignment(goods, principal, f"transfer:{record_id}")


class PrepareWayBillState(DialogFormState, rx.State):
    """Says how the goods of a page's document travel; the subject is `invoice:id` or `transfer:id`."""

    permission: ClassVar[str] = DISPATCH
    command: ClassVar[str] = "einvoicing.prepare_way_bill"

    has_portal: bool = False

    async def _prepare(self) -> None:
        document, _, record_id = self.subject["id"].partition(":")
        goods = await _goods(self, {"document": document, "document_id": record_id})
        self.has_portal = goods["has_portal"]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        document, _, record_id = self.subject.get("id", "").partition(":")
        return given | {
            "document": document,
            "document_id": record_id,
            "is_oversize": is_ticked(given.get("is_oversize")),
            "send": self.has_portal and given.get("send") != "later",
        }

    async def _done(self, result: Any) -> str:
        is_invoice = self.subject.get("id", "").startswith("invoice")
        panel = await self.get_state(InvoicePanelState if is_invoice else TransferPanelState)
        await panel._show()  # noqa: SLF001  sister of this state
        made = await self._ask("einvoicing.get_way_bill", {"way_bill_id": result.id})
        return "Kept as a draft." if made.status == "draft" else "The portal is asked for it."


async def _goods(state: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = await state._ask("einvoicing.get_consignment", dict(asked))  # noqa: SLF001  of the same kind
    except NotFound:
        return {"has_portal": False, "found": None}
    return {"has_portal": found.has_portal, "found": found}


def _einvoice(found: Any, zone: str) -> dict[str, str]:
    at_portal = found.einvoice is not None and found.einvoice.status == "registered"
    facts = _registration(found, zone)
    return facts | {"cancels_at": facts["href"] if at_portal else ""}


def _registration(found: Any, zone: str) -> dict[str, str]:
    if not found.is_needed:
        return {"is_needed": "", "href": ""}
    row = found.einvoice
    if row is None:
        return {
            "is_needed": "yes",
            "status": "Waits for the queue",
            "tone": "amber",
            "href": "",
            "irn": "",
            "ack": "",
            "problem": "",
        }
    return {
        "is_needed": "yes",
        "status": STATUSES[row.status],
        "tone": STATUS_TONES[row.status],
        "href": f"/gst/e-invoices/{row.id}",
        "irn": row.irn if row.ack_at else "",
        "ack": instant_text(row.ack_at, zone) if row.ack_at else "",
        "problem": row.problem,
    }


def _consignment(
    goods: Mapping[str, Any], principal: identity.Principal, subject: str
) -> dict[str, str]:
    found = goods["found"]
    if found is None or not found.travels:
        return {"travels": ""}
    bill = found.way_bill
    is_open = bill is None or bill.status in {"draft", "refused"}
    above = "above" if found.is_needed else "not above"
    where = "between states" if found.is_inter else "within the state"
    until = instant_text(bill.valid_until, principal.time_zone) if bill and bill.valid_until else ""
    return {
        "travels": "yes",
        "way_subject": subject,
        "way_document": found.document_number,
        "way_needed": "yes" if found.is_needed and bill is None else "",
        "way_words": f"{money_text(found.value)} is {above} the limit {where}, {money_text(found.limit)}.",
        "way_pins": f"{found.from_pin or 'no PIN'} to {found.to_pin or 'no PIN'}",
        "way_status": WAY_STATUSES[bill.status] if bill else "None",
        "way_tone": WAY_TONES[bill.status] if bill else "gray",
        "way_number": bill.number if bill else "",
        "way_until": until,
        "way_href": f"/gst/way-bills/{bill.id}" if bill else "",
        "way_problem": bill.problem if bill else "",
        "may_prepare": "yes" if principal.may(DISPATCH) and is_open else "",
    }
