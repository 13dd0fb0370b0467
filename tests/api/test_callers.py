"""Who may come in: bearer tokens and the browser's own session, and nobody else."""

from typing import Any

import pytest
from limits import RateLimitItemPerMinute

from erp.api import rate_limiting
from erp.core import browser_session
from erp.core.ids import new_id
from erp.services import identity, platform
from tests.fixtures.people import PASSWORD

ME = "/api/erp/me"
READ_ALL = "/api/erp/inbox/read"


def cookie_of(member):
    opened = identity.sign_in(member.login, PASSWORD)
    return opened.session_token, {
        "cookie": f"{browser_session.cookie_name()}={opened.session_token}"
    }


def own_origin():
    return {"origin": min(browser_session.allowed_origins())}


def keyed(headers):
    return headers | {"idempotency-key": new_id().hex}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer vt_zz_secret",
        "Bearer vt_00000000000000000000000000000000_guess",
        "Basic dXNlcjpwYXNz",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_what_is_no_token_opens_nothing(rest, value):
    answer = rest.get(ME, headers={"authorization": value} if value else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_signed_in"


def test_a_token_is_worth_nothing_in_another_tenant(rest, asha, bodhi):
    stolen = asha["owner"].token.replace(asha.tenant_id.hex, bodhi.tenant_id.hex)
    answer = rest.get(ME, headers={"authorization": f"Bearer {stolen}"})
    assert answer.status_code == 401


def test_a_revoked_token_is_refused(rest, asha):
    owner = asha["owner"]
    wanted = {"name": "short-lived", "scopes": ["pos.view"]}
    answer = rest.post("/api/erp/tokens", json=wanted, headers=keyed(owner.headers))
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    bearer = {"authorization": f"Bearer {issued['token']}"}
    me = rest.get(ME, headers=bearer)
    assert me.json()["permissions"] == ["pos.view"]
    gone = rest.request("DELETE", f"/api/erp/tokens/{issued['id']}", headers=keyed(owner.headers))
    assert gone.status_code == 200, gone.text
    assert rest.get(ME, headers=bearer).status_code == 401


def test_a_narrow_token_is_told_about_its_scopes(rest, asha):
    wanted = {"name": "narrow", "scopes": ["pos.view"]}
    issued = rest.post("/api/erp/tokens", json=wanted, headers=keyed(asha["owner"].headers))
    bearer = {"authorization": f"Bearer {issued.json()['token']}"}
    refusal = rest.get("/api/erp/parties", headers=bearer)
    assert refusal.status_code == 403
    assert "party.view" in refusal.json()["detail"]
    assert "among its scopes" in refusal.json()["detail"]


def test_a_replay_does_not_show_the_tokens_secret_again(rest, asha):
    headers = keyed(asha["owner"].headers)
    wanted = {"name": "shown-once", "scopes": ["pos.view"]}
    first = rest.post("/api/erp/tokens", json=wanted, headers=headers)
    again = rest.post("/api/erp/tokens", json=wanted, headers=headers)
    assert first.json()["token"].startswith("vt_")
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json()["token"] not in again.text


def test_a_browser_session_reads_and_writes_from_our_own_pages(rest, asha):
    _, cookie = cookie_of(asha["cashier"])
    assert rest.get(ME, headers=cookie).json()["name"] == "cashier"
    assert rest.post(READ_ALL, headers=keyed(cookie | own_origin())).status_code == 200


@pytest.mark.parametrize("origin", [{}, {"origin": "https://evil.example"}, {"origin": "null"}])
def test_another_sites_page_cannot_use_the_session(rest, asha, origin):
    _, cookie = cookie_of(asha["cashier"])
    answer = rest.post(READ_ALL, headers=keyed(cookie | origin))
    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site_request"


def test_two_cookies_of_the_name_are_no_session(rest, asha):
    token, _ = cookie_of(asha["cashier"])
    name = browser_session.cookie_name()
    answer = rest.get(ME, headers={"cookie": f"{name}={token}; {name}=planted"})
    assert answer.status_code == 401


def test_a_session_that_was_ended_is_refused(rest, asha):
    token, cookie = cookie_of(asha["cashier"])
    assert rest.get(ME, headers=cookie).status_code == 200
    identity.sign_out(token)
    assert rest.get(ME, headers=cookie).status_code == 401


def test_a_member_who_was_closed_out_is_refused_everywhere(rest, asha):
    login = f"leaver.{new_id().hex[-8:]}"
    person = {
        "login": login,
        "display_name": "Leaver",
        "password": PASSWORD,
        "roles": ["cashier"],
    }
    made: Any = platform.run("identity.create_user", asha.system, person).result
    token = identity.sign_in(login, PASSWORD).session_token
    cookie = {"cookie": f"{browser_session.cookie_name()}={token}"}
    assert rest.get(ME, headers=cookie).status_code == 200
    change = {
        "member_id": made.id,
        "display_name": "Leaver",
        "roles": ["cashier"],
        "is_active": False,
    }
    platform.run("identity.update_member", asha.system, change)
    assert rest.get(ME, headers=cookie).status_code == 401


def test_an_address_that_guesses_passwords_is_stopped(rest, asha, monkeypatch):
    monkeypatch.setitem(rate_limiting.LIMITS, "sign_in", RateLimitItemPerMinute(3))

    def sign_in(login, password):
        form = {"login": login, "password": password}
        return rest.post("/auth/sign-in", data=form, headers=own_origin()).status_code

    assert [sign_in(f"guess{n}@asha", "wrong password") for n in range(4)] == [401] * 3 + [429]
    assert sign_in(asha["cashier"].login, PASSWORD) == 429
    rate_limiting.forget_failures()
    assert sign_in(asha["cashier"].login, PASSWORD) == 303


def test_an_address_that_guesses_is_stopped_and_others_are_not(rest, asha, monkeypatch):
    monkeypatch.setitem(rate_limiting.LIMITS, "credential", RateLimitItemPerMinute(5))
    wrong = {"authorization": f"Bearer vt_{asha.tenant_id.hex}_guess"}
    codes = [rest.get(ME, headers=wrong).status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2
    answer = rest.get(ME, headers=wrong)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["code"] == "too_many_attempts"
    rate_limiting.forget_failures()
    assert rest.get(ME, headers=asha["cashier"].headers).status_code == 200
