"""Way bills on their way to the portal: taking one up, asking, and noting what came of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.einvoicing import Asked, PortalAnswer, WayBillStatus
from erp.services import workflows
from erp.services.einvoicing.asking import Noted, failed
from erp.services.einvoicing.consignment import document_of, read_consignment
from erp.services.einvoicing.events import WayBillSettled
from erp.services.einvoicing.pausing import LEASE, note_awake, note_away, require_awake
from erp.services.einvoicing.payload import payload_text
from erp.services.einvoicing.ports import (
    InvoicePortal,
    PortalAway,
    PortalFailure,
    PortalRefused,
    WayBillGiven,
)
from erp.services.einvoicing.sending import keep_calls
from erp.services.einvoicing.way_bills import DISPATCH
from erp.services.einvoicing.way_keeping import (
    hold_way_bill,
    keep_cancelled,
    keep_number,
    keep_vehicle,
)
from erp.services.einvoicing.way_payload import vehicle_payload, way_bill_payload
from erp.services.platform import TryLater, emit

MADE_BEFORE: Final = frozenset({"604"})
"""The portal's errors for a document that has a way bill."""

GONE: Final = frozenset({"301", "312"})
"""Its errors for a way bill that is not in force there: unknown, or cancelled before."""


@dataclass(frozen=True, slots=True)
class WayPlan:
    """What is to be asked about a way bill.

    Attributes:
        document: The portal's type of the document, and its number.
        vehicle_no: The vehicle to be told of.
        leased_until: Until when it is asked; what comes after another one took it up is not believed.
    """

    way_bill_id: UUID
    company_id: UUID
    asked: Asked
    gstin: str
    number: str
    document: tuple[str, str]
    payload: str
    cancel: tuple[str, str]
    leased_until: datetime
    was_tried: bool
    vehicle_no: str = ""


@dataclass(frozen=True, slots=True)
class WayOutcome:
    """What came of asking."""

    calls: tuple[Noted, ...]
    result: PortalAnswer
    given: WayBillGiven | None = None
    problem: str = ""


def claim_way_bill(session: Session, ctx: RequestContext, way_bill_id: UUID) -> WayPlan | None:
    """Take a way bill up for the portal; nothing where nothing is asked any more. Locks it.

    Raises:
        TryLater: Another worker has it, or the portal is left alone.
    """
    row = hold_way_bill(session, ctx, way_bill_id, is_system=True)
    if not row["asked"]:
        return None
    if row["leased_until"] and row["leased_until"] > ctx.now:
        raise TryLater("Another worker asks about it.", row["leased_until"] - ctx.now)
    acting = replace(ctx, company_id=row["company_id"])
    goods = read_consignment(session, acting, *document_of(row))
    require_awake(session, ctx, row["company_id"], row["gstin"])
    leased_until = ctx.now + LEASE
    db.execute(
        session,
        "update way_bill set leased_until = %s, attempts = attempts + 1 where tenant_id = %s and id = %s",
        (leased_until, ctx.tenant_id, row["id"]),
    )
    payload = (
        vehicle_payload(row, goods.seller.state)
        if row["asked"] == Asked.VEHICLE
        else way_bill_payload(goods, row)
    )
    return WayPlan(
        way_bill_id=row["id"],
        company_id=row["company_id"],
        asked=Asked(row["asked"]),
        gstin=row["gstin"],
        number=row["number"],
        document=(goods.kind, goods.number.upper()),
        payload=payload_text(payload),
        cancel=(row["cancel_code"], row["cancel_reason"]),
        leased_until=leased_until,
        was_tried=row["attempts"] > 0,
        vehicle_no=row["new_vehicle"],
    )


def carry_out_way_bill(portal: InvoicePortal, plan: WayPlan) -> WayOutcome:
    """Ask the portal what a plan says; whatever happens, it returns."""
    calls: list[Noted] = []
    try:
        if plan.asked is Asked.CANCEL:
            calls.append(_cancelled(portal, plan))
            return WayOutcome(tuple(calls), PortalAnswer.DONE)
        given = (
            _made(portal, plan, calls) if plan.asked is Asked.GENERATE else _changed(portal, plan)
        )
    except PortalFailure as failure:
        ended = failed(failure, calls)
        return WayOutcome(ended.calls, ended.result, problem=ended.problem)
    calls.append(Noted(given.call, PortalAnswer.DONE))
    return WayOutcome(tuple(calls), PortalAnswer.DONE, given)


def note_way_bill(
    session: Session, ctx: RequestContext, plan: WayPlan, outcome: WayOutcome
) -> timedelta | None:
    """Note what came of asking; return how long to wait before asking again, nothing where that is over.

    Locks the way bill. Where its lease ended meanwhile and another worker took it up, only the calls are kept.

    Emits:
        einvoicing.way_bill_settled.v1 where it is settled.
    """
    row = hold_way_bill(session, ctx, plan.way_bill_id, is_system=True)
    keep_calls(session, ctx, outcome.calls, way_bill_id=plan.way_bill_id)
    if row["leased_until"] != plan.leased_until:
        return None
    if outcome.result is PortalAnswer.AWAY:
        db.execute(
            session,
            "update way_bill set leased_until = null where tenant_id = %s and id = %s",
            (ctx.tenant_id, plan.way_bill_id),
        )
        return note_away(
            session,
            ctx,
            plan.company_id,
            plan.gstin,
            outcome.problem,
            attempts=row["attempts"],
        )
    note_awake(session, ctx, plan.company_id, plan.gstin)
    if outcome.result is not PortalAnswer.DONE:
        _keep_refusal(session, ctx, row, plan, outcome.problem)
    elif plan.asked is Asked.CANCEL:
        keep_cancelled(session, ctx, row)
    elif plan.asked is Asked.VEHICLE:
        keep_vehicle(session, ctx, row, outcome.given.valid_until if outcome.given else None)
    elif outcome.given:
        given = outcome.given
        keep_number(session, ctx, row, given.number, given.made_at, given.valid_until)
    return None


def _made(portal: InvoicePortal, plan: WayPlan, calls: list[Noted]) -> WayBillGiven:
    """Have it made; what did not answer, or says that it was made before, is looked up."""
    if plan.was_tried and (known := portal.find_way_bill(plan.gstin, *plan.document)):
        return known
    try:
        return portal.make_way_bill(plan.gstin, plan.payload)
    except (PortalAway, PortalRefused) as failure:
        if isinstance(failure, PortalRefused) and failure.code not in MADE_BEFORE:
            raise
        known = portal.find_way_bill(plan.gstin, *plan.document)
        if known is None:
            raise
        result = PortalAnswer.AWAY if isinstance(failure, PortalAway) else PortalAnswer.REFUSED
        calls.append(Noted(failure.call, result, failure.problem))
        return known


def _changed(portal: InvoicePortal, plan: WayPlan) -> WayBillGiven:
    """Tell of the vehicle once: what was told and did not answer is looked up first."""
    known = portal.find_way_bill(plan.gstin, *plan.document) if plan.was_tried else None
    if known and known.number == plan.number and known.vehicle_no == plan.vehicle_no:
        return known
    return portal.change_vehicle(plan.gstin, plan.payload)


def _cancelled(portal: InvoicePortal, plan: WayPlan) -> Noted:
    """Have it cancelled; what is not in force there any more was, by a call whose answer was lost."""
    try:
        done = portal.cancel_way_bill(plan.gstin, plan.number, *plan.cancel)
    except PortalRefused as refused:
        if refused.code not in GONE:
            raise
        known = portal.find_way_bill(plan.gstin, *plan.document)
        if known is not None and known.number == plan.number:
            raise
        return Noted(refused.call, PortalAnswer.REFUSED, refused.problem)
    return Noted(done.call, PortalAnswer.DONE)


def _keep_refusal(
    session: Session, ctx: RequestContext, row: db.Row, plan: WayPlan, problem: str
) -> None:
    is_new = plan.asked is Asked.GENERATE
    status = WayBillStatus.REFUSED if is_new else WayBillStatus.ACTIVE
    db.execute(
        session,
        "update way_bill set status = %s, asked = '', new_vehicle = '', problem = %s, leased_until = null"
        " where tenant_id = %s and id = %s",
        (status, problem[:500] or "Refused without a word.", ctx.tenant_id, row["id"]),
    )
    emit(session, ctx, row["id"], WayBillSettled(way_bill_id=row["id"], status=status))
    news = workflows.News(
        kind="einvoicing.way_bill_problem",
        title=f"The way bill of {row['document_number']} was refused"
        if is_new
        else f"Way bill {row['number']} was not changed",
        body=problem[:500],
        link=f"/gst/way-bills/{row['id']}",
        severity="warning",
        dedupe_key=f"way-bill-{row['id']}-{plan.asked}-{ctx.now:%Y%m%d%H%M%S}",
    )
    workflows.notify_members(session, ctx, permission=DISPATCH, news=news)
