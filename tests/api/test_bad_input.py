"""Whatever a stranger sends: a clear problem document, and nothing happens."""

import json

import pytest

from erp.api.bodies import LARGEST_BODY
from erp.core.ids import new_id

COMMAND = "/api/erp/inbox/read"
PARTIES = "/api/erp/parties"
A_PARTY = {"name": "Ravi Kumar", "kind": "walk_in", "state_code": "27"}


@pytest.fixture
def sent(rest, asha, owner):
    """Send a body as an owner; nothing may have been recorded if it was refused."""

    def send(content, path=PARTIES, **headers):
        def recorded():
            counted = "select count(*) from command_log where tenant_id = %s"
            return owner.execute(counted, (asha.tenant_id,)).fetchone()

        before = recorded()
        everything = asha["owner"].headers | {
            "idempotency-key": new_id().hex,
            "content-type": "application/json",
        }
        everything |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = rest.post(path, content=content, headers=everything)
        if answer.status_code >= 400:
            assert recorded() == before
        return answer

    return send


CASH = {"method": "cash", "amount": "500"}


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"] == f"urn:vantage:problem:{code}"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"].endswith((".", "{}.", "..."))
    assert "Traceback" not in answer.text
    assert "psycopg" not in answer.text
    return problem


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"nonsense",
        b"[1, 2]",
        b'"text"',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": -Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "a\\u0000b"}',
        b'{"n\\u0000ame": "b"}',
        b'{"name": "\\ud800"}',
        b"\xff\xfe{}",
        b'{"name": 1e999999}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"name": "a"} trailing',
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_no_request_is_refused(sent, content):
    assert_problem(sent(content), 400, "malformed_request")


def test_a_body_over_a_megabyte_is_refused(sent):
    assert_problem(sent(b'{"name": "' + b"x" * LARGEST_BODY + b'"}'), 413, "body_too_large")


def test_a_body_that_hides_its_size_is_refused(sent):
    def pieces():
        for _ in range(20):
            yield b" " * 100_000

    async def hidden():
        for piece in pieces():
            yield piece

    assert_problem(sent(hidden()), 413, "body_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_foreign_form_can_send_is_refused(sent, kind):
    assert_problem(sent(json.dumps(A_PARTY).encode(), content_type=kind), 415, "not_json")


def test_an_unknown_field_is_named(sent):
    problem = assert_problem(sent(json.dumps(A_PARTY | {"nmae": "x"})), 422, "invalid_input")
    assert problem["errors"] == {"nmae": "is not known here; remove it or check its spelling"}


def test_every_wrong_field_is_named_with_its_remedy(sent):
    wrong = {"name": "x" * 5000, "kind": "robot"}
    errors = assert_problem(sent(json.dumps(wrong)), 422, "invalid_input")["errors"]
    assert "use at most" in errors["name"]
    assert errors["kind"].startswith("must be one of")


def test_only_what_is_wrong_itself_is_named(sent):
    """Not what is made of it: the default of an id, the length of a list without its wrong entry."""
    line = {"variant_id": str(new_id()), "quantity": -3}
    sale = {"shift_id": str(new_id()), "lines": [line], "tenders": [CASH]}
    errors = assert_problem(sent(json.dumps(sale), path="/api/erp/sales"), 422, "invalid_input")
    assert set(errors["errors"]) == {"lines.0.quantity"}
    empty = sent(json.dumps(sale | {"lines": []}), path="/api/erp/sales")
    assert set(empty.json()["errors"]) == {"lines"}


def test_a_missing_field_is_named(sent):
    errors = assert_problem(sent(b"{}"), 422, "invalid_input")["errors"]
    assert errors["name"] == "is required; add it"


def test_control_characters_are_refused(sent):
    body = json.dumps(A_PARTY | {"name": "Ravi\u0007"})
    errors = assert_problem(sent(body), 422, "invalid_input")["errors"]
    assert "control characters" in errors["name"]


def test_the_key_is_required(rest, asha):
    answer = rest.post(COMMAND, headers=asha["owner"].headers)
    problem = assert_problem(answer, 400, "idempotency_key_missing")
    assert problem["errors"] == {"Idempotency-Key": "is required; add it"}


@pytest.mark.parametrize("key", ["short", "x" * 129, "with blank in it"])
def test_the_key_has_a_form(sent, key):
    problem = assert_problem(sent(json.dumps(A_PARTY), idempotency_key=key), 422, "invalid_input")
    assert list(problem["errors"]) == ["idempotency_key"]


def test_the_key_belongs_into_the_header(sent):
    body = json.dumps(A_PARTY | {"idempotency_key": "another-key"})
    assert_problem(sent(body), 400, "malformed_request")


def test_a_path_field_cannot_be_contradicted_by_the_body(sent):
    body = json.dumps({"party_id": str(new_id()), "status": "inactive"})
    answer = sent(body, path=f"{PARTIES}/{new_id()}/status")
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", ["/api/erp/nothing", "/api/nothing", "/api/erp/commands/no.such"])
def test_an_unknown_address_says_so(rest, path):
    assert_problem(rest.get(path), 404, "not_found")


def test_a_wrong_method_says_which_ones_work(rest, asha):
    answer = rest.request("DELETE", "/api/erp/me", headers=asha["owner"].headers)
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("limit=10&limit=20", "limit"),
        ("nonsense=1", "nonsense"),
        ("search=a%00b", "search"),
        ("cursor=rubbish", "cursor"),
        ("cursor=" + "WyInJyIsICJ4Il0", "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(rest, asha, query, field):
    answer = rest.get(f"{PARTIES}?{query}", headers=asha["owner"].headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json().get("errors", {}).get(field) or "cursor" in query


def test_a_bad_id_in_the_path_is_named(rest, asha):
    answer = rest.get(f"{PARTIES}/not-an-id", headers=asha["owner"].headers)
    problem = assert_problem(answer, 422, "invalid_input")
    assert list(problem["errors"]) == ["party_id"]


def test_a_bug_shows_nothing(rest, asha, monkeypatch):
    def explode(*_arguments, **_more):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("erp.services.platform.run", explode)
    answer = rest.get("/api/erp/me", headers=asha["owner"].headers)
    problem = assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text
    assert "request id" in problem["detail"]


def test_a_callers_request_id_is_kept_if_it_is_harmless(rest):
    kept = rest.get("/health/live", headers={"x-request-id": "till-7.sale-42"})
    assert kept.headers["x-request-id"] == "till-7.sale-42"
    odd = rest.get("/health/live", headers={"x-request-id": "a b\tc<script>"})
    assert "script" not in odd.headers["x-request-id"]
