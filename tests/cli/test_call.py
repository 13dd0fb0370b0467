"""The terminal reaches every action with the same checks as REST, and tells how it ended."""

import json

import pytest

from erp.core.ids import new_id
from erp.services import identity
from tests.fixtures import forking


@pytest.fixture
def erp(environment):
    def run(*arguments):
        return forking.run(["erp.cli", *arguments], environment)

    return run


@pytest.fixture
def slug(asha):
    (place,) = [p for p in identity.list_tenants() if p.tenant_id == asha.tenant_id]
    return place.slug


def test_a_query_prints_its_answer(erp, slug, asha):
    done = erp("call", "identity.whoami", "--tenant", slug, "--as", asha["cashier"].login)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["roles"] == ["cashier"]


def test_a_members_own_permissions_count(erp, slug, asha):
    done = erp(
        "call", "identity.list_members", "{}", "--tenant", slug, "--as", asha["cashier"].login
    )
    assert done.returncode == 1
    assert json.loads(done.stderr)["code"] == "permission_denied"
    assert not done.stdout, "what reads the answer gets nothing else"


def test_a_command_takes_effect_once_per_key_and_not_in_a_dry_run(erp, slug, asha, owner):
    name = f"Cli {new_id().hex}"
    given = {"name": name, "kind": "walk_in", "state_code": "27"}
    given["idempotency_key"] = new_id().hex
    count = "select count(*) from party where tenant_id = %s and name = %s"
    of_party = (asha.tenant_id, name)

    shown = erp("call", "party.create_party", json.dumps(given), "--tenant", slug, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert set(json.loads(shown.stdout)) == {"result", "effects"}
    assert owner.execute(count, of_party).fetchone() == (0,)

    first = erp("call", "party.create_party", json.dumps(given), "--tenant", slug)
    again = erp("call", "party.create_party", json.dumps(given), "--tenant", slug)
    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert owner.execute(count, of_party).fetchone() == (1,)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("call", "no.such_action"), 1, "no command or query"),
        (("call", "party.create_party", '{"nmae": "x"}'), 1, "nmae"),
        (("call", "party.create_party", "{nonsense"), 2, "not JSON"),
        (("call", "party.create_party", "[1]"), 1, "JSON object"),
        (("call", "identity.whoami", "{}", "--as", "nobody@nowhere"), 1, "no member"),
    ],
)
def test_misuse_is_told_without_a_traceback(erp, slug, arguments, code, words):
    done = erp(*arguments, "--tenant", slug)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unnamed_tenant_must_be_the_only_one(erp):
    done = erp("call", "identity.whoami")
    assert done.returncode == 1
    assert "--tenant" in done.stderr


def test_actions_are_listed(erp):
    done = erp("actions", "party.")
    assert "party.create_party" in done.stdout
    assert "POST /parties" in done.stdout


@pytest.mark.parametrize("command", ["verify", "migrate", "seed"])
def test_without_a_database_it_says_what_to_do(tmp_path, command):
    nothing = {"DATABASE_URL": "", "DATA_DIR": str(tmp_path)}
    done = forking.run(["erp.cli", command], nothing)
    assert done.returncode != 0
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr
