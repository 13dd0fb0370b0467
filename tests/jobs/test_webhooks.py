"""Events reach a real receiver over HTTP, signed, once it takes them, and nobody near by mistake."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from erp.adapters import outgoing_http
from erp.adapters.object_storage import object_storage
from erp.core.settings import get_settings
from erp.services import platform
from erp.simulate import background
from tests.dicom.objects import good
from tests.services.imaging.line import make_line
from tests.services.imaging.people import PIN, act, member

EVENT = "party.party_created.v1"
LOOPBACK = "127.0.0.0/8"


class Receiver:
    """A program that hears of events and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    background.begin(made.server)
    yield made
    background.end(made.server)


@pytest.fixture
def near(monkeypatch):
    """Let events reach this machine."""
    monkeypatch.setattr(get_settings(), "outgoing_networks", LOOPBACK)


@pytest.fixture
def hook(asha, receiver, near):  # noqa: ARG001  events must reach this machine
    facts = {"name": "Archive", "url": receiver.url, "events": [EVENT]}
    made = platform.run("automation.add_webhook", asha["owner"].ctx, facts).result
    yield made
    platform.run("automation.stop_webhook", asha["owner"].ctx, {"endpoint_id": made.id})


def make_party(asha):
    facts = {"name": "New Customer", "kind": "retailer", "state_code": "27"}
    return platform.run("party.create_party", asha["owner"].ctx, facts).result.id


def statuses(asha, hook):
    asked = {"endpoint_id": hook.id}
    rows = platform.run("automation.list_webhook_deliveries", asha["owner"].ctx, asked).result.rows
    return [(row.status, row.attempts, row.answer) for row in rows]


def test_an_event_arrives_signed_and_one_flipped_byte_shows(asha, hook, receiver, work):
    party = make_party(asha)
    work()
    assert statuses(asha, hook) == [("delivered", 1, 204)]
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["type"], told["data"]["party_id"]) == (EVENT, str(party))
    secret = hook.secret.get_secret_value()
    assert Webhook(secret).verify(body, headers) == told
    flipped = body.replace(b"party_created", b"party_created"[:-1] + b"e")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(flipped, headers)


REVIEW = ("claim_changed", "session_reviewed", "session_signed", "addendum_added")


def test_a_review_is_told_with_the_hash_of_what_was_signed(asha, receiver, near, work):  # noqa: ARG001
    object_storage().ensure_bucket()
    owner = asha["owner"].ctx
    names = [f"imaging.{name}.v1" for name in REVIEW]
    facts = {"name": "Clinic", "url": receiver.url, "events": names}
    hook = platform.run("automation.add_webhook", owner, facts).result
    reviewer, line, content = member(owner, "Reviewer"), make_line(owner), good()
    line.start()
    line.deliver(content)
    line.complete(content)
    about = {"session_id": line.session()["id"]}
    act(reviewer, "start_review", about)
    act(reviewer, "accept_session", about)
    assert act(reviewer, "sign_off_session", about | {"pin": PIN}).is_signed
    act(reviewer, "add_addendum", about | {"text": "Left eye."})
    work()
    platform.run("automation.stop_webhook", owner, {"endpoint_id": hook.id})

    told = [
        Webhook(hook.secret.get_secret_value()).verify(body, head) for head, body in receiver.got
    ]
    assert {one["type"] for one in told} == set(names)
    [signature] = line.rows("select content_hash from qa_signature")
    signed = [one["data"] for one in told if one["type"] == "imaging.session_signed.v1"]
    assert [one["content_hash"] for one in signed] == [signature["content_hash"]]


def test_what_is_not_taken_comes_again_under_the_same_id(asha, hook, receiver, work):
    receiver.answers = [500, 503]
    make_party(asha)
    work(6)
    assert statuses(asha, hook) == [("delivered", 3, 204)]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1


def test_a_redirect_is_not_followed(asha, hook, receiver, work):
    receiver.answers, receiver.headers = [307] * 9, {"location": "http://169.254.169.254/latest"}
    make_party(asha)
    work(2)
    ((status, _, answer),) = statuses(asha, hook)
    assert (status, answer) == ("due", 307)


def test_a_private_address_is_reached_only_where_the_operator_allows_it(receiver, monkeypatch):
    refused = outgoing_http.post(receiver.url, b"{}", {})
    assert refused.status == 0
    assert "private network" in refused.problem
    by_name = receiver.url.replace("127.0.0.1", "localhost")
    assert "private network" in outgoing_http.post(by_name, b"{}", {}).problem
    assert receiver.got == []
    monkeypatch.setattr(get_settings(), "outgoing_networks", LOOPBACK)
    assert outgoing_http.post(by_name, b"{}", {}).is_taken
    assert receiver.got[0][0]["host"] == by_name.split("/")[2]


@pytest.mark.usefixtures("near")
def test_the_connection_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    """A name that answers differently the second time leads nowhere else."""
    asked = []
    real = outgoing_http.socket.getaddrinfo

    def changing(host, port, *more, **named):
        asked.append(host)
        second = "127.0.0.9" if host == "changing.example" else host
        return real("127.0.0.1" if len(asked) == 1 else second, port, *more, **named)

    monkeypatch.setattr(outgoing_http.socket, "getaddrinfo", changing)
    url = receiver.url.replace("127.0.0.1", "changing.example")
    assert outgoing_http.post(url, b"{}", {}).is_taken
    assert asked[0] == "changing.example"
    assert all(name == "127.0.0.1" for name in asked[1:])


@pytest.mark.usefixtures("near")
def test_a_receiver_that_never_answers_costs_seconds_and_is_said_so(monkeypatch):
    monkeypatch.setattr(outgoing_http, "SECONDS", 0.3)
    with outgoing_http.socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        answer = outgoing_http.post(url, b"{}", {})
    assert not answer.is_taken
    assert "No answer" in answer.problem


@pytest.mark.usefixtures("near")
def test_a_receiver_that_answers_drop_by_drop_costs_no_longer(monkeypatch):
    monkeypatch.setattr(outgoing_http, "SECONDS", 0.5)
    with outgoing_http.socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            caller, _ = listening.accept()
            with caller, suppress(OSError):
                for letter in b"HTTP/1.1 204 No Content\r\nx-slow: " + b"x" * 20:
                    caller.sendall(bytes([letter]))
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        answer = outgoing_http.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    assert "No answer" in answer.problem
    assert answer.milliseconds < 2000


@pytest.mark.parametrize("host", ["example.org:99999", "a..b.example", "x" * 70 + ".example"])
def test_a_host_that_cannot_be_is_an_answer_and_no_crash(host):
    answer = outgoing_http.post(f"https://{host}/in", b"{}", {})
    assert (answer.status, answer.is_taken) == (0, False)
    assert answer.problem


def test_an_old_signature_is_refused_by_the_receivers_library(hook):
    secret = Webhook(hook.secret.get_secret_value())
    old = datetime.now(UTC) - timedelta(hours=1)
    headers = {
        "webhook-id": "x",
        "webhook-timestamp": str(int(old.timestamp())),
        "webhook-signature": secret.sign("x", old, "{}"),
    }
    with pytest.raises(WebhookVerificationError):
        secret.verify("{}", headers)
