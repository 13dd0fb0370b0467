"""Every action, against every role and against another organisation's ids."""

import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from pydantic import ValidationError

from erp.api.actions import addresses_of
from erp.core import db
from erp.core.errors import DomainError, PermissionDenied
from erp.core.ids import new_id
from erp.services import catalogue_of_actions, identity, platform
from tests.api.inputs import sample_input, uuid_fields

assert catalogue_of_actions.DOMAINS
ACTIONS = platform.list_actions()
ROLES = [role.name for role in identity.STANDARD_ROLES]
OPEN_TO_EVERYONE = {
    "documents.find_documents",  # asks the origin's own permission per document
    "identity.change_password",  # one's own, and asks for the old one
    "identity.list_branches",
    "identity.set_pin",  # one's own; another's asks identity.edit
    "identity.whoami",
    "platform.forget_view",  # one's own views only
    "platform.list_views",
    "platform.save_view",
    "workflows.count_unread",
    "workflows.list_inbox",
    "workflows.mark_all_read",
    "workflows.mark_read",
}
_VOLATILE = ("session_tab", "user_session", "user_account", "alembic_version")


def test_only_reviewed_actions_ask_for_no_permission():
    assert {action.name for action in ACTIONS if not action.permission} == OPEN_TO_EVERYONE


def test_every_action_answers_data_and_never_a_table_row():
    for action in ACTIONS:
        assert issubclass(action.result_model, platform.Result), action.name
        assert not hasattr(action.result_model, "__tablename__"), action.name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_is_refused_before_anything(role, asha, owner):
    ctx = asha[role].ctx
    forbidden = [a for a in ACTIONS if a.permission and not ctx.may(a.permission)]
    assert forbidden or role == "owner"
    left = "select count(*) from command_log where tenant_id = %s and user_id = %s"
    before = owner.execute(left, (asha.tenant_id, ctx.user_id)).fetchone()
    assert [action.name for action in forbidden if not _refuses(action, ctx)] == []
    assert owner.execute(left, (asha.tenant_id, ctx.user_id)).fetchone() == before


def _refuses(action, ctx):
    """Ask with an input that nobody looked at: whatever looks at it fails on it."""
    unlooked_at = action.input_model.model_construct()
    try:
        with db.unit_of_work(ctx) as session:
            action.guarded(session, ctx, unlooked_at)
    except Exception as error:  # noqa: BLE001  whatever else it is, it is no refusal of the permission
        return isinstance(error, PermissionDenied)
    return False


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_stranger_gets_nowhere(action, rest):
    for address in addresses_of(action):
        path = re.sub(r"{\w+}", str(new_id()), address.path)
        options: dict[str, Any] = {} if address.method == "GET" else {"json": {}}
        headers = {"idempotency-key": new_id().hex}
        answer = rest.request(address.method, path, headers=headers, **options)
        assert answer.status_code == 401, answer.text


_furnished: dict[UUID, dict[str, UUID]] = {}


@pytest.fixture(scope="module")
def ids_of(database_url):
    """Return the ids of an organisation by table; on one connection, so that it is planned once."""
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=1) as connection:
        statement = _ids_of_every_table(connection)
        yield lambda tenant_id: dict(connection.execute(statement, {"tenant": tenant_id}))


@pytest.fixture
def furnished(bodhi, ids_of):
    """Ids that exist in the other organisation: one of every table that has rows there."""
    if bodhi.tenant_id not in _furnished:
        _furnish(bodhi)
        found = ids_of(bodhi.tenant_id)
        _furnished[bodhi.tenant_id] = {table: ids[0] for table, ids in found.items() if ids}
    return _furnished[bodhi.tenant_id]


def _furnish(bodhi):
    for action in platform.list_actions("command"):
        given = sample_input(action, bodhi.system.branch_id) | {"idempotency_key": "furnishing"}
        try:
            platform.run(action.name, bodhi.system, given)
        except (DomainError, ValidationError):
            continue


def _ids_of_every_table(connection):
    tables = connection.execute(
        "select c.table_name from information_schema.columns c"
        " join information_schema.columns k using (table_schema, table_name)"
        " where c.table_schema = 'public' and c.column_name = 'tenant_id' and k.column_name = 'id'"
    ).fetchall()
    return " union all ".join(
        f"select '{table}', (select array_agg(id order by id) from \"{table}\" where tenant_id = %(tenant)s)"  # noqa: S608
        for (table,) in tables
        if table not in _VOLATILE
    )


def _outcome(action, ctx, given):
    """What the caller learns: the refusal in full, or the answer of a query."""
    try:
        if action.kind == "command":
            platform.preview(action.name, ctx, given)
            return "done"
        return platform.run(action.name, ctx, given).text
    except DomainError as error:
        return (error.code, error.message, error.fields, error.details)
    except ValidationError as error:
        return [(e["loc"], e["type"], e["msg"]) for e in error.errors(include_input=False)]


def _anonymous(outcome, an_id: UUID):
    return repr(outcome).replace(str(an_id), "<id>").replace(an_id.hex, "<id>")


@pytest.mark.parametrize(
    "action", [a for a in ACTIONS if uuid_fields(a)], ids=lambda action: action.name
)
def test_a_foreign_id_looks_exactly_like_none(action, asha, bodhi, furnished, ids_of):
    """Whatever exists in the other organisation, the answer is that of an id nobody has."""
    before = ids_of(bodhi.tenant_id)
    absent = new_id()
    expected = _anonymous(_outcome(action, asha.system, sample_input(action, absent)), absent)
    assert len(furnished) >= 12, sorted(furnished)
    for table, foreign in furnished.items():
        outcome = _outcome(action, asha.system, sample_input(action, foreign))
        assert _anonymous(outcome, foreign) == expected, table
        assert str(bodhi.tenant_id) not in repr(outcome)
    assert ids_of(bodhi.tenant_id) == before
