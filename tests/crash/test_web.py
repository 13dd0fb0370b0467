"""The web process is killed under load, and sells on while Redis is away."""

import json
import random
import threading
import time
from uuid import UUID

import httpx
import pytest

from erp.core.ids import new_id
from erp.embedded.credentials import free_port
from erp.embedded.programs import WEB_ENVIRONMENT, Program, ProgramProcess
from erp.serving import TARGET
from tests.crash.judging import assert_history_holds
from tests.crash.till import request
from tests.factories import make_shop

CLIENTS, SALES = 4, 30
WITHOUT_PAGES = {"__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "false"}
PATIENCE_SECONDS = 60


@pytest.fixture
def serve(environment, tmp_path):
    """Start the web server as the product does, without the pages, which take a build."""
    started = []

    def start(**settings) -> tuple[ProgramProcess, str]:
        port = free_port()
        arguments = (
            *("-m", "erp.serving", "--interface", "asgi"),
            *("--factory", TARGET),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--respawn-failed-workers", "--log-level", "warning"),
        )
        health = ("127.0.0.1", port, "/health/live")
        program = Program(f"web{port}", arguments, WEB_ENVIRONMENT | WITHOUT_PAGES, health)
        process = ProgramProcess(tmp_path, program, dict(environment) | settings)
        process.start()
        started.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.stop()


def body_of(shop, sale_id: UUID):
    """Return a sale's request as JSON, and the header that names it."""
    given = request(shop, sale_id)
    key = {"idempotency-key": given.pop("idempotency_key")}
    lines = [line | {"variant_id": str(line["variant_id"])} for line in given["lines"]]
    ids = {name: str(given[name]) for name in ("sale_id", "shift_id")}
    return given | ids | {"lines": lines}, key


def sell_over_http(client, shop, headers, history, sale_id):
    """Post one sale with the same key until the answer comes through."""
    body, key = body_of(shop, sale_id)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        history.write(sale_id, "asked")
        try:
            answer = client.post("/api/erp/sales", json=body, headers=headers | key)
        except httpx.HTTPError:
            history.write(sale_id, "unknown")
            time.sleep(0.05)
            continue
        if answer.status_code < 300:
            history.write(sale_id, "answered", answer.text)
            return
        if answer.status_code < 500:
            history.write(sale_id, "refused", answer.text)
            return
        history.write(sale_id, "unknown", answer.text)
        time.sleep(0.05)
    raise TimeoutError(str(sale_id))


def sell_many(url, shop, headers, history, sales=SALES):
    """Sell one cart after another over one client's connections."""
    with httpx.Client(base_url=url, timeout=20) as client:
        for _ in range(sales):
            sell_over_http(client, shop, headers, history, new_id())


def token_of(shop) -> dict[str, str]:
    issued = shop.answer(
        "identity.issue_token", {"name": "till", "scopes": ["*"]}, by=shop.acting_as("owner")
    )
    return {"authorization": f"Bearer {json.loads(issued.text)['token']}"}


def test_a_killed_web_process_loses_and_doubles_nothing(serve, history):
    shop = make_shop("web", stock=10_000)
    headers = token_of(shop)
    process, url = serve()
    clients = [
        threading.Thread(target=sell_many, args=(url, shop, headers, history))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    chance = random.Random(9)  # noqa: S311  a schedule, not a secret
    for _ in range(2):
        before = len(history.told("answered"))
        while len(history.told("answered")) < before + 25:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        process.start()
    for client in clients:
        client.join(PATIENCE_SECONDS)
    assert len(history.told("answered")) == CLIENTS * SALES
    assert history.told("unknown"), "nothing was under way when the process died"
    assert not history.told("refused")
    assert_history_holds(shop, history)


def test_a_shop_sells_over_http_while_redis_is_away(serve, history):
    shop = make_shop("noredis")
    _process, url = serve(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    sell_many(url, shop, token_of(shop), history, sales=5)
    assert len(history.told("answered")) == 5
    assert_history_holds(shop, history)
    assert shop.count("event") >= 5
