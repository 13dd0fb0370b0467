"""Repeats: asked of the device, and tied to the images they were to replace once those come."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.events import RepeatArrived
from erp.services.imaging.ordering import schedule_repeat, withdraw_repeat
from erp.services.imaging.outgoing import Address, Word, end_commands, say_all
from erp.services.imaging.topics import Channel
from erp.services.platform import emit

AWAITED_DAYS: Final = 30
REPEAT_LASTS: Final = timedelta(days=7)
"""A patient who has not come again by then is called anew, with a new order."""


class RepeatCommand(BaseModel):
    """What the device is told: to take the images again, or not to."""

    command: str = "repeat"
    session_id: str
    reason: str = ""
    note: str = ""


def order_repeat(
    session: Session, ctx: RequestContext, found: db.Row, reason: str, note: str
) -> None:
    """Have the device take a session's images again, and put that first on the worklist.

    Emits:
        imaging.order_changed.v1.
    """
    told = RepeatCommand(session_id=found["external_id"], reason=reason, note=note)
    _tell(session, ctx, found, told)
    schedule_repeat(session, ctx, found, note=note)


def take_back_repeat(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """Take a repeat off the worklist and back from the device: it is told so if it may have heard of it.

    Emits:
        imaging.order_changed.v1 for what was still planned.
    """
    withdraw_repeat(session, ctx, found["id"])
    about = {"command": "repeat", "session_id": found["external_id"]}
    if end_commands(session, ctx, found["device_id"], about):
        told = RepeatCommand(command="withdraw_repeat", session_id=found["external_id"])
        _tell(session, ctx, found, told)


def _tell(session: Session, ctx: RequestContext, found: db.Row, told: RepeatCommand) -> None:
    to = Address(found["device_id"], Channel.COMMAND, new_id().hex)
    say_all(session, ctx, [Word(to, told.model_dump_json(), expires_at=ctx.now + REPEAT_LASTS)])


def link_repeat(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Tie a session to the one it repeats: the latest of its patient whose repeat is awaited.

    The same order (accession number), the repeat's own order, or the same device and patient
    counts; each session is repeated by one other at most, and only what began after the request
    repeats it.

    Emits:
        imaging.repeat_arrived.v1 when there is such a session.
    """
    row = db.fetch_one(
        session,
        """
        update imaging_session arrived set repeat_of = earlier.id,
               urgency = greatest(arrived.urgency, earlier.urgency)
          from (select asked.id, asked.urgency from imaging_session asked
                  join imaging_session own on own.tenant_id = asked.tenant_id and own.id = %(id)s
                 where asked.tenant_id = %(tenant)s and asked.id <> own.id
                   and asked.qa_state = 'repeat_requested' and asked.decided_at > %(since)s
                   and own.created_at >= asked.decided_at
                   and asked.patient_code <> '' and asked.patient_code = own.patient_code
                   and (asked.device_id = own.device_id
                        or (asked.accession <> '' and asked.accession = own.accession)
                        or exists (select from imaging_order planned
                                    where (planned.tenant_id, planned.id) = (own.tenant_id, own.order_id)
                                      and planned.repeat_of = asked.id))
                   and not exists (select from imaging_session other
                                    where other.tenant_id = asked.tenant_id
                                      and other.repeat_of = asked.id)
                 order by asked.decided_at desc limit 1 for no key update of asked) earlier
         where arrived.tenant_id = %(tenant)s and arrived.id = %(id)s and arrived.repeat_of is null
           and arrived.qa_state in ('new', 'in_review')
        returning arrived.repeat_of
        """,
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "since": ctx.now - timedelta(days=AWAITED_DAYS),
        },
    )
    if row is not None:
        arrived = RepeatArrived(session_id=session_id, repeat_of=row["repeat_of"])
        emit(session, ctx, session_id, arrived)
