"""The chain of events: complete, gapless, and any change to it is found where it happened."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from erp.core import db
from erp.services import platform
from erp.services.platform.sealing import DIGEST
from jobs.relay import seal_waiting_events


def verdict(code: str) -> platform.Verdict:
    with db.ops_session() as session:
        (found,) = [v for v in platform.verify(session) if v.code == code]
    return found


@pytest.fixture
def chain(asha, happen, owner):
    """A sealed chain of at least five events; whatever a test does to it is undone."""
    for _ in range(5):
        happen()
    while seal_waiting_events():
        pass
    rows = owner.execute(
        "select sequence, event_id, hash from event_seal where tenant_id = %s order by sequence",
        (asha.tenant_id,),
    ).fetchall()
    assert len(rows) >= 5
    return rows


@pytest.fixture
def tampering(database_url):
    """A superuser who switched the triggers off, and rolls back in the end."""
    with psycopg.connect(database_url) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection
        connection.rollback()


def first_offender(connection):
    found = platform.referees_by_code()["A2"]
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    return cursor.execute(found.offenders).fetchone()


def test_every_event_is_sealed_once_in_one_order(chain):
    assert [sequence for sequence, _, _ in chain] == list(range(1, len(chain) + 1))
    assert verdict("O1").holds
    assert verdict("A2").holds
    assert verdict("A2").examined >= len(chain)


def test_relays_at_the_same_time_make_one_chain(happen):
    for _ in range(10):
        happen()
    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(seal_waiting_events) for _ in range(12)]
        sealed = [event.event_id for done in rounds for event in done.result()]
    while more := seal_waiting_events():
        sealed += [event.event_id for event in more]
    assert len(sealed) == len(set(sealed)) >= 10
    assert verdict("O1").holds
    assert verdict("A2").holds


def test_a_tenant_that_another_relay_works_on_is_left_to_it(asha, happen, database_url, owner):
    happen()
    waiting = "select count(*) from event_queue where tenant_id = %s"
    with psycopg.connect(database_url) as other:
        lock = "select pg_advisory_xact_lock(hashtextextended(%s, 7305))"
        other.execute(lock, (str(asha.tenant_id),))
        assert asha.tenant_id not in {event.tenant_id for event in seal_waiting_events()}
        assert owner.execute(waiting, (asha.tenant_id,)).fetchone() != (0,)
        other.rollback()
    while seal_waiting_events():
        pass
    assert owner.execute(waiting, (asha.tenant_id,)).fetchone() == (0,)


@pytest.mark.parametrize(
    "column", ['payload = \'{"kind": "other"}\'', "user_id = id", "name = 'x.y.v1'"]
)
def test_an_altered_event_is_located(chain, tampering, asha, column):
    sequence, event_id, _ = chain[2]
    tampering.execute(
        f"update event set {column} where tenant_id = %s and id = %s",  # noqa: S608
        (asha.tenant_id, event_id),
    )
    offender = first_offender(tampering)
    assert offender["sequence"] == sequence
    assert offender["why"] == "what was sealed here was altered"


def test_a_seal_that_says_something_else_is_located(chain, tampering, asha):
    sequence, event_id, _ = chain[2]
    tampering.execute(
        "update event_seal set hash = %s where tenant_id = %s and event_id = %s",
        (hashlib.sha256(b"forged").digest(), asha.tenant_id, event_id),
    )
    assert first_offender(tampering)["sequence"] == sequence


def test_an_event_altered_with_its_seal_is_located_at_the_next(chain, tampering, asha):
    """Whoever recomputes one hash would have to recompute all that follow."""
    sequence, event_id, _ = chain[2]
    there = (asha.tenant_id, event_id)
    tampering.execute(
        'update event set payload = \'{"kind": "other"}\' where tenant_id = %s and id = %s', there
    )
    tampering.execute(
        f"update event_seal seal set hash = sha256(seal.previous_hash || {DIGEST}) from event"  # noqa: S608
        " where (event.tenant_id, event.id) = (seal.tenant_id, seal.event_id)"
        " and seal.tenant_id = %s and seal.event_id = %s",
        there,
    )
    offender = first_offender(tampering)
    assert offender["sequence"] == sequence + 1
    assert offender["why"] == "does not follow the seal before it"


def test_a_removed_event_is_located(chain, tampering, asha):
    sequence, event_id, _ = chain[1]
    for table in ("event_seal", "event"):
        column = "event_id" if table == "event_seal" else "id"
        tampering.execute(
            f"delete from {table} where tenant_id = %s and {column} = %s",  # noqa: S608
            (asha.tenant_id, event_id),
        )
    offender = first_offender(tampering)
    assert offender["sequence"] == sequence + 1
    assert offender["why"] == "a seal before this one is missing"


def test_swapped_events_are_located(chain, tampering, asha):
    (first, first_id, _), (second, second_id, _) = chain[1], chain[2]
    for sequence, event_id in ((first, None), (second, first_id), (first, second_id)):
        tampering.execute(
            "update event_seal set event_id = coalesce(%s, gen_random_uuid())"
            " where tenant_id = %s and sequence = %s",
            (event_id, asha.tenant_id, sequence),
        )
    assert first_offender(tampering)["sequence"] == first


@pytest.mark.usefixtures("chain")
def test_the_application_role_cannot_touch_the_chain(asha):
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        db.unit_of_work(asha.system) as session,
    ):
        db.execute(session, "delete from event_seal")
    assert verdict("A2").holds
