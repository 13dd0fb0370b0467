"""Way bills: the list, one of them, and what is done with it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_count, instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.einvoicing.einvoices import call_row
from erp.state.einvoicing.wording import (
    CALL_COLUMNS,
    DISPATCH,
    MODES,
    VIEW,
    WAY_STATUSES,
    WAY_TONES,
)
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

VEHICLE_COLUMNS = (
    Column("vehicle_no", "Vehicle", Kind.CODE, detail="reason"),
    Column("from_place", "From"),
    Column("told_at", "Told", Kind.INSTANT, wide_only=True),
)
ASKED = {
    "generate": "The portal is asked for it.",
    "vehicle": "The portal is told the new vehicle.",
    "cancel": "The portal is asked to cancel it.",
}


class WayBillListState(ListState, rx.State):
    """Way bills, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "einvoicing.list_way_bills"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("document_number", "Consignment", sort="document_number", detail="number"),
        Column("document_on", "Day", Kind.DATE, sort="document_on", wide_only=True),
        Column(
            "vehicle_no",
            "Vehicle",
            Kind.CODE,
            sort="vehicle_no",
            detail="distance_km",
            wide_only=True,
        ),
        Column(
            "status",
            "State",
            Kind.STATUS,
            sort="status",
            detail="problem",
            labels=WAY_STATUSES,
            tones=WAY_TONES,
        ),
        Column("valid_until", "Holds until", Kind.INSTANT, sort="valid_until", wide_only=True),
        Column("value", "Value", Kind.MONEY, sort="value"),
    )
    row_link: ClassVar[str] = "/gst/way-bills/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("einvoicing",)

    sees_returns: bool = False

    async def _reload(self) -> None:
        self.sees_returns = (await self._principal()).may("gst_returns.view")
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "number": f"Way bill {row.number}" if row.number else "No number yet",
            "distance_km": f"{group_count(row.distance_km)} km",
        }


class WayBillState(RecordState, rx.State):
    """One way bill."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("einvoicing",)

    vehicles: list[dict[str, str]] = []
    calls: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("einvoicing.get_way_bill", {"way_bill_id": record_id})
        zone = principal.time_zone
        self.vehicles = display_rows(found.vehicles, VEHICLE_COLUMNS, zone)
        self.calls = display_rows([call_row(one) for one in found.calls], CALL_COLUMNS, zone)
        self.head = _head(found, zone) | _offers(found, principal)

    @handler(permission=PAGE)
    async def send(self) -> EventSpec:
        """Have the portal make it."""
        try:
            await self._run("einvoicing.send_way_bill", {"way_bill_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("On its way to the portal.")


class _WayBillDialog(DialogFormState, mixin=True):
    """Something done with the way bill of the page."""

    permission: ClassVar[str] = DISPATCH
    subject_field: ClassVar[str] = "way_bill_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the mixin's own interface
        await (await self.get_state(WayBillState))._show()  # noqa: SLF001  sister of this state
        return "Noted."


class RecordWayBillState(_WayBillDialog, rx.State):
    """Types in the number that the portal gave."""

    permission: ClassVar[str] = DISPATCH
    command: ClassVar[str] = "einvoicing.record_way_bill"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"number": "".join(f"{given.get('number', '')}".split())}


class ChangeVehicleState(_WayBillDialog, rx.State):
    """Names another vehicle."""

    permission: ClassVar[str] = DISPATCH
    command: ClassVar[str] = "einvoicing.change_vehicle"


class CancelWayBillState(_WayBillDialog, rx.State):
    """Has it cancelled."""

    permission: ClassVar[str] = DISPATCH
    command: ClassVar[str] = "einvoicing.cancel_way_bill"


def _head(found: Any, zone: str) -> dict[str, str]:
    document = f"/invoices/{found.invoice_id}"
    if found.transfer_id:
        document = f"/stock/transfers/{found.transfer_id}"
    given = found.transport_document_on
    carried = " of ".join(
        part for part in (found.transport_document, date_text(given) if given else "") if part
    )
    carrier = " · ".join(part for part in (found.transporter_name, found.transporter_gstin) if part)
    return {
        "id": str(found.id),
        "title": f"Way bill {found.number}" if found.number else "Way bill",
        "about": f"Goods of {found.document_number}, {date_text(found.document_on)}",
        "document_href": document,
        "file_href": f"/api/erp/way-bills/{found.id}/portal.json",
        "status": WAY_STATUSES[found.status],
        "tone": WAY_TONES[found.status],
        "number": found.number,
        "value": money_text(found.value),
        "mode": MODES[found.mode] + (", oversize cargo" if found.is_oversize else ""),
        "distance": f"{group_count(found.distance_km)} km",
        "vehicle": found.vehicle_no,
        "carrier": carrier,
        "carried": carried,
        "made": instant_text(found.made_at, zone) if found.made_at else "",
        "until": instant_text(found.valid_until, zone) if found.valid_until else "",
        "cancelled": f"{instant_text(found.cancelled_at, zone)}: {found.cancel_reason}"
        if found.cancelled_at
        else "",
        "problem": found.problem,
        "asked": ASKED.get(found.asked, ""),
        "may_cancel_until": instant_text(found.may_cancel_until, zone)
        if found.may_cancel_until
        else "",
    }


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    may = principal.may(DISPATCH)
    is_draft = found.status in {"draft", "refused"}
    is_live = found.status in {"active", "ending"} and not found.asked
    until = found.may_cancel_until
    offers = {
        "may_send": may and is_draft and found.has_portal,
        "may_record": may and is_draft,
        "may_change": may and is_live,
        "may_cancel": may and is_live and until is not None and until > utc_now(),
    }
    return {name: "yes" if offered else "" for name, offered in offers.items()}
