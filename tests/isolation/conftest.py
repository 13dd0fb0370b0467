"""A database in which rights and policies alone stand between two tenants."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.embedded import EmbeddedStack
from tests.fixtures.databases import copy_template
from tests.isolation.catalogue import fill, loosen, tenant_tables

Open = Callable[..., AbstractContextManager[psycopg.Connection]]


@dataclass(frozen=True)
class Arena:
    """Two tenants with one row in every table, and connections to attack from.

    Attributes:
        owner: Sees everything; each statement commits.
        mine: The tenant the attacker acts for. theirs: the one to protect.
    """

    owner: psycopg.Connection
    mine: UUID
    theirs: UUID
    app_url: str

    @contextmanager
    def app(self, context: str | None = None) -> Iterator[psycopg.Connection]:
        """Connect as the application and stay in one transaction, under a context or none."""
        with psycopg.connect(self.app_url) as connection:
            if context is not None:
                connection.execute("select set_config('app.ctx', %s, true)", (context,))
            yield connection
            connection.rollback()

    def as_mine(self) -> AbstractContextManager[psycopg.Connection]:
        """Connect as the application, acting for `mine`."""
        return self.app(context(self.mine))


def context(tenant: UUID, seconds: int = 60) -> str:
    """Return a context signed by the product's own key."""
    return db.signed_context(tenant, new_id(), int(utc_now().timestamp()) + seconds)


def address(url: str, database: str) -> str:
    """Return an address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=str(PurePosixPath("/") / database)))


@contextmanager
def open_arena(stack: EmbeddedStack, name: str) -> Iterator[Arena]:
    """Copy the template, strip it of all rules but rights and policies, and fill it."""
    copy_template(stack, name)
    mine, theirs = new_id(), new_id()
    with psycopg.connect(stack.postgres.url(name), autocommit=True) as owner:
        loosen(owner)
        for relation in tenant_tables(owner):
            for tenant in (mine, theirs):
                fill(owner, relation, tenant)
        yield Arena(owner, mine, theirs, address(db.role_url("app"), name))


@pytest.fixture(scope="module")
def arena(stack: EmbeddedStack, environment: dict[str, str], worker_number: int) -> Iterator[Arena]:
    """The arena of a module, whose tests leave it as they found it."""
    assert environment
    with open_arena(stack, f"arena_{worker_number}") as opened:
        yield opened


@pytest.fixture(scope="module")
def breakable(
    stack: EmbeddedStack, environment: dict[str, str], worker_number: int
) -> Iterator[Arena]:
    """An arena whose tests take controls away, each at a table of its own."""
    assert environment
    with open_arena(stack, f"broken_{worker_number}") as opened:
        yield opened
