"""A till as a process of its own, which may be killed anywhere and writes down what it knows."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any
from uuid import UUID

import psycopg

from erp.core import db
from erp.core.errors import Busy, DomainError, Unavailable
from erp.core.ids import new_id
from erp.core.settings import get_settings
from tests.factories import Shop

PATIENCE_SECONDS = 60.0


class History:
    """What tills asked for and were answered, one line each, kept however they end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, sale_id: UUID, said: str, text: str = "") -> None:
        line = json.dumps([str(sale_id), said, text]) + "\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, line.encode())
        os.close(handle)

    def read(self) -> list[tuple[UUID, str, str]]:
        if not self._path.exists():
            return []
        lines = (json.loads(line) for line in self._path.read_text().splitlines())
        return [(UUID(sale_id), said, text) for sale_id, said, text in lines]

    def told(self, what: str) -> dict[UUID, str]:
        """Return the text by sale of everything that was told in this way."""
        return {sale_id: text for sale_id, said, text in self.read() if said == what}


def request(shop: Shop, sale_id: UUID) -> dict[str, Any]:
    """Return the same request whenever the same sale is asked for."""
    number = sale_id.int
    chosen = shop.variant_ids[number % len(shop.variant_ids)]
    other = shop.variant_ids[(number // 7) % len(shop.variant_ids)]
    cart = shop.cart({chosen: 1, other: 1 + number % 2})
    return cart | {"sale_id": sale_id, "idempotency_key": f"till-{sale_id}"}


def ask(shop: Shop, history: History, sale_id: UUID) -> None:
    """Ask for a sale once and write down what came of it."""
    history.write(sale_id, "asked")
    try:
        answer = shop.answer("pos.post_sale", request(shop, sale_id))
    except (Busy, Unavailable):
        history.write(sale_id, "unknown")
    except DomainError as error:
        history.write(sale_id, "refused", error.code)
    else:
        history.write(sale_id, "answered", answer.text)


def insist(shop: Shop, history: History, sale_id: UUID) -> None:
    """Ask for a sale with the same key until there is an answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        ask(shop, history, sale_id)
        if history.read()[-1][1] == "answered" or sale_id in history.told("answered"):
            return
        time.sleep(0.1)
    raise TimeoutError(f"No answer for {sale_id} in {PATIENCE_SECONDS} seconds.")


def settle_in(environment: Mapping[str, str]) -> None:
    """Make this process use the servers that the test uses."""
    os.environ.update(environment)
    get_settings.cache_clear()
    db.context_key.cache_clear()
    db.dispose()


def sell_and_die(environment: Mapping[str, str], shop: Shop, path: Path, statement: int) -> None:
    """Sell once, then die before this statement of the next sale."""
    settle_in(environment)
    history = History(path)
    ask(shop, history, new_id())

    def fuse(number: int) -> None:
        if number == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with counted(fuse):
        ask(shop, history, new_id())


def sell_until_killed(environment: Mapping[str, str], shop: Shop, path: Path) -> None:
    """Sell as fast as it goes, for ever."""
    settle_in(environment)
    while True:
        ask(shop, History(path), new_id())


def sell_through(environment: Mapping[str, str], shop: Shop, path: Path, sales: int) -> None:
    """Sell so many carts, through whatever happens to the servers."""
    settle_in(environment)
    for _ in range(sales):
        insist(shop, History(path), new_id())


@contextmanager
def counted(before: Callable[[int], None]) -> Iterator[list[str]]:
    """Call `before` with 1, 2, 3 ... ahead of every statement and around every commit."""
    names: list[str] = []
    own = get_ident()
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def reach(name: object) -> None:
        if get_ident() != own:  # what others of this process ask is not of this act
            return
        names.append(str(name)[:60])
        before(len(names))

    def counting_execute(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        reach(query)
        return execute(self, query, *arguments, **options)

    def counting_commit(self: Any) -> None:
        reach("commit")
        commit(self)
        reach("committed")

    psycopg.Cursor.execute = counting_execute  # type: ignore[method-assign]
    psycopg.Connection.commit = counting_commit  # type: ignore[method-assign]
    try:
        yield names
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        psycopg.Connection.commit = commit  # type: ignore[method-assign]
