"""Retries over REST: the stored answer comes back byte for byte."""

import threading
from concurrent.futures import ThreadPoolExecutor

from erp.core.ids import new_id

PARTIES = "/api/erp/parties"


def party(name):
    return {"name": name, "kind": "walk_in", "state_code": "27"}


def count(owner, tenant_id, name):
    counted = "select count(*) from party where tenant_id = %s and name = %s"
    return owner.execute(counted, (tenant_id, name)).fetchone()[0]


def test_a_retry_gets_the_same_bytes(rest, asha, owner):
    name = f"Retry {new_id().hex}"
    headers = asha["manager"].headers | {"idempotency-key": new_id().hex}
    first = rest.post(PARTIES, json=party(name), headers=headers)
    again = rest.post(PARTIES, json=dict(reversed(party(name).items())), headers=headers)
    assert first.status_code == again.status_code == 201, first.text
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert count(owner, asha.tenant_id, name) == 1


def test_simultaneous_retries_get_the_same_bytes(rest, asha, owner):
    name = f"Together {new_id().hex}"
    headers = asha["manager"].headers | {"idempotency-key": new_id().hex}
    barrier = threading.Barrier(8)

    def send(_):
        barrier.wait()
        return rest.post(PARTIES, json=party(name), headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert count(owner, asha.tenant_id, name) == 1


def test_another_request_under_the_key_is_a_conflict(rest, asha, owner):
    name, other = f"Mine {new_id().hex}", f"Other {new_id().hex}"
    headers = asha["manager"].headers | {"idempotency-key": new_id().hex}
    rest.post(PARTIES, json=party(name), headers=headers)
    refused = rest.post(PARTIES, json=party(other), headers=headers)
    assert refused.status_code == 409
    assert refused.json()["code"] == "idempotency_key_reused"
    assert count(owner, asha.tenant_id, other) == 0


def test_a_dry_run_needs_no_key_and_does_nothing(rest, asha, owner):
    name = f"Dry {new_id().hex}"
    answer = rest.post(
        f"{PARTIES}?dry_run=true",
        json=party(name),
        headers=asha["manager"].headers,
    )
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"result", "effects"}
    assert count(owner, asha.tenant_id, name) == 0
