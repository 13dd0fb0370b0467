"""Signing in and out by plain forms."""

import httpx
import pytest

from erp.core import browser_session
from tests.gate.serving import PASSWORD


def test_the_right_password_sets_a_cookie_that_no_script_reads(server):
    answer = server.sign_in("gate.owner", next="/settings/members")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/settings/members"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("vantage=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_a_wrong_password_is_said_at_the_form_and_sets_nothing(server):
    answer = server.sign_in("gate.owner", "not the password")
    assert answer.status_code in {401, 422}
    assert "do not match" in answer.text
    assert 'value="gate.owner"' in answer.text
    assert "not the password" not in answer.text
    assert "set-cookie" not in answer.headers


def test_an_unknown_name_gets_the_same_answer(server):
    known = server.sign_in("gate.owner", "not the password").text
    unknown = server.sign_in("gate.nobody", "not the password").text
    assert known.replace("gate.owner", "") == unknown.replace("gate.nobody", "")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_signs_nobody_in(server, origin):
    headers = {"origin": origin} if origin else {}
    form = {"login": "gate.owner", "password": PASSWORD}
    answer = httpx.post(f"{server.url}/auth/sign-in", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\r\nset-cookie: x=1",
        "javascript:alert(1)",
        "/api/erp/members",
        "/auth/sign-out",
        "/" + "x" * 900,
    ],
)
def test_the_way_back_stays_on_this_site(server, wanted):
    answer = server.sign_in("gate.owner", next=wanted)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert browser_session.safe_path(wanted) == "/"


def test_what_was_typed_is_escaped(server):
    answer = server.sign_in('"><script>alert(1)</script>', "x" * 12)
    assert "<script>alert" not in answer.text


def test_a_stranger_is_led_to_the_form_and_back(server):
    answer = httpx.get(f"{server.url}/settings/members?search=a%26b")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fsettings%2Fmembers%3Fsearch%3Da%2526b"
    assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_host_name_gets_no_page(server):
    answer = httpx.get(f"{server.url}/settings/members", headers={"host": "rebound.example"})
    assert answer.status_code == 421
    assert server.url in answer.text


def test_signing_out_ends_the_session_everywhere(server):
    session = server.session("gate.owner")
    with httpx.Client(cookies={"vantage": session}, headers={"origin": server.url}) as browser:
        assert browser.get(f"{server.url}/auth/session").status_code == 200
        answer = browser.post(f"{server.url}/auth/sign-out")
    assert answer.status_code == 303
    assert 'vantage=""' in answer.headers["set-cookie"]
    status = httpx.get(f"{server.url}/auth/session", cookies={"vantage": session}).status_code
    assert status == 401


def test_another_site_signs_nobody_out(server):
    session = server.session("gate.owner")
    answer = httpx.post(
        f"{server.url}/auth/sign-out",
        cookies={"vantage": session},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    status = httpx.get(f"{server.url}/auth/session", cookies={"vantage": session}).status_code
    assert status == 200


def test_every_answer_carries_the_security_headers(server):
    for path in ("/sign-in", "/health/live", "/auth/session", "/_upload"):
        headers = httpx.get(server.url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0]
        assert headers["referrer-policy"] == "same-origin"


def test_five_failures_lock_the_login_and_say_for_how_long(server):
    answers = [server.sign_in("gate.auditor", "wrong wrong wrong") for _ in range(6)]
    assert "minutes" in answers[-1].text
    locked = server.sign_in("gate.auditor")
    assert locked.status_code != 303
    assert "set-cookie" not in locked.headers
