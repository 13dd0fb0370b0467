"""A server goes away under the running product: what is said, what is kept, what goes on after."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import httpx
import pytest

from erp.core.ids import new_id
from erp.embedded import EmbeddedStack
from erp.state.identity.members import MemberListState, NewMemberState
from tests.crash.places import away, eventually, frozen, own_servers
from tests.dicom.objects import good
from tests.dicomweb.bodies import BOUNDARY, body_of
from tests.factories import PASSWORD, Shop, broken_promises, make_shop
from tests.gate.serving import Server, Tab, played, refused, serving

LIST = MemberListState.get_full_name()
FORM = NewMemberState.get_full_name()
AWAY = "The database cannot be reached"
UP = dict.fromkeys(("database", "redis", "s3", "mqtt"), "up")


@dataclass(frozen=True)
class Place:
    """A web server on servers of its own, and a shop to sell from."""

    stack: EmbeddedStack
    server: Server
    shop: Shop
    session: str
    token: str

    def get(self, path: str, *, signed_in: bool = False) -> httpx.Response:
        cookies = {"vantage": self.session} if signed_in else {}
        return httpx.get(self.server.url + path, cookies=cookies, timeout=30)

    def post(self, path: str, body: object, key: str) -> httpx.Response:
        headers = {
            "authorization": f"Bearer {self.token}",
            "idempotency-key": key,
            "content-type": "application/json",
        }
        content = json.dumps(body, default=str)
        return httpx.post(
            f"{self.server.url}/api/erp{path}", content=content, headers=headers, timeout=30
        )

    def send(self, path: str, kind: str, content: bytes) -> httpx.Response:
        """Hand a file or an object in over REST."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": kind}
        return httpx.post(self.server.url + path, content=content, headers=headers, timeout=60)

    def sell(self, sale_id: UUID | None = None, key: str = "") -> httpx.Response:
        """Post a sale of one unit over REST."""
        cart = self.shop.cart({self.shop.variant_ids[0]: 1}, sale_id=sale_id or new_id())
        return self.post("/sales", cart, key or new_id().hex)

    def checks(self) -> tuple[int, dict[str, str]]:
        """Return what readiness says now, not what it knew a moment ago."""
        time.sleep(2.1)
        answer = self.get("/health/ready")
        return answer.status_code, answer.json()["checks"]


@pytest.fixture(scope="module")
def place(environment, tmp_path_factory) -> Iterator[Place]:
    with own_servers(environment) as (stack, found):
        shop = make_shop("outage")
        wanted = {"name": "till", "scopes": ["*"]}
        issued = shop.answer("identity.issue_token", wanted, by=shop.acting_as("owner"))
        with serving(found, tmp_path_factory.mktemp("outage") / "web.log") as server:
            session = server.sign_in(f"owner@{shop.slug}.example", PASSWORD).cookies["vantage"]
            yield Place(stack, server, shop, session, json.loads(issued.text)["token"])


def test_without_the_database_a_sale_is_refused_with_a_remedy_and_its_repeat_is_one_sale(place):
    sale_id, key, before = new_id(), new_id().hex, place.shop.count("sale")
    with away(place.stack.postgres):
        refusal = place.sell(sale_id, key)
        assert place.checks()[1] == UP | {"database": "down"}
        assert place.get("/health/ready").status_code == 503
        assert place.get("/health/live").status_code == 200
    assert refusal.status_code == 503
    assert refusal.headers["content-type"] == "application/problem+json"
    assert int(refusal.headers["retry-after"]) >= 1
    assert refusal.json()["code"] == "unavailable"
    assert "takes effect only once" in refusal.json()["detail"]
    assert place.shop.count("sale") == before
    first, second = place.sell(sale_id, key), place.sell(sale_id, key)
    assert (first.status_code, first.text) == (201, second.text)
    assert place.shop.count("sale") == before + 1
    assert broken_promises() == []


def test_without_the_database_metrics_still_tell_of_the_process(place):
    assert "erp_database_up 1.0" in place.get("/metrics").text
    with away(place.stack.postgres):
        answer = place.get("/metrics")
    assert answer.status_code == 200
    assert "erp_database_up 0.0" in answer.text
    assert "erp_commands_total" in answer.text
    assert "erp_events_waiting" not in answer.text


def test_without_the_database_people_are_told_so_and_their_page_opens_again_by_itself(place):
    with away(place.stack.postgres):
        time.sleep(2.1)  # what is known of a session is believed for two seconds
        page = place.get("/", signed_in=True)
        form = place.get("/sign-in", signed_in=True)
        sign_in = place.server.sign_in(f"owner@{place.shop.slug}.example", PASSWORD)
        opened = played(refused(Tab(place.server, place.session)))
    for answer in (page, form, sign_in):
        assert answer.status_code == 503
        assert AWAY in answer.text
        assert "Traceback" not in answer.text
    assert int(page.headers["refresh"]) >= 1
    assert "set-cookie" not in sign_in.headers
    assert opened == 403
    assert "Traceback" not in place.server.log.read_text()


def test_without_the_database_an_open_page_says_so_and_goes_on_when_it_is_back(place):
    person = {
        "login": f"later.{new_id().hex[-8:]}",
        "display_name": "Later",
        "password": PASSWORD,
        "role": "cashier",
        "idempotency_key": str(new_id()),
    }

    async def scene():
        async with Tab(place.server, place.session) as tab:
            await tab.boot("/settings/members/new")
            with away(place.stack.postgres):
                told = await tab.send(f"{FORM}.submit", until=AWAY, form=person)
            added = await tab.send(f"{FORM}.submit", until="Member added", form=person)
            return told, added

    before = place.shop.count("membership")
    told, added = played(scene())
    assert AWAY in told
    assert "Member added" not in told
    assert "Member added" in added
    assert place.shop.count("membership") == before + 1


def test_a_frozen_database_does_not_freeze_the_health_check(place):
    """A server that takes connections and never answers is the outage that hangs most."""
    with frozen(place.stack.postgres):
        time.sleep(2.1)
        began = time.monotonic()
        ready, live = place.get("/health/ready"), place.get("/health/live")
        took = time.monotonic() - began
    assert (ready.status_code, live.status_code) == (503, 200)
    assert took < 12
    eventually(lambda: place.checks()[0] == 200)
    assert place.sell().status_code == 201


def test_without_the_broker_sales_go_on_and_readiness_is_degraded(place):
    with away(place.stack.mqtt):
        assert place.sell().status_code == 201
        assert place.checks() == (200, UP | {"mqtt": "down"})
    assert place.checks() == (200, UP)


def test_without_redis_sales_go_on_and_readiness_is_degraded(place):
    before = place.shop.count("sale")
    with away(place.stack.redis):
        assert [place.sell().status_code for _ in range(3)] == [201, 201, 201]
        status, checks = place.checks()
        assert (status, checks["redis"], checks["database"]) == (200, "down", "up")
        assert place.get("/metrics").status_code == 200
        assert place.server.sign_in(f"owner@{place.shop.slug}.example", PASSWORD).is_redirect
    assert place.shop.count("sale") == before + 3
    assert broken_promises() == []


def test_without_redis_a_page_says_what_is_away_and_works_when_it_is_back(place):
    async def scene():
        with away(place.stack.redis):
            async with Tab(place.server, place.session) as tab:
                told = await tab.boot("/settings/members")
        async with Tab(place.server, place.session) as tab:
            await tab.boot("/settings/members")
            return told, await tab.send(f"{LIST}.refresh", until=f"cashier@{place.shop.slug}")

    told, shown = played(scene())
    assert "Redis is away" in told
    assert f"cashier@{place.shop.slug}" in shown


PRICES = b"Product,Pack,MRP\nArnica 30,30 ml,105\n"
STUDY = body_of([good()])
HANDED_IN = {
    "/api/erp/maker-lists?file_name=list.csv": ("application/octet-stream", PRICES),
    "/api/dicom-web/studies": (
        f'multipart/related; type="application/dicom"; boundary={BOUNDARY}',
        STUDY,
    ),
}


@pytest.mark.parametrize("path", HANDED_IN)
def test_without_the_object_store_what_is_handed_in_is_refused_with_a_remedy_and_taken_later(
    place, path
):
    kept = partial(place.shop.count, "blob")
    before = kept()
    with away(place.stack.objects):
        refusal = place.send(path, *HANDED_IN[path])
        assert kept() == before
        assert place.sell().status_code == 201
        assert place.checks() == (200, UP | {"s3": "down"})
    assert refusal.status_code == 503
    assert "try again" in refusal.json()["detail"].lower()
    assert place.send(path, *HANDED_IN[path]).status_code in {200, 201}
    assert kept() == before + 1
    assert broken_promises() == []
