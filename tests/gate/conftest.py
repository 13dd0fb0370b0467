"""One web process for the gate's tests, with a tenant of three members."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from erp.services import identity, platform
from tests.gate.serving import PASSWORD, Server, serving

TENANT = identity.NewTenant(
    name="Gate Pharmacy",
    slug="gate-pharmacy",
    legal_name="Gate Pharmacy Pvt Ltd",
    trade_name="Gate Pharmacy",
    gstin=None,
    pan=None,
    state_code="33",
    branch_code="G1",
    branch_name="Gate Road",
    address="1 Gate Road",
    city="Chennai",
    pin="600017",
)


@pytest.fixture(scope="package")
def members(environment: dict[str, str]) -> str:
    """The id of a tenant with the members `gate.owner`, `gate.cashier` and `gate.auditor`."""
    assert environment
    ctx = identity.provision_tenant(TENANT)
    for role in ("owner", "cashier", "auditor"):
        given = {"login": f"gate.{role}", "display_name": f"Gate {role}", "password": PASSWORD}
        platform.run("identity.create_user", ctx, given | {"roles": [role]})
    return str(ctx.tenant_id)


@pytest.fixture(scope="package")
def server(
    environment: dict[str, str], members: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The running web process."""
    assert members
    log: Path = tmp_path_factory.mktemp("gate") / "web.log"
    with serving(environment, log) as running:
        yield running


@pytest.fixture(scope="package")
def owner_session(server: Server) -> str:
    return server.session("gate.owner")


@pytest.fixture(scope="package")
def cashier_session(server: Server) -> str:
    return server.session("gate.cashier")


@pytest.fixture
def state_store(redis_url: str) -> Iterator[Redis]:
    """The Redis database in which Reflex keeps the tabs' states."""
    with Redis.from_url(redis_url) as client:
        yield client
