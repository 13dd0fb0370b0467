"""One key, one effect: from many threads, over REST, byte for byte."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from erp.core.errors import IdempotencyKeyReused
from erp.core.ids import new_id
from erp.services import platform

THREADS = 12


def party(name: str) -> dict[str, str]:
    return {"name": name, "kind": "walk_in", "state_code": "27"}


def parties_named(owner, tenant_id, name):
    counted = "select count(*) from party where tenant_id = %s and name = %s"
    (count,) = owner.execute(counted, (tenant_id, name)).fetchone()
    return count


def at_once(action, times=THREADS):
    barrier = threading.Barrier(times)

    def held(number):
        barrier.wait()
        return action(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(held, range(times)))


def test_the_same_key_from_many_threads_has_one_effect_and_one_answer(asha, owner):
    name, key = f"Storm {new_id().hex}", new_id().hex
    given = party(name) | {"idempotency_key": key}
    answers = at_once(lambda _: platform.run("party.create_party", asha["manager"].ctx, given))
    assert len({answer.text for answer in answers}) == 1
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * (THREADS - 1)
    assert parties_named(owner, asha.tenant_id, name) == 1


def test_a_repeat_gets_the_stored_bytes_whatever_this_version_would_write(asha, owner):
    given = party(f"Kept {new_id().hex}") | {"idempotency_key": new_id().hex}
    first = platform.run("party.create_party", asha.system, given)
    older = first.text.replace(":", ": ")
    with owner.transaction():
        owner.execute("set local session_replication_role = replica")
        owner.execute(
            "update command_log set answer = %s where idempotency_key = %s",
            (older, given["idempotency_key"]),
        )
    again = platform.run("party.create_party", asha.system, given)
    assert (again.replayed, again.text, again.result) == (True, older, first.result)


def test_different_keys_from_many_threads_all_have_effect(asha, owner):
    name = f"Crowd {new_id().hex}"
    at_once(lambda _: platform.run("party.create_party", asha["manager"].ctx, party(name)))
    assert parties_named(owner, asha.tenant_id, name) == THREADS


def test_the_same_key_with_other_content_is_refused_without_effect(asha, owner):
    name, other, key = f"One {new_id().hex}", f"Two {new_id().hex}", new_id().hex
    platform.run("party.create_party", asha.system, party(name) | {"idempotency_key": key})
    with pytest.raises(IdempotencyKeyReused):
        platform.run("party.create_party", asha.system, party(other) | {"idempotency_key": key})
    assert parties_named(owner, asha.tenant_id, other) == 0


def test_racing_contents_under_one_key_leave_exactly_one(asha, owner):
    tag, key = new_id().hex, new_id().hex

    def attempt(number):
        given = party(f"Race {tag} {number % 2}") | {"idempotency_key": key}
        try:
            return platform.run("party.create_party", asha.system, given).text
        except IdempotencyKeyReused:
            return "refused"

    outcomes = at_once(attempt)
    assert outcomes.count("refused") == THREADS // 2
    assert len(set(outcomes) - {"refused"}) == 1
    made = sum(parties_named(owner, asha.tenant_id, f"Race {tag} {n}") for n in (0, 1))
    assert made == 1


def test_a_key_means_nothing_to_another_command_or_tenant(asha, bodhi, owner):
    name, key = f"Shared {new_id().hex}", new_id().hex
    given = party(name) | {"idempotency_key": key}
    platform.run("party.create_party", asha.system, given)
    there = platform.run("party.create_party", bodhi.system, given)
    other = platform.run("workflows.mark_all_read", asha.system, {"idempotency_key": key})
    assert not there.replayed
    assert not other.replayed
    assert parties_named(owner, asha.tenant_id, name) == 1
    assert parties_named(owner, bodhi.tenant_id, name) == 1


def test_a_refused_command_leaves_its_key_free(asha, owner):
    name, key = f"Later {new_id().hex}", new_id().hex
    given = party(name) | {"idempotency_key": key}
    with pytest.raises(Exception, match="permission"):
        platform.run("party.create_party", asha["auditor"].ctx, given)
    assert parties_named(owner, asha.tenant_id, name) == 0
    assert not platform.run("party.create_party", asha.system, given).replayed
    assert parties_named(owner, asha.tenant_id, name) == 1


def test_a_dry_run_changes_nothing_and_uses_no_key(asha, owner):
    name, key = f"Dry {new_id().hex}", new_id().hex
    given = party(name) | {"idempotency_key": key}
    shown = platform.preview("party.create_party", asha.system, given)
    assert "id" in shown.result.model_dump()
    assert parties_named(owner, asha.tenant_id, name) == 0
    assert not platform.run("party.create_party", asha.system, given).replayed


@pytest.mark.usefixtures("asha")
def test_the_order_of_a_set_does_not_change_the_request():
    """Sets are read in another order in every process; the request is the same."""
    script = (
        "from erp.services import party;"
        "from erp.services.platform.commanding import canonical_input;"
        "roles = ['customer', 'supplier', 'patient', 'doctor', 'manufacturer'];"
        "print(canonical_input(party.CreateParty(name='A', kind='other', state_code='27', roles=roles)))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=dict(os.environ) | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    seen = [process.communicate()[0] for process in started]
    assert seen[0] == seen[1] != ""
