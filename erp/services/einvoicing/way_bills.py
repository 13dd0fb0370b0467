"""Way bills: prepared for a consignment, sent or typed in, changed, cancelled."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import instant_text
from erp.core.ids import new_id
from erp.models.einvoicing import Asked, TransportMode, WayBill, WayBillStatus
from erp.services.einvoicing.cancelling import CancelCode
from erp.services.einvoicing.checking import Problem
from erp.services.einvoicing.consignment import (
    Consignment,
    DocumentKind,
    document_of,
    read_consignment,
)
from erp.services.einvoicing.errors import (
    NoConsignment,
    NoPortal,
    NotToBeCancelled,
    WayBillNotOpen,
)
from erp.services.einvoicing.events import WayBillAsked
from erp.services.einvoicing.law import CANCEL_WITHIN
from erp.services.einvoicing.switching import portal_users
from erp.services.einvoicing.way_checking import VEHICLE, require_carriable, way_problems
from erp.services.einvoicing.way_keeping import (
    hold_way_bill,
    keep_cancelled,
    keep_number,
    keep_vehicle,
    tell_settled,
)
from erp.services.platform import Command, Day, Identified, ShortText, Text, command, emit

DISPATCH: Final = "einvoicing.dispatch"
Line = Annotated[Text, Field(max_length=100)]
Vehicle = Annotated[str, Field(max_length=15, pattern=r"^[A-Za-z0-9 -]*$")]
_OPEN: Final = (WayBillStatus.DRAFT, WayBillStatus.REFUSED)


class PrepareWayBill(Command):
    """Say how the goods of an invoice, or of a transfer that left, travel.

    Attributes:
        distance_km: From PIN to PIN, as the portal counts it.
        transporter_gstin: GSTIN or enrolment number of who carries it.
        send: Have the portal make it now; else it waits as a draft, to be sent or uploaded by hand.
    """

    document: DocumentKind = "invoice"
    document_id: UUID
    distance_km: Annotated[int, Field(ge=1, le=4000)]
    mode: TransportMode = TransportMode.ROAD
    is_oversize: bool = False
    transporter_gstin: Annotated[str, Field(max_length=15, pattern=r"^[0-9A-Z]*$")] = ""
    transporter_name: Line = ""
    vehicle_no: Vehicle = ""
    transport_document: Annotated[Text, Field(max_length=15)] = ""
    transport_document_on: Day | None = None
    send: bool = True


class OneWayBill(Command):
    """Act on one way bill."""

    way_bill_id: UUID


class RecordWayBill(OneWayBill):
    """Type in the number that the portal gave for a file uploaded by hand."""

    number: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    made_at: AwareDatetime | None = None


class ChangeVehicle(OneWayBill):
    """Tell the portal of another vehicle that carries on."""

    vehicle_no: Annotated[Vehicle, Field(min_length=6)]
    place: Annotated[ShortText, Field(max_length=50)]
    reason: Annotated[ShortText, Field(max_length=50)]


class CancelWayBill(OneWayBill):
    """Have a way bill cancelled; the goods did not travel with it."""

    code: CancelCode
    reason: Annotated[ShortText, Field(max_length=50)]


@command("einvoicing.prepare_way_bill", permission=DISPATCH, rest="POST /way-bills")
def prepare_way_bill(session: Session, ctx: RequestContext, cmd: PrepareWayBill) -> Identified:
    """Prepare the way bill of a consignment, or prepare its draft anew, and have it made where that is asked.

    Raises:
        InvalidInput: The portal would refuse something; each field is named.
        NoConsignment: Nothing of the document travels. DocumentNotReady: The invoice is cancelled, or is to be sent
            before the invoice portal registered it.
        NotFound: There is no such document, or nothing left yet.
        WayBillExists: It has one that is sent or made.
        NoPortal: It is to be sent and no portal is set up for the registration.

    Emits:
        einvoicing.way_bill_settled.v1; einvoicing.way_bill_asked.v1 where it is sent.

    Source: CGST Rules r.138.
    """
    goods = read_consignment(session, ctx, cmd.document, cmd.document_id)
    if not goods.items:
        raise NoConsignment("No goods of this document travel: it is a note, or of services alone.")
    way = _way(cmd)
    _refuse(way_problems(goods, way, ctx.today))
    require_carriable(session, ctx, (cmd.document, cmd.document_id), is_sent=cmd.send)
    if cmd.send:
        require_portal(goods.seller.gstin)
    way_bill_id = _write(session, ctx, cmd, goods, way)
    tell_settled(session, ctx, way_bill_id, WayBillStatus.DUE if cmd.send else WayBillStatus.DRAFT)
    if cmd.send:
        emit(session, ctx, way_bill_id, WayBillAsked(way_bill_id=way_bill_id))
    return Identified(id=way_bill_id)


@command("einvoicing.send_way_bill", permission=DISPATCH, rest="POST /way-bills/{way_bill_id}/send")
def send_way_bill(session: Session, ctx: RequestContext, cmd: OneWayBill) -> Identified:
    """Have the portal make a way bill that is a draft or was refused. Locks it.

    Raises:
        UnknownWayBill: There is none. WayBillNotOpen: It is sent or made.
        InvalidInput: The portal would refuse something. NoPortal: None is set up.
        DocumentNotReady: The invoice is cancelled, or not registered yet.

    Emits:
        einvoicing.way_bill_asked.v1.
    """
    row = hold_way_bill(session, ctx, cmd.way_bill_id)
    _require(row, _OPEN, "Only a draft, or one that was refused, is sent.")
    require_portal(row["gstin"])
    goods = read_consignment(session, ctx, *document_of(row))
    _refuse(way_problems(goods, row, ctx.today))
    require_carriable(session, ctx, document_of(row), is_sent=True)
    _ask(session, ctx, row["id"], Asked.GENERATE, status=WayBillStatus.DUE)
    return Identified(id=row["id"])


@command(
    "einvoicing.record_way_bill", permission=DISPATCH, rest="POST /way-bills/{way_bill_id}/number"
)
def record_way_bill(session: Session, ctx: RequestContext, cmd: RecordWayBill) -> Identified:
    """Type in the number of a way bill that was made at the portal by hand. Locks it.

    Raises:
        UnknownWayBill: There is none. WayBillNotOpen: It is sent or made.
        InvalidInput: It was made in the future, or the number is another consignment's.

    Emits:
        einvoicing.way_bill_settled.v1.
    """
    row = hold_way_bill(session, ctx, cmd.way_bill_id)
    _require(row, _OPEN, "Only the number of a draft is typed in.")
    made_at = cmd.made_at or ctx.now
    if made_at > ctx.now:
        message = "It was made in the future. Type when the portal made it."
        raise InvalidInput(message, fields={"made_at": message})
    _require_own_number(session, ctx, cmd.number)
    keep_number(session, ctx, row, cmd.number, made_at, None)
    return Identified(id=row["id"])


@command(
    "einvoicing.change_vehicle", permission=DISPATCH, rest="POST /way-bills/{way_bill_id}/vehicle"
)
def change_vehicle(session: Session, ctx: RequestContext, cmd: ChangeVehicle) -> Identified:
    """Tell the portal of the vehicle that carries on; without a portal it is noted as told by hand. Locks it.

    Raises:
        UnknownWayBill: There is none. WayBillNotOpen: It is not in force or over, or something else is being asked.
        InvalidInput: The number is no vehicle's.

    Emits:
        einvoicing.way_bill_asked.v1, or einvoicing.way_bill_settled.v1 without a portal.
    """
    row = hold_way_bill(session, ctx, cmd.way_bill_id)
    _require_in_force(row)
    if row["valid_until"] and ctx.now >= row["valid_until"]:
        ended = instant_text(row["valid_until"], ctx.time_zone)
        message = f"It ended on {ended}. Goods still under way need a new way bill."
        raise WayBillNotOpen(message, fields={"way_bill_id": message})
    vehicle = written(cmd.vehicle_no)
    if not VEHICLE.fullmatch(vehicle):
        message = f"{vehicle} is no vehicle's number. Write it like MH12AB1234."
        raise InvalidInput(message, fields={"vehicle_no": message})
    db.execute(
        session,
        "update way_bill set new_vehicle = %s, new_place = %s, new_reason = %s where tenant_id = %s and id = %s",
        (vehicle, cmd.place, cmd.reason, ctx.tenant_id, row["id"]),
    )
    if row["gstin"] in portal_users():
        _ask(session, ctx, row["id"], Asked.VEHICLE)
        return Identified(id=row["id"])
    told = row | {"new_vehicle": vehicle, "new_place": cmd.place, "new_reason": cmd.reason}
    keep_vehicle(session, ctx, told)
    return Identified(id=row["id"])


@command(
    "einvoicing.cancel_way_bill", permission=DISPATCH, rest="POST /way-bills/{way_bill_id}/cancel"
)
def cancel_way_bill(session: Session, ctx: RequestContext, cmd: CancelWayBill) -> Identified:
    """Cancel a way bill within 24 hours; without a portal it is noted as cancelled by hand. Locks it.

    Raises:
        UnknownWayBill: There is none. WayBillNotOpen: It is not in force, or something else is being asked.
        NotToBeCancelled: Its 24 hours are over.

    Emits:
        einvoicing.way_bill_asked.v1, or einvoicing.way_bill_settled.v1 without a portal.

    Source: CGST Rules r.138(9).
    """
    row = hold_way_bill(session, ctx, cmd.way_bill_id)
    _require_in_force(row)
    if ctx.now >= row["made_at"] + CANCEL_WITHIN:
        raise NotToBeCancelled("Its 24 hours are over: the portal keeps it until it ends.")
    db.execute(
        session,
        "update way_bill set cancel_code = %s, cancel_reason = %s where tenant_id = %s and id = %s",
        (cmd.code, cmd.reason, ctx.tenant_id, row["id"]),
    )
    if row["gstin"] in portal_users():
        _ask(session, ctx, row["id"], Asked.CANCEL)
    else:
        keep_cancelled(session, ctx, row)
    return Identified(id=row["id"])


def require_portal(gstin: str) -> None:
    """Refuse unless the operator set a portal up for a registration.

    Raises:
        NoPortal: None is.
    """
    if gstin not in portal_users():
        message = (
            "No portal is set up for this registration."
            " Keep a draft, upload its file by hand and type the number in."
        )
        raise NoPortal(message, fields={"send": message})


def written(vehicle: str) -> str:
    """Return a vehicle's number as the portal writes it: upper case, no blanks."""
    return vehicle.replace(" ", "").replace("-", "").upper()


def _way(cmd: PrepareWayBill) -> dict[str, Any]:
    way = cmd.model_dump(exclude={"idempotency_key", "document", "document_id", "send"})
    return way | {"vehicle_no": written(cmd.vehicle_no), "mode": cmd.mode.value}


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        words = " ".join(problem.message for problem in problems)
        fields = {problem.field: problem.message for problem in reversed(problems)}
        raise InvalidInput(words[:1000], fields=fields)


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: PrepareWayBill,
    goods: Consignment,
    way: dict[str, Any],
) -> UUID:
    status = WayBillStatus.DUE if cmd.send else WayBillStatus.DRAFT
    facts = {
        **way,
        "status": status,
        "asked": Asked.GENERATE if cmd.send else Asked.NOTHING,
        "problem": "",
        "value": goods.value,
        "user_id": ctx.user_id,
    }
    draft = db.fetch_one(
        session,
        "select id from way_bill where tenant_id = %s and company_id = %s and status in ('draft', 'refused')"
        " and %s in (invoice_id, transfer_id) for no key update",
        (ctx.tenant_id, ctx.company_id, cmd.document_id),
    )
    if draft:
        _rewrite(session, ctx, draft["id"], facts)
        found: UUID = draft["id"]
        return found
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "invoice_id": cmd.document_id if cmd.document == "invoice" else None,
        "transfer_id": cmd.document_id if cmd.document == "transfer" else None,
        "gstin": goods.seller.gstin,
        "document_number": goods.number,
        "document_on": goods.dated_on,
        "prepared_at": ctx.now,
        "attempts": 0,
        **dict.fromkeys(
            ("new_vehicle", "new_place", "new_reason", "number", "cancel_code", "cancel_reason"), ""
        ),
        **facts,
    }
    db.insert_rows(session, WayBill, [row])
    made: UUID = row["id"]
    return made


def _rewrite(session: Session, ctx: RequestContext, way_bill_id: UUID, way: dict[str, Any]) -> None:
    db.execute(
        session,
        "update way_bill set distance_km = %(distance_km)s, mode = %(mode)s, is_oversize = %(is_oversize)s,"
        " transporter_gstin = %(transporter_gstin)s, transporter_name = %(transporter_name)s,"
        " vehicle_no = %(vehicle_no)s, transport_document = %(transport_document)s,"
        " transport_document_on = %(transport_document_on)s, status = %(status)s, asked = %(asked)s, problem = '',"
        " value = %(value)s, user_id = %(user_id)s where tenant_id = %(tenant)s and id = %(id)s",
        way | {"tenant": ctx.tenant_id, "id": way_bill_id},
    )


def _ask(
    session: Session,
    ctx: RequestContext,
    way_bill_id: UUID,
    asked: Asked,
    *,
    status: Literal[WayBillStatus.DUE, WayBillStatus.ACTIVE] = WayBillStatus.ACTIVE,
) -> None:
    db.execute(
        session,
        "update way_bill set asked = %s, status = %s, problem = '', attempts = case when %s then attempts else 0 end"
        " where tenant_id = %s and id = %s",
        (asked, status, asked is Asked.GENERATE, ctx.tenant_id, way_bill_id),
    )
    emit(session, ctx, way_bill_id, WayBillAsked(way_bill_id=way_bill_id))


def _require_own_number(session: Session, ctx: RequestContext, number: str) -> None:
    borne = db.fetch_one(
        session,
        "select document_number from way_bill where tenant_id = %s and number = %s limit 1",
        (ctx.tenant_id, number),
    )
    if borne:
        message = (
            f"{number} is the way bill of {borne['document_number']}."
            " Type the number that the portal gave for this consignment."
        )
        raise InvalidInput(message, fields={"number": message})


def _require(row: db.Row, statuses: Sequence[WayBillStatus], message: str) -> None:
    if row["status"] not in statuses:
        raise WayBillNotOpen(message)


def _require_in_force(row: db.Row) -> None:
    _require(row, (WayBillStatus.ACTIVE,), "Only a way bill in force is changed or cancelled.")
    if row["asked"]:
        raise WayBillNotOpen("The portal is being asked about it. Wait for its answer.")
