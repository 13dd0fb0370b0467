"""A second look at a message that was put aside."""

from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy, DomainError, Unavailable
from erp.services.imaging.devices import NoteDeviceState, note_device_state
from erp.services.imaging.holding import KEPT_BYTES, release_message, still_held
from erp.services.imaging.messages import BadMessage, DeviceState, SessionEvent, read_message
from erp.services.imaging.sessions import RecordSessionEvent, record_session_event
from erp.services.imaging.topics import STEP_TOPIC, Channel, Topic, read_topic


def retake_message(session: Session, ctx: RequestContext, held: db.Row) -> str:
    """Take a parked message again; taken it is released, else it stays with today's reason.

    Session events and states can be taken late. Offers, pieces and ends of transfers are
    repeated by the device itself, so a stale one is no loss. Returns the status it has now.

    Emits:
        What the message's own command emits, and imaging.held_decided.v1.
    """
    try:
        with db.attempt(session):
            _take(session, ctx, held)
    except BadMessage as bad:
        still_held(session, ctx, held, bad.code, bad.detail)
    except (Busy, Unavailable):
        raise
    except DomainError as error:
        still_held(session, ctx, held, error.code, error.message)
    except ValidationError as error:
        still_held(session, ctx, held, "invalid", str(error.errors()[0]["msg"]))
    else:
        release_message(session, ctx, held)
        return "released"
    return "open"


def _take(session: Session, ctx: RequestContext, held: db.Row) -> None:
    if held["topic"].startswith(STEP_TOPIC):
        raise BadMessage("told_at_once", "Its modality was told so and keeps the step; discard it.")
    payload, topic = bytes(held["payload"]), read_topic(held["topic"])
    if held["size"] > KEPT_BYTES:
        raise BadMessage("too_large", "Only the start of this message was kept.")
    if topic.channel is Channel.EVENT:
        _event(session, ctx, held["device_id"], topic, payload)
    elif topic.channel is Channel.STATE:
        state = read_message(payload, DeviceState)
        note_device_state(session, ctx, NoteDeviceState(device_id=held["device_id"], state=state))
    else:
        raise BadMessage("repeated_by_device", "The device repeats this by itself; discard it.")


def _event(
    session: Session, ctx: RequestContext, device_id: UUID, topic: Topic, payload: bytes
) -> None:
    event = read_message(payload, SessionEvent)
    if event.session_id != topic.subject:
        raise BadMessage("invalid", "session_id: differs from the topic")
    record_session_event(session, ctx, RecordSessionEvent(device_id=device_id, event=event))
