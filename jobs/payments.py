"""What payments do in the background: reminders go out with a statement."""

from uuid import UUID

from erp.adapters.object_storage import object_storage
from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, documents, payments, platform

__all__ = ["catalogue_of_actions", "mail_instead", "send_reminder"]


def send_reminder(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Queue a reminder's message to a phone, or its e-mail with the customer's statement; again changes nothing."""
    reminder_id = UUID(delivery.payload["reminder_id"])
    reminder = payments.reminder_of(session, ctx, reminder_id)
    if reminder is None:
        return
    if reminder["method"] in payments.TO_PHONES:
        payments.queue_text(session, ctx, reminder)
    if reminder["method"] == payments.ReminderMethod.EMAIL:
        _mail(session, ctx, reminder)


def mail_instead(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Send a reminder by e-mail whose message to a phone failed for good, where something is late still."""
    message_id = UUID(delivery.payload["message_id"])
    reminder_id = payments.failed_text(session, ctx, message_id)
    reminder = payments.reminder_of(session, ctx, reminder_id) if reminder_id else None
    if reminder is not None and payments.letter_words(session, ctx, reminder) is not None:
        _mail(session, ctx, reminder)


def _mail(session: db.UnitOfWork, ctx: RequestContext, reminder: db.Row) -> None:
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
    payments.queue_reminder(session, ctx, reminder_id, [kept.id])
