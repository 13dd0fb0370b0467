"""What imaging does in the background: reports, and second looks at what was held."""

from uuid import UUID

import structlog
from redis import RedisError

from erp.adapters.dicom.calling import Called, NoAnswer, echo
from erp.adapters.dicom.object_inspector import key_images, object_inspector
from erp.adapters.object_storage import object_storage
from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy, DomainError, NotFound, Unavailable
from erp.core.live_channel import live_channel
from erp.services import catalogue_of_actions, documents, imaging, platform
from jobs.queues import connect
from jobs.run import apart

__all__ = ["call_peer", "catalogue_of_actions", "make_report", "retry_held"]
REPORT_ATTEMPTS = 3
_log = structlog.get_logger()


def make_report(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Draw and keep the PDF of a report that was asked for; its progress shows as it goes.

    An outage is waited out; what fails for another reason three times is said to have failed.
    """
    report_id = UUID(delivery.payload["report_id"])
    plan = imaging.plan_report(session, ctx, report_id)
    if plan is None:
        return
    try:
        stored = _draw(session, ctx, plan)
    except (Busy, Unavailable):
        _progress(ctx, plan, 0, "Waiting for the object store")
        raise
    except Exception as error:
        if delivery.attempts < REPORT_ATTEMPTS:
            raise
        _log.exception("report_failed", report_id=str(report_id))
        _fail(ctx, plan, f"It could not be drawn ({type(error).__name__}). Ask for it again later.")
    else:
        imaging.finish_report(session, ctx, plan, stored.id)


def _fail(ctx: RequestContext, plan: imaging.ReportPlan, problem: str) -> None:
    """Say that a report failed; the job's own transaction may be past use."""
    apart(
        ctx,
        lambda session, own: imaging.fail_report(
            session, own, plan.report_id, plan.session_id, problem
        ),
    )


def _draw(
    session: db.UnitOfWork, ctx: RequestContext, plan: imaging.ReportPlan
) -> documents.DocumentRow:
    images = []
    for number, picture in enumerate(plan.pictures):
        step = f"Image {number + 1} of {len(plan.pictures)}"
        _progress(ctx, plan, 5 + 75 * number // len(plan.pictures), step)
        images.append(imaging.draw_picture(picture, object_storage(), key_images()))
    _progress(ctx, plan, 85, "Drawing the pages")
    content = PdfPrinter().session_report(imaging.with_images(plan, images))
    _progress(ctx, plan, 95, "Keeping the file")
    new = documents.NewDocument(
        origin_type=imaging.ORIGIN,
        origin_id=plan.session_id,
        variant="report",
        file_name=plan.file_name,
        media_type="application/pdf",
    )
    return documents.store_bytes(session, ctx, object_storage(), new, content)


def _progress(ctx: RequestContext, plan: imaging.ReportPlan, percent: int, step: str) -> None:
    """Show how far a report is."""
    apart(
        ctx,
        lambda session, own: imaging.note_progress(session, own, plan.report_id, percent, step),
    )
    try:
        connect().publish(live_channel(ctx.tenant_id, "imaging"), "")
    except RedisError:
        _log.info("progress_not_told", report_id=str(plan.report_id))


def call_peer(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Call a peer by C-ECHO and write down how it answered."""
    device_id = UUID(delivery.payload["device_id"])
    place = imaging.place_of_peer(session, ctx, device_id)
    if place is None:
        return
    try:
        result, is_ok = echo(place.own_title, _called(place)), True
    except NoAnswer as error:
        result, is_ok = str(error), False
    imaging.note_echo(session, ctx, device_id, result, is_ok=is_ok)


def _called(place: imaging.PeerPlace) -> Called:
    return Called(place.title, place.host, place.port, place.uses_tls, place.certificate)


def retry_held(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Look at something in quarantine again and release it if it can be taken now."""
    quarantine_id = UUID(delivery.payload["quarantine_id"])
    try:
        held = imaging.lock_held(session, ctx, quarantine_id)
    except DomainError as error:
        _log.info("retry_is_void", code=error.code, quarantine_id=str(quarantine_id))
        return
    if held["kind"] == "message":
        imaging.retake_message(session, ctx, held)
        return
    try:
        finding = object_inspector_of(ctx, held["sha256"])
    except NotFound as gone:
        fault: documents.Fault = (
            "damaged" if isinstance(gone, documents.ObjectDamaged) else "missing"
        )
        documents.note_check(session, ctx, held["sha256"], fault)
        imaging.still_held(session, ctx, held, "bytes_missing", "Its bytes are gone or damaged.")
        return
    if isinstance(finding, imaging.ObjectFacts):
        finding = imaging.filed(session, ctx, held, finding)
    imaging.retake_object(session, ctx, held, finding)


def object_inspector_of(
    ctx: RequestContext, sha256: str
) -> imaging.ObjectFacts | imaging.RefusedObject:
    """Return what the reader of today says about kept bytes."""
    intake = imaging.Intake(object_storage(), object_inspector())
    return intake.inspect_kept(ctx, sha256)
