"""Whoever can write to Redis can make a worker run what is on the list, and nothing else."""

import json
import os
from importlib import import_module

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer

from jobs import deliver, worker
from jobs.queues import ALLOWED_FUNCTIONS, FunctionNotAllowed, open_queue
from jobs.schedule import Schedule


def run_entry(redis, func_name, *arguments):
    queue = open_queue(redis)
    job = queue.enqueue_call(func_name, args=arguments, job_id="entry-under-test")
    worker.work(burst=True)
    return job


@pytest.mark.parametrize("name", sorted(ALLOWED_FUNCTIONS))
def test_every_listed_function_exists(name):
    module, _, function = name.rpartition(".")
    assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize(
    "name", ["os.system", "builtins.eval", "jobs.relay.main", "subprocess.run"]
)
def test_an_unlisted_function_is_not_run(redis, name, tmp_path):
    proof = tmp_path / "proof"
    job = run_entry(redis, name, f"touch {proof}")
    assert not proof.exists()
    assert job.get_status(refresh=True) == "failed"


def test_a_pickled_entry_is_not_unpickled(redis, tmp_path):
    proof = tmp_path / "proof"

    class Boom:
        def __reduce__(self):
            return os.system, (f"touch {proof}",)

    queue = open_queue(redis)
    job = Job.create("jobs.deliver.deliver", connection=redis, serializer=JSONSerializer)
    job.origin = queue.name
    job.save()
    redis.hset(job.key, "data", PickleSerializer.dumps(("x", None, (Boom(),), {})))
    redis.rpush(queue.key, job.id)
    worker.work(burst=True)
    assert not proof.exists()


def test_callbacks_and_webhooks_in_redis_are_ignored(redis, tmp_path, monkeypatch):
    monkeypatch.setattr(deliver, "deliver", lambda *_: None)
    proof = tmp_path / "proof"
    monkeypatch.setenv("PROBE_PROOF", str(proof))
    queue = open_queue(redis)
    job = queue.create_job("jobs.deliver.deliver", args=("a", "b"))
    job.save()
    redis.hset(
        job.key,
        mapping={
            "success_callback_name": "tests.jobs.probe.leave_proof",
            "failure_callback_name": "tests.jobs.probe.leave_proof",
            "webhooks": json.dumps([{"url": f"file://{proof}", "statuses": ["finished"]}]),
        },
    )
    redis.rpush(queue.key, job.id)
    worker.work(burst=True)
    assert not proof.exists()


def test_an_instance_is_refused(redis):
    job = open_queue(redis).create_job("jobs.deliver.deliver")
    job.instance = "text"
    with pytest.raises(FunctionNotAllowed):
        _ = job.func


def test_the_schedule_rings_json_entries_of_listed_functions(redis):
    schedule = Schedule(redis)
    assert schedule.enqueue_due() == 13, "what has an interval looks at once; the rest waits"
    assert {job.func_name for job in open_queue(redis).jobs} == {
        "jobs.daily.alert_each_morning",
        "jobs.daily.chase_portals_each_morning",
        "jobs.daily.chase_transfers_each_morning",
        "jobs.daily.keep_past_stock_each_hour",
        "jobs.daily.release_reservations",
        "jobs.daily.remind_of_claims_each_morning",
        "jobs.daily.suggest_reorders_each_morning",
        "jobs.daily.expire_points_each_morning",
        "jobs.daily.run_depreciation_each_month",
        "jobs.daily.remind_customers_each_morning",
        "jobs.daily.look_after_gateways",
        "jobs.daily.make_entries_each_morning",
        "jobs.daily.watch_devices",
    }
    names = {entry.func_name for entry in schedule.get_jobs()}
    assert names == ALLOWED_FUNCTIONS - {"jobs.deliver.deliver"}
    assert schedule.enqueue_due() == 0
    schedule.close()
