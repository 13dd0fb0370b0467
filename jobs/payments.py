"""What payments do in the background: reminders go out with a statement."""

from uuid import UUID

from erp.adapters.object_storage import object_storage
from erp.adapters.pdf import PdfPrinter
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, documents, payments, platform

__all__ = ["catalogue_of_actions", "send_reminder"]


def send_reminder(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Draw a customer's statement and queue the e-mail of a reminder with it; again changes nothing."""
    reminder_id = UUID(delivery.payload["reminder_id"])
    reminder = payments.reminder_of(session, ctx, reminder_id)
    if reminder is None or reminder["method"] != payments.ReminderMethod.EMAIL:
        return
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
