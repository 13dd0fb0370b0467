"""Hash chains: one order of a tenant's events, or entries, that cannot be altered unseen."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.ids import new_id
from erp.services.platform.verifying import referee


@dataclass(frozen=True, slots=True)
class Chain:
    """What is chained: its table, the table of its seals, how a seal names a row, and what is hashed."""

    rows: LiteralString
    seals: LiteralString
    member: LiteralString
    digest: LiteralString


@dataclass(frozen=True, slots=True)
class Head:
    """The last place of a tenant's chain, its hash in hex; `seals` names the chain."""

    seals: str
    tenant_id: UUID
    sequence: int
    hash: str


GENESIS = bytes(32)
"""What the first seal of a tenant follows."""

DIGEST: LiteralString = """
    sha256(convert_to(jsonb_build_array(
        event.tenant_id, event.id, event.name, event.aggregate_id, event.payload,
        extract(epoch from event.occurred_at), extract(epoch from event.recorded_at),
        event.user_id, event.request_id)::text, 'UTF8'))
"""
"""SHA-256 of everything an event says, as text that depends on no session setting."""

EVENTS: Chain = Chain("event", "event_seal", "event_id", DIGEST)

Subscribers = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event that has got its place in the chain.

    Attributes:
        subscribers: Names of those who will be told.
    """

    tenant_id: UUID
    event_id: UUID
    name: str
    aggregate_id: UUID
    subscribers: tuple[str, ...]


def tenants_with_events(session: Session) -> list[UUID]:
    """Return the tenants whose events wait for the relay; needs the operators' role."""
    rows = db.fetch_all(
        session,
        "select id from tenant where exists"
        " (select from event_queue where event_queue.tenant_id = tenant.id) order by id",
    )
    return [row["id"] for row in rows]


def seal_events(
    session: Session, tenant_id: UUID, subscribers: Subscribers, *, now: datetime, limit: int = 500
) -> list[SealedEvent]:
    """Chain a tenant's waiting events, make their deliveries and take them off the queue.

    One relay at a time works on a tenant: a second one finds it locked and returns nothing.
    Events are chained in the order in which they became visible. Needs the operators' role.
    """
    lock = "select pg_try_advisory_xact_lock(hashtextextended(%s, 7305)) as mine"
    mine = db.fetch_one(session, lock, (str(tenant_id),))
    if not mine or not mine["mine"]:
        return []
    waiting = _waiting(session, tenant_id, limit)
    if waiting:
        chain_rows(session, EVENTS, tenant_id, waiting, now)
    sealed = [_sealed(tenant_id, row, subscribers) for row in waiting]
    _make_deliveries(session, sealed, now)
    return sealed


def _waiting(session: Session, tenant_id: UUID, limit: int) -> list[db.Row]:
    return db.fetch_all(
        session,
        f"""
        with taken as (
            delete from event_queue where tenant_id = %(tenant)s and event_id in (
                select event_id from event_queue where tenant_id = %(tenant)s
                 order by event_id limit %(limit)s)
            returning event_id)
        select event.id, event.name, event.aggregate_id, {DIGEST} as digest
          from event where event.tenant_id = %(tenant)s and event.id in (select event_id from taken)
         order by event.id
        """,  # noqa: S608  a constant of this module
        {"tenant": tenant_id, "limit": limit},
    )


def chain_rows(
    session: Session, chain: Chain, tenant_id: UUID, waiting: list[db.Row], now: datetime
) -> None:
    """Give rows, each an `id` and its `digest`, the next places of a tenant's chain.

    The caller holds a lock of the tenant's chain. Needs the operators' role.
    """
    last = db.fetch_one(
        session,
        f"select sequence, hash from {chain.seals} where tenant_id = %s order by sequence desc limit 1",  # noqa: S608  constants
        (tenant_id,),
    ) or {"sequence": 0, "hash": GENESIS}
    sequence, previous = last["sequence"], bytes(last["hash"])
    seals = []
    for row in waiting:
        sequence += 1
        sealed = hashlib.sha256(previous + bytes(row["digest"])).digest()
        seals.append((tenant_id, sequence, row["id"], previous, sealed, now))
        previous = sealed
    with db.raw(session).cursor() as cursor:
        cursor.executemany(
            f"insert into {chain.seals} (tenant_id, sequence, {chain.member}, previous_hash, hash, sealed_at)"  # noqa: S608  constants
            " values (%s, %s, %s, %s, %s, %s)",
            seals,
        )


def chain_heads(session: Session, chain: Chain) -> list[Head]:
    """Return the last place of every tenant's chain; needs the operators' role."""
    rows = db.fetch_all(
        session,
        "select distinct on (tenant_id) tenant_id, sequence, encode(hash, 'hex') as hash"  # noqa: S608  constants
        f" from {chain.seals} order by tenant_id, sequence desc",
    )
    return [Head(chain.seals, row["tenant_id"], row["sequence"], row["hash"]) for row in rows]


def has_head(session: Session, chain: Chain, head: Head) -> bool:
    """Tell whether a chain still has what was once its last place; needs the operators' role."""
    found = db.fetch_one(
        session,
        f"select encode(hash, 'hex') as hash from {chain.seals} where tenant_id = %s and sequence = %s",  # noqa: S608  constants
        (head.tenant_id, head.sequence),
    )
    return found is not None and found["hash"] == head.hash


def broken_seals(chain: Chain) -> LiteralString:
    """Return the statement that selects the first place of any tenant's chain that does not hold."""
    return f"""
        with chained as (
            select seal.*,
                   row_number() over chain as place,
                   coalesce(lag(seal.hash) over chain, decode(repeat('00', 32), 'hex')) as expected
              from {chain.seals} seal
            window chain as (partition by seal.tenant_id order by seal.sequence))
        select chained.tenant_id, chained.sequence, chained.{chain.member},
               case when chained.sequence <> chained.place then 'a seal before this one is missing'
                    when chained.previous_hash <> chained.expected
                         then 'does not follow the seal before it'
                    when {chain.rows}.id is null then 'what was sealed here is gone'
                    else 'what was sealed here was altered' end as why
          from chained
          left join {chain.rows}
            on ({chain.rows}.tenant_id, {chain.rows}.id) = (chained.tenant_id, chained.{chain.member})
         where chained.sequence <> chained.place
            or chained.previous_hash <> chained.expected
            or {chain.rows}.id is null
            or chained.hash <> sha256(chained.previous_hash || {chain.digest})
         order by chained.tenant_id, chained.sequence limit 1
    """  # noqa: S608  constants of the domains


def _sealed(tenant_id: UUID, row: db.Row, subscribers: Subscribers) -> SealedEvent:
    told = tuple(sorted(subscribers(row["name"])))
    return SealedEvent(tenant_id, row["id"], row["name"], row["aggregate_id"], told)


def _make_deliveries(session: Session, sealed: list[SealedEvent], now: datetime) -> None:
    wanted = [
        (event.tenant_id, new_id(), event.event_id, subscriber, "pending", 0, now)
        for event in sealed
        for subscriber in event.subscribers
    ]
    with db.raw(session).cursor() as cursor:
        cursor.executemany(
            "insert into event_delivery"
            " (tenant_id, id, event_id, subscriber, status, attempts, next_attempt_at)"
            " values (%s, %s, %s, %s, %s, %s, %s)"
            " on conflict (tenant_id, event_id, subscriber) do nothing",
            wanted,
        )


referee(
    "O1",
    "Every event waits for the relay or is sealed, exactly once",
    counted="select count(*) from event",
    offenders="""
        select event.tenant_id, event.id, event.name,
               case when queued.event_id is null then 'neither waiting nor sealed'
                    else 'waiting and sealed' end as why
          from event
          left join event_queue queued
            on (queued.tenant_id, queued.event_id) = (event.tenant_id, event.id)
          left join event_seal seal
            on (seal.tenant_id, seal.event_id) = (event.tenant_id, event.id)
         where (queued.event_id is null) = (seal.event_id is null)
         order by event.tenant_id, event.id limit 1
    """,
)
referee(
    "A2",
    "The chain of every tenant's events is unbroken and says what the events say",
    counted="select count(*) from event_seal",
    offenders=broken_seals(EVENTS),
)
