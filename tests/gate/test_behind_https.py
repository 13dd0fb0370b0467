"""Where people reach the product over https, its cookie never travels in clear."""

from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from tests.gate.serving import PASSWORD, Server, serving

PUBLIC = "https://erp.example"
NAME = "__Host-vantage"


@pytest.fixture(scope="module")
def behind_https(environment, members, tmp_path_factory) -> Iterator[Server]:
    """The web server as a reverse proxy that ends TLS would reach it."""
    assert members
    log = tmp_path_factory.mktemp("https") / "web.log"
    with serving(environment, log, public_url=PUBLIC) as running:
        yield running


def signed_in(server: Server) -> tuple[httpx.Response, Morsel[str]]:
    form = {"login": "gate.owner", "password": PASSWORD}
    headers = {"origin": PUBLIC, "host": "erp.example"}
    answer = httpx.post(f"{server.url}/auth/sign-in", data=form, headers=headers)
    assert answer.status_code == 303
    return answer, SimpleCookie(answer.headers["set-cookie"])[NAME]


def test_the_cookie_is_secure_and_belongs_to_this_host_alone(behind_https):
    answer, cookie = signed_in(behind_https)
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"].lower(), cookie["path"], cookie["domain"]) == ("lax", "/", "")
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_cookie_of_the_plain_name_is_no_session(behind_https):
    """Another host of the domain can set that one, but none with the prefix."""
    _, cookie = signed_in(behind_https)
    where = f"{behind_https.url}/auth/session"
    assert httpx.get(where, headers={"cookie": f"{NAME}={cookie.value}"}).status_code == 200
    assert httpx.get(where, headers={"cookie": f"vantage={cookie.value}"}).status_code == 401


def test_signing_out_takes_the_secure_cookie_back(behind_https):
    _, cookie = signed_in(behind_https)
    headers = {"origin": PUBLIC, "cookie": f"{NAME}={cookie.value}"}
    answer = httpx.post(f"{behind_https.url}/auth/sign-out", headers=headers)
    gone = SimpleCookie(answer.headers["set-cookie"])[NAME]
    assert (gone.value, bool(gone["secure"])) == ("", True)


def test_a_page_reached_in_clear_signs_nobody_in(behind_https):
    form = {"login": "gate.owner", "password": PASSWORD}
    headers = {"origin": "http://erp.example", "host": "erp.example"}
    answer = httpx.post(f"{behind_https.url}/auth/sign-in", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
