"""Deliveries: one event for one subscriber, leased, retried, and parked when hopeless."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict
from erp.core.ids import new_id

LEASE_SECONDS = 120
MAX_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 3600
OUTAGE_PAUSE_SECONDS = 30
DUE_OF_A_TENANT = 100
_LONGEST_ERROR = 2000


class LeaseLost(Conflict):
    """The worker was too slow: its lease ran out and its work must not count."""

    code = "lease_lost"


class TryLater(Exception):
    """A subscriber did not succeed and says when to try again; it decides itself when to give up."""

    def __init__(self, reason: str, after: timedelta) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery that a worker should be told about."""

    tenant_id: UUID
    delivery_id: UUID
    attempts: int
    due_at: datetime

    @property
    def attempt_id(self) -> str:
        """A name for the attempt to come, the same whoever asks."""
        return f"{self.delivery_id}-{self.attempts}-{self.due_at:%Y%m%dT%H%M%S%f}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery under lease, with the event to deliver.

    Attributes:
        lease_token: Fences this attempt: a later one has another token.
        attempts: This attempt included.
    """

    delivery_id: UUID
    subscriber: str
    lease_token: UUID
    attempts: int
    event_id: UUID
    event_name: str
    aggregate_id: UUID
    payload: dict[str, Any]
    occurred_at: datetime
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is waiting, over all tenants.

    Attributes:
        oldest_seconds: Age of the oldest event the relay has not seen.
    """

    events: int
    oldest_seconds: float
    pending: int
    dead: int


def due_deliveries(session: Session, now: datetime, limit: int = 1000) -> list[DueDelivery]:
    """Return deliveries that are due or whose worker vanished: each tenant's first, then each one's second.

    Of a tenant the longest due come, at most `DUE_OF_A_TENANT`: however much one of them has to
    do, another waits behind that many. Needs the operators' role.
    """
    rows = db.fetch_all(
        session,
        """
        select due.tenant_id, due.delivery_id, due.attempts, due.due_at
          from tenant cross join lateral (
               select tenant_id, id as delivery_id, attempts, next_attempt_at as due_at,
                      row_number() over (order by next_attempt_at) as place
                 from event_delivery
                where tenant_id = tenant.id and status in ('pending', 'leased')
                  and next_attempt_at <= %(now)s
                  and (status = 'pending' or leased_until < %(now)s)
                order by next_attempt_at limit %(each)s) due
         order by due.place, due.due_at limit %(limit)s
        """,
        {"now": now, "limit": limit, "each": DUE_OF_A_TENANT},
    )
    return [DueDelivery(**row) for row in rows]


def lease_delivery(session: Session, ctx: RequestContext, delivery_id: UUID) -> Delivery | None:
    """Take a delivery for `LEASE_SECONDS`; nothing if it is not due or someone has it.

    Counts the attempt, so that a worker killed half-way does not try for ever.
    """
    token = new_id()
    taken = db.fetch_one(
        session,
        """
        update event_delivery delivery
           set status = 'leased', lease_token = %(token)s, leased_until = %(until)s,
               attempts = attempts + 1
          from event
         where delivery.tenant_id = %(tenant)s and delivery.id = %(id)s
           and (event.tenant_id, event.id) = (delivery.tenant_id, delivery.event_id)
           and delivery.status in ('pending', 'leased')
           and delivery.next_attempt_at <= %(now)s
           and (delivery.status = 'pending' or delivery.leased_until < %(now)s)
        returning delivery.id as delivery_id, delivery.subscriber, delivery.lease_token,
                  delivery.attempts, event.id as event_id, event.name as event_name,
                  event.aggregate_id, event.payload, event.occurred_at, event.user_id
        """,
        {
            "tenant": ctx.tenant_id,
            "id": delivery_id,
            "token": token,
            "now": ctx.now,
            "until": ctx.now + timedelta(seconds=LEASE_SECONDS),
        },
    )
    return Delivery(**taken) if taken else None


def finish_delivery(session: Session, ctx: RequestContext, delivery: Delivery) -> None:
    """Mark a delivery done, in the transaction of its effect.

    Raises:
        LeaseLost: Another attempt has taken over; the effect must roll back.
    """
    done = db.fetch_one(
        session,
        "update event_delivery set status = 'done', done_at = %s, leased_until = null,"
        " lease_token = null, last_error = null"
        " where tenant_id = %s and id = %s and status = 'leased' and lease_token = %s returning id",
        (ctx.now, ctx.tenant_id, delivery.delivery_id, delivery.lease_token),
    )
    if done is None:
        raise LeaseLost("This delivery was taken over by another worker.")


def fail_delivery(
    session: Session,
    ctx: RequestContext,
    delivery: Delivery,
    error: str,
    *,
    is_outage: bool = False,
    after: timedelta | None = None,
) -> str:
    """Record a failed attempt: due again after a growing pause, or dead after the last.

    An outage of something else never kills a delivery: it stays due until that is back. Nor does
    a failure whose subscriber said after which pause to try again. Returns the new status; a
    lease that was lost in between stays as it is.
    """
    is_hopeless = delivery.attempts >= MAX_ATTEMPTS and not is_outage and after is None
    status = "dead" if is_hopeless else "pending"
    longest = OUTAGE_PAUSE_SECONDS if is_outage else LONGEST_PAUSE_SECONDS
    db.execute(
        session,
        "update event_delivery set status = %s, next_attempt_at = %s, last_error = %s,"
        " leased_until = null, lease_token = null"
        " where tenant_id = %s and id = %s and lease_token = %s",
        (
            status,
            ctx.now + (after or pause_after(delivery.attempts, longest)),
            error[:_LONGEST_ERROR].replace("\0", ""),
            ctx.tenant_id,
            delivery.delivery_id,
            delivery.lease_token,
        ),
    )
    return status


def pause_after(attempts: int, longest: int = LONGEST_PAUSE_SECONDS) -> timedelta:
    """Return how long to wait after so many failed attempts: 2 s, 8 s, 32 s ... `longest`."""
    seconds = FIRST_PAUSE_SECONDS * 4 ** min(attempts - 1, 10)
    return timedelta(seconds=min(seconds, longest))


def backlog(session: Session) -> Backlog:
    """Count what waits and what is parked; needs the operators' role."""
    row = db.fetch_one(
        session,
        """
        select (select count(*) from event_queue) as events,
               (select coalesce(extract(epoch from now() - min(event.recorded_at)), 0)::float8
                  from event_queue join event
                    on (event.tenant_id, event.id) = (event_queue.tenant_id, event_queue.event_id)
               ) as oldest_seconds,
               (select count(*) from event_delivery
                 where status in ('pending', 'leased')) as pending,
               (select count(*) from event_delivery where status = 'dead') as dead
        """,
    )
    return Backlog(**(row or {"events": 0, "oldest_seconds": 0.0, "pending": 0, "dead": 0}))


def is_under_way(session: Session, ctx: RequestContext, aggregate_id: UUID, name: str) -> bool:
    """Tell whether an event of a thing still waits to be sealed or delivered, or is being delivered.

    It is not once all are done, or given up after their last attempt.
    """
    found = db.fetch_one(
        session,
        """
        select 1 from event e
         where e.tenant_id = %s and e.aggregate_id = %s and e.name = %s
           and (not exists (select 1 from event_delivery d where (d.tenant_id, d.event_id) = (e.tenant_id, e.id))
                or exists (select 1 from event_delivery d where (d.tenant_id, d.event_id) = (e.tenant_id, e.id)
                              and d.status in ('pending', 'leased')))
         limit 1
        """,
        (ctx.tenant_id, aggregate_id, name),
    )
    return found is not None


def replay_event_deliveries(
    session: Session, subscriber: str, event_names: list[str], now: datetime
) -> int:
    """Make every past event of these names due for a subscriber again; needs the operators' role.

    Events the subscriber never saw, because it is new, get a delivery; done and dead ones
    are run again. Returns how many are due.
    """
    rows = db.fetch_all(
        session,
        """
        insert into event_delivery
            (tenant_id, id, event_id, subscriber, status, attempts, next_attempt_at)
        select event.tenant_id, gen_random_uuid(), event.id, %(subscriber)s, 'pending', 0, %(now)s
          from event
          join event_seal seal on (seal.tenant_id, seal.event_id) = (event.tenant_id, event.id)
         where event.name = any(%(names)s)
        on conflict (tenant_id, event_id, subscriber) do update
           set status = 'pending', attempts = 0, done_at = null, last_error = null,
               next_attempt_at = excluded.next_attempt_at
         where event_delivery.status in ('done', 'dead')
        returning id
        """,
        {"subscriber": subscriber, "names": event_names, "now": now},
    )
    return len(rows)
