"""Messages to people outside, handed to their carriers in the background."""

from uuid import UUID

import structlog

from erp.adapters.messages import carrier_of
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, documents, messaging, platform
from jobs.run import apart

__all__ = ["catalogue_of_actions", "send"]
_log = structlog.get_logger()


def send(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Hand a message to its carrier; what came of it is noted whatever becomes of the job.

    A crash between the carrier's word and our note sends it twice, under the same `Message-ID`.

    Raises:
        TryLater: The carrier did not take it; the next attempt is due after a growing pause.
        StorageUnavailable: Its attachments cannot be read now.
    """
    message = messaging.plan_message(session, ctx, UUID(delivery.payload["message_id"]))
    if message is None:
        return
    try:
        reference = _carry(message)
    except messaging.NotCarried as refused:
        _log.info("message_not_carried", message_id=str(message.message_id))
        problem, is_final = refused.problem, refused.is_final
    else:
        apart(
            ctx,
            lambda own, mine: messaging.note_carried(own, mine, message.message_id, reference),
        )
        return
    pause = apart(
        ctx,
        lambda own, mine: messaging.note_not_carried(
            own, mine, message.message_id, problem, is_final=is_final
        ),
    )
    if pause is not None:
        raise platform.TryLater(problem, pause)


def _carry(message: messaging.OutgoingMessage) -> str:
    storage = object_storage()
    try:
        contents = tuple(storage.read(held.storage_key) for held in message.attachments)
    except documents.ObjectMissing as missing:
        raise messaging.NotCarried("A file of this message is gone.", is_final=True) from missing
    try:
        carrier = carrier_of(message.channel)
    except messaging.ChannelNotSetUp as absent:
        raise messaging.NotCarried(absent.message, is_final=False) from absent
    return carrier.carry(message, contents)
