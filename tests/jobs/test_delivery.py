"""Events reach their subscribers exactly once in effect, whatever fails on the way."""

import signal
import time
from typing import Any

import pytest
from redis import Redis

from erp.core.errors import Conflict, NotFound
from erp.core.live_channel import live_channel
from erp.services import platform
from jobs import deliver as delivering
from jobs.queues import connect, open_queue
from jobs.relay import Relay, find_due_deliveries
from tests.fixtures import forking
from tests.jobs.probe import BEHAVIOUR, PROBE, subscribed


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen in time.")


def seal(relay):
    while relay.turn():
        pass


def test_an_event_is_sealed_delivered_and_done_once(relay, happen, drain, ledger):
    before = ledger.effects()
    happen()
    seal(relay)
    assert ledger.waiting() == 0
    assert ledger.statuses() == ["pending"]
    drain()
    assert ledger.deliveries() == [("done", 1, None)]
    assert ledger.effects() == before + 1


def test_nobody_waits_behind_all_that_another_has_to_do(relay, happen, ledger, asha, bodhi):
    for _ in range(platform.DUE_OF_A_TENANT + 20):
        happen()
    happen(bodhi)
    seal(relay)
    tenants = [due.tenant_id for due in find_due_deliveries()]
    assert tenants.count(asha.tenant_id) == platform.DUE_OF_A_TENANT
    assert tenants.index(bodhi.tenant_id) < 2, "after the first of each"
    assert ledger.statuses() == ["pending"] * (platform.DUE_OF_A_TENANT + 20)


def test_ringing_ten_times_has_one_effect(relay, happen, drain, ledger, asha):
    before = ledger.effects()
    happen()
    seal(relay)
    (due,) = [d for d in find_due_deliveries() if d.tenant_id == asha.tenant_id]
    queue = open_queue(connect())
    for _ in range(10):
        arguments = (str(due.tenant_id), str(due.delivery_id))
        queue.enqueue_call("jobs.deliver.deliver", args=arguments)
    drain()
    assert ledger.effects() == before + 1
    assert ledger.deliveries() == [("done", 1, None)]


def test_a_failure_rolls_the_effect_back_and_is_tried_again_later(
    relay, happen, drain, ledger, monkeypatch
):
    before = ledger.effects()
    monkeypatch.setenv(BEHAVIOUR, "fail")
    happen()
    seal(relay)
    drain()
    assert ledger.effects() == before
    ((status, attempts, error),) = ledger.deliveries()
    assert (status, attempts) == ("pending", 1)
    assert "The probe was told to fail" in error
    relay.turn()
    drain()
    assert ledger.deliveries()[0][1] == 1, "it waits for its pause to end"
    monkeypatch.delenv(BEHAVIOUR)
    ledger.make_due()
    relay.turn()
    drain()
    assert ledger.deliveries() == [("done", 2, None)]
    assert ledger.effects() == before + 1


def test_a_hopeless_delivery_is_parked_while_others_go_on(
    relay, happen, drain, ledger, monkeypatch, asha
):
    before = ledger.effects()
    monkeypatch.setenv(BEHAVIOUR, "fail")
    happen()
    seal(relay)
    for _ in range(platform.MAX_ATTEMPTS):
        ledger.make_due()
        relay.turn()
        drain()
    assert ledger.statuses() == ["dead"]
    monkeypatch.delenv(BEHAVIOUR)
    happen()
    seal(relay)
    drain()
    assert sorted(ledger.statuses()) == ["dead", "done"]
    assert ledger.effects() == before + 1

    operator = asha["manager"].ctx
    listed: Any = platform.run("platform.list_deliveries", operator, {}).result
    (dead,) = listed.rows
    assert "told to fail" in dead.last_error
    platform.run("platform.retry_delivery", operator, {"delivery_id": dead.id})
    relay.turn()
    drain()
    assert ledger.statuses() == ["done", "done"]
    assert ledger.effects() == before + 2


def test_only_parked_deliveries_can_be_retried(relay, happen, drain, ledger, asha, bodhi):
    happen()
    seal(relay)
    drain()
    wanted = {"status": "done", "subscriber": "probe"}
    listed: Any = platform.run("platform.list_deliveries", asha["owner"].ctx, wanted).result
    done, *_ = listed.rows
    with pytest.raises(Conflict):
        platform.run("platform.retry_delivery", asha["owner"].ctx, {"delivery_id": done.id})
    with pytest.raises(NotFound):
        platform.run("platform.retry_delivery", bodhi["owner"].ctx, {"delivery_id": done.id})
    assert ledger.deliveries() == [("done", 1, None)]


def test_an_outage_of_something_else_never_kills_a_delivery(
    relay, happen, drain, ledger, monkeypatch
):
    monkeypatch.setenv(BEHAVIOUR, "outage")
    happen()
    seal(relay)
    for _ in range(platform.MAX_ATTEMPTS + 2):
        ledger.make_due()
        relay.turn()
        drain()
    assert ledger.statuses() == ["pending"]


def test_a_lost_lease_writes_nothing(relay, happen, ledger, owner, monkeypatch, asha):
    """A worker that slept through its lease wakes up after another took over."""
    before = ledger.effects()
    happen()
    seal(relay)
    (due,) = [d for d in find_due_deliveries() if d.tenant_id == asha.tenant_id]
    take_effect = delivering._take_effect

    def slow(*arguments):
        owner.execute(
            "update event_delivery set lease_token = gen_random_uuid() where id = %s",
            (due.delivery_id,),
        )
        take_effect(*arguments)

    monkeypatch.setattr(delivering, "_take_effect", slow)
    delivering.deliver(str(due.tenant_id), str(due.delivery_id))
    assert ledger.effects() == before
    assert ledger.statuses() == ["leased"]


@pytest.mark.parametrize(
    "state",
    [
        "status = 'leased', lease_token = gen_random_uuid(), leased_until = now() + interval '1 hour'",
        "next_attempt_at = now() + interval '1 hour'",
        "status = 'dead'",
        "status = 'done', done_at = now()",
    ],
    ids=["held by another", "not due yet", "parked", "done"],
)
def test_only_what_is_due_and_free_can_be_leased(relay, happen, ledger, owner, asha, state):
    before = ledger.effects()
    happen()
    seal(relay)
    (due,) = [d for d in find_due_deliveries() if d.tenant_id == asha.tenant_id]
    owner.execute(
        f"update event_delivery set {state} where id = %s",  # noqa: S608
        (due.delivery_id,),
    )
    untouched = ledger.deliveries()
    assert due not in find_due_deliveries()
    delivering.deliver(str(due.tenant_id), str(due.delivery_id))
    assert ledger.deliveries() == untouched
    assert ledger.effects() == before


def test_what_redis_forgets_is_rung_again(relay, redis, happen, drain, ledger, monkeypatch):
    happen()
    seal(relay)
    assert len(open_queue(redis)) == 1
    redis.flushall()
    drain()
    assert ledger.statuses() == ["pending"]
    relay.turn()
    drain()
    assert ledger.statuses() == ["pending"], "it was rung a moment ago"
    monkeypatch.setattr("jobs.bell.RING_AGAIN_SECONDS", 0.0)
    relay.turn()
    drain()
    assert ledger.deliveries() == [("done", 1, None)]


def test_a_killed_worker_leaves_nothing_half_done(
    relay, happen, drain, ledger, environment, tmp_path
):
    before = ledger.effects()
    happen()
    seal(relay)
    hanging = environment | {BEHAVIOUR: "hang"}
    process = forking.start(["tests.jobs.probe"], hanging, tmp_path / "log")
    try:
        wait_for(lambda: ledger.statuses() == ["leased"])
        time.sleep(0.3)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert ledger.effects() == before
    relay.turn()
    drain()
    assert ledger.statuses() == ["leased"], "its lease has not run out"
    ledger.make_due()
    relay.turn()
    drain()
    assert ledger.deliveries() == [("done", 2, None)]
    assert ledger.effects() == before + 1


def test_pages_are_told_after_the_commit(relay, redis, happen, asha):
    channel = redis.pubsub(ignore_subscribe_messages=True)
    channel.psubscribe("live:*")
    reader = happen()
    seal(relay)
    wanted = live_channel(asha.tenant_id, f"inbox.{reader}").encode()
    wait_for(lambda: (channel.get_message(timeout=0.1) or {}).get("channel") == wanted, 5)


def test_selling_goes_on_while_redis_is_away(happen, ledger, private_stack, monkeypatch, drain):
    """Commands commit, events are sealed, and what is due runs when Redis is back."""
    private_stack.redis.start()
    with Redis.from_url(private_stack.redis.url(), socket_connect_timeout=1) as own:
        relay = Relay(own)
        with subscribed(PROBE):
            relay.turn()
            private_stack.redis.stop()
            before = ledger.effects()
            for _ in range(3):
                happen()
            seal(relay)
            assert relay.troubles == {"redis"}
            assert ledger.waiting() == 0
            assert ledger.statuses() == ["pending"] * 3
            private_stack.redis.start()
            relay.turn()
            assert not relay.troubles
            monkeypatch.setattr("jobs.worker.connect", lambda **_: own)
            drain()
            assert ledger.statuses() == ["done"] * 3
            assert ledger.effects() == before + 3
