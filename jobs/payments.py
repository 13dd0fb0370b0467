"""What payments do in the background: reminders go out with a statement."""

from dataclasses import replace
from uuid import UUID

from erp.adapters.object_storage import object_storage
from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, documents, payments, platform

__all__ = ["catalogue_of_actions", "remind_instead", "send_reminder"]


def send_reminder(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Queue a reminder's message to a phone, or its e-mail with the customer's statement; again changes nothing."""
    reminder_id = UUID(delivery.payload["reminder_id"])
    reminder = payments.reminder_of(session, ctx, reminder_id)
    if reminder is None:
        return
    ctx = _at_home(ctx, reminder)
    if reminder["method"] in payments.TO_PHONES:
        payments.queue_text(session, ctx, reminder)
    if reminder["method"] == payments.ReminderMethod.EMAIL:
        _mail(session, ctx, reminder)


def remind_instead(
    session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Send a reminder the next way whose message to a phone failed for good, where something is late still.

    After WhatsApp that is SMS, after SMS e-mail, each where the customer agreed and can be reached.
    """
    failed = payments.failed_text(session, ctx, UUID(delivery.payload["message_id"]))
    reminder = payments.reminder_of(session, ctx, failed["origin_id"]) if failed else None
    if failed is None or reminder is None:
        return
    ctx = _at_home(ctx, reminder)
    late = payments.late_now(session, ctx, reminder)
    if late is None:
        return
    way = payments.next_way(session, ctx, failed, late)
    if way.is_open and way.method in payments.TO_PHONES:
        payments.queue_text(session, ctx, reminder, way)
    elif way.is_open:
        _mail(session, ctx, reminder, way.why)


def _at_home(ctx: RequestContext, reminder: db.Row) -> RequestContext:
    """Return the context of the branch that reminds, whatever company of the tenant the job begins in."""
    return replace(ctx, company_id=reminder["company_id"], branch_id=reminder["branch_id"])


def _mail(session: db.UnitOfWork, ctx: RequestContext, reminder: db.Row, why: str = "") -> None:
    reminder_id = reminder["id"]
    wanted = payments.GetStatement(party_id=reminder["party_id"])
    statement = payments.get_printed_statement(session, ctx, wanted)
    new = documents.NewDocument(
        origin_type="reminder",
        origin_id=reminder_id,
        variant="statement",
        file_name=f"statement-{statement.to_day}.pdf",
        media_type="application/pdf",
    )
    content = PdfPrinter().statement(statement)
    kept = documents.store_bytes(session, ctx, object_storage(), new, content)
    payments.queue_reminder(session, ctx, reminder_id, [kept.id], why)
