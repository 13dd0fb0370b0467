"""Who may open an event socket. Each case was open in Reflex itself."""

import uuid

import aiohttp
import httpx
import pytest
from redis import Redis

from tests.gate.serving import Server, Tab, played, refused
from tests.ingest.conftest import until


def test_a_signed_in_browser_on_our_own_page_gets_its_state(server, owner_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            return await tab.boot()

    heard = played(scene())
    assert "Gate owner" in heard
    assert "Gate Pharmacy" in heard
    assert owner_session not in heard


def test_without_a_cookie_no_socket_opens(server):
    assert played(refused(Tab(server, None))) == 403


def test_with_a_made_up_session_no_socket_opens(server):
    assert played(refused(Tab(server, "x" * 43))) == 403


def test_two_session_cookies_are_none(server, owner_session, cashier_session):
    tab = Tab(server, f"{owner_session}; vantage={cashier_session}")
    assert played(refused(tab)) == 403


def test_a_stolen_tab_token_is_worthless_in_another_session(server, owner_session, cashier_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
        stolen = Tab(server, cashier_session, token=tab.token)
        again = Tab(server, owner_session, token=tab.token)
        return await refused(stolen), await refused(again)

    assert played(scene()) == (403, 0)


FOREIGN = {
    "missing": lambda _server: None,
    "null": lambda _server: "null",
    "foreign": lambda _server: "https://evil.example",
    "suffix": lambda server: f"{server.url}.evil.example",
    "user part": lambda server: f"{server.url}@evil.example",
    "prefix": lambda server: server.url.replace("localhost", "evil-localhost"),
    "other port": lambda _server: "http://localhost:1",
    "other scheme": lambda server: server.url.replace("http:", "https:"),
    "path": lambda server: f"{server.url}/",
    "two": lambda server: f"{server.url}, {server.url}",
}


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_origin_opens_no_socket(server, owner_session, origin):
    assert played(refused(Tab(server, owner_session, origin=origin(server)))) == 403


@pytest.mark.parametrize(
    "query",
    ["&x=1", "&token=", "&token=abc", "&token={t}&token={t}", "&token={upper}", "&token=../../etc"],
)
def test_a_tab_needs_one_well_formed_token(server, owner_session, query):
    token = str(uuid.uuid4())
    given = query.format(t=token, upper=token.upper())
    assert played(refused(Tab(server, owner_session, query=given))) == 403


@pytest.mark.parametrize("path", ["/_upload", "/_upload/x.pdf", "/_event/?EIO=4&transport=polling"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_uploads_and_polling_do_not_exist(server: Server, owner_session, path, method):
    answer = httpx.request(
        method,
        server.url + path,
        cookies={"vantage": owner_session},
        headers={"origin": server.url, "reflex-client-token": str(uuid.uuid4())},
    )
    assert answer.status_code == 403


def test_other_websocket_paths_are_closed(server, owner_session):
    async def scene():
        headers = Tab(server, owner_session).headers
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await http.ws_connect(f"{server.url}/api/erp/x", headers=headers)
        return caught.value.status

    assert played(scene()) == 403


def test_a_flood_of_strangers_leaves_nothing_in_the_state_store(server, owner_session, state_store):
    """The store is asked by the tabs' own tokens: states of earlier tabs may be written late."""
    ours = Tab(server, owner_session)
    strangers = [Tab(server, None) for _ in range(60)]

    async def scene():
        async with ours:
            await ours.boot()
        return [await refused(tab) for tab in strangers]

    assert set(played(scene())) == {403}
    assert until(lambda: _keys_of(state_store, [ours]))
    assert _keys_of(state_store, strangers) == []


def _keys_of(store: Redis, tabs: list[Tab]) -> list[bytes]:
    """Return the keys that name one of these tabs."""
    tokens = [str(tab.token).encode() for tab in tabs]
    return [key for key in store.scan_iter() if any(token in key for token in tokens)]
