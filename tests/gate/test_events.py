"""What a signed-in caller may make a handler do; and that nothing leaks when they try more."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from erp.services import identity
from erp.state.identity.members import MemberListState, NewMemberState
from erp.state.shell import ShellState
from tests.gate.serving import PASSWORD, Tab, played

LIST = MemberListState.get_full_name()
FORM = NewMemberState.get_full_name()
SHELL = ShellState.get_full_name()
INTERNAL_VARS = (
    "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal"
)


async def asked(server, session, name, until="", **payload):
    async with Tab(server, session) as tab:
        await tab.boot()
        return await tab.send(name, until=until, **payload)


def member_count(owner, tenant):
    row = owner.execute("select count(*) from membership where tenant_id = %s", (tenant,))
    return row.fetchone()[0]


def test_a_permitted_handler_answers(server, owner_session):
    assert "Gate cashier" in played(asked(server, owner_session, f"{LIST}.refresh", "Gate cashier"))


def test_a_handler_without_the_permission_answers_nothing(server, cashier_session):
    heard = played(asked(server, cashier_session, f"{LIST}.refresh", "You may not do this"))
    assert "Gate owner" not in heard
    assert "You may not do this" in heard


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (f"{LIST}.setvar", {"var_name": "search", "value": "planted"}),
        (f"{SHELL}.setvar", {"var_name": "user_name", "value": "planted"}),
        (INTERNAL_VARS, {"vars": {f"{SHELL}.user_name_rx_state_": "planted"}}),
        (f"{LIST}._reload", {}),
        (f"{LIST}._run", {"command": "identity.create_user", "payload": {"planted": 1}}),
        (f"{LIST}.reset", {}),
        (f"{LIST}.get_state", {"state_cls": "planted"}),
        ("planted.handler", {}),
        ("", {}),
    ],
)
def test_what_is_not_in_the_registry_does_nothing(server, owner_session, name, payload):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
            heard = await tab.send(name, **payload)
            return heard, await tab.send(f"{LIST}.refresh", until="Gate cashier")

    heard, after = played(scene())
    assert "planted" not in heard
    assert "Gate cashier" not in heard
    assert "Traceback" not in heard
    assert "Gate cashier" in after


DEEP: object = "x"
for _ in range(50):
    DEEP = [DEEP]

ABSURD = [
    None,
    {"a": {"b": 1}},
    [1, {"a": 2}],
    10**400,
    -(2**70),
    float("nan"),
    float("inf"),
    True,
    "x" * 5000,
    "a\x00b\x1f",
    "'; drop table membership; --",
]


async def answers_to_absurd(server, session, name, as_payload, until=""):
    heard = []
    async with Tab(server, session) as tab:
        await tab.boot()
        for value in ABSURD:
            heard.append(await tab.send(name, until=until, **as_payload(value)))
            assert tab.closed_with is None, value
    return heard


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (f"{LIST}.find", "text"),
        (f"{LIST}.order_by", "key"),
        (f"{FORM}.submit", "form"),
        (f"{SHELL}.open_page", "route"),
    ],
)
def test_absurd_arguments_change_nothing_and_show_no_trace(
    server, owner_session, owner, members, name, field
):
    before = member_count(owner, members)
    heard = played(answers_to_absurd(server, owner_session, name, lambda v: {field: v}))
    assert "Traceback" not in "".join(heard)
    assert "psycopg" not in "".join(heard)
    assert member_count(owner, members) == before


def test_absurd_form_values_are_refused_at_a_field(server, owner_session, owner, members):
    before = member_count(owner, members)
    names = ("login", "display_name", "password", "role")
    answers = answers_to_absurd(
        server,
        owner_session,
        f"{FORM}.submit",
        lambda v: {"form": dict.fromkeys(names, v)},
        until="field_errors",
    )
    for heard in played(answers):
        assert "Traceback" not in heard
        assert "field_errors" in heard
    assert member_count(owner, members) == before


def test_json_too_deep_closes_the_socket(server, owner_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
            await tab.send(f"{LIST}.find", text=DEEP)
            return tab.closed_with

    assert played(scene()) == 4400


def test_a_megabyte_closes_the_socket(server, owner_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
            await tab.send(f"{LIST}.find", text="x" * 1_000_000)
            return tab.closed_with

    assert played(scene()) in {4400, 1006, 1009}


def test_a_bracket_bomb_closes_the_socket(server, owner_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
            await tab.send_text("42/_event," + "[" * 100_000)
            return tab.closed_with

    assert played(scene()) == 4400


def test_brackets_inside_text_are_just_text(server, owner_session):
    heard = played(asked(server, owner_session, f"{LIST}.find", "rows", text='a"[' + "[{" * 60))
    assert "rows" in heard


def test_a_sender_that_is_too_fast_is_cut_off(server, owner_session):
    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot()
            event = {"name": f"{SHELL}.setvar", "payload": {}, "router_data": {}}
            frame = "42/_event," + json.dumps(["event", event])
            for _ in range(400):
                if tab.socket.closed:
                    break
                await tab.socket.send_str(frame)
            await tab.heard()
            return tab.closed_with

    assert played(scene()) == 4429


def test_a_revoked_session_acts_no_more_on_its_open_socket(server):
    async def scene():
        session = server.session("gate.owner")
        async with Tab(server, session) as tab:
            assert "Gate cashier" in await tab.boot("/settings/members") + await tab.send(
                f"{LIST}.refresh", until="Gate cashier"
            )
            identity.sign_out(session)
            await tab.heard(identity.CACHE_SECONDS + 0.5)
            return await tab.send(f"{LIST}.find", text="Gate")

    heard = played(scene())
    assert "/sign-in" in heard
    assert "Gate cashier" not in heard


def test_one_form_sent_twenty_times_takes_effect_once(server, owner_session, owner, members):
    before = member_count(owner, members)
    form = {
        "login": f"once.{uuid.uuid4().hex[:8]}",
        "display_name": "Only Once",
        "password": PASSWORD,
        "role": "cashier",
        "idempotency_key": str(uuid.uuid4()),
    }

    def one_tab(_number):
        return played(asked(server, owner_session, f"{FORM}.submit", "Member added", form=form))

    with ThreadPoolExecutor(20) as tabs:
        answers = list(tabs.map(one_tab, range(20)))
    assert member_count(owner, members) == before + 1
    assert sum("Member added" in heard for heard in answers) == 20


def test_neither_cookies_nor_tab_tokens_nor_passwords_reach_the_log_or_the_store(
    server, owner_session, state_store
):
    secret = f"Canary#{uuid.uuid4().hex}"

    async def scene():
        async with Tab(server, owner_session) as tab:
            await tab.boot("/settings/members/new")
            await tab.send("no.such.handler", anything=1)
            await tab.send(f"{LIST}.setvar", var_name="x", value=1)
            await tab.send(f"{FORM}.submit", form={"login": "x", "password": secret})
            await tab.send(f"{FORM}.submit", form=secret)
            return tab.token

    played(scene())
    log = server.log.read_text()
    assert owner_session not in log
    assert secret not in log
    stored = b"".join(state_store.dump(key) or b"" for key in state_store.scan_iter())
    assert owner_session.encode() not in stored
