"""The raw limit: the statements of one sale, sent bare, without the product around them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from bench.loading import Shop
from bench.measuring import Figure, figure, timed
from bench.workloads import cart
from erp.core import db
from erp.core.ids import new_id
from erp.services import platform

Statement = tuple[Any, Any]


def bare_sale(shop: Shop, count: int = 300) -> list[Figure]:
    """Record a sale's statements in a dry run and replay them: one by one, and in one pipeline.

    Both replays roll back; the price of making a commit durable is measured apart.
    """
    statements = _recorded(shop)
    steps = figure(
        f"W1 bare, {len(statements)} statements", timed(lambda: _replay(shop, statements), count)
    )
    piped = figure("W1 bare, one pipeline", timed(lambda: _pipe(shop, statements), count))
    return [steps, piped, figure("W1 bare, one durable commit", _commits(shop, count))]


def _recorded(shop: Shop) -> list[Statement]:
    statements: list[Statement] = []
    body = cart(shop.shifts[0], list(shop.variants), random.Random(3))
    with _recording(statements):
        platform.preview("pos.post_sale", shop.ctx, body)
    return [(sql, params) for sql, params in statements if b"immediate" not in _text(sql)]


@contextmanager
def _recording(statements: list[Statement]) -> Iterator[None]:
    """Collect what the product sends on fresh connections."""

    class Recorder(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            statements.append((query, params))
            return super().execute(query, params, **options)

    db.dispose()
    engine = db.engine("app")

    def connected(connection: Any, _record: Any) -> None:
        connection.cursor_factory = Recorder

    event.listen(engine, "connect", connected)
    yield
    db.dispose()


def _text(sql: Any) -> bytes:
    return sql if isinstance(sql, bytes) else str(sql).encode()


def _replay(shop: Shop, statements: list[Statement]) -> None:
    with db.rolled_back(shop.ctx) as session:
        connection = db.raw(session)
        for sql, params in statements:
            connection.execute(sql, params)


def _pipe(shop: Shop, statements: list[Statement]) -> None:
    with db.rolled_back(shop.ctx) as session:
        connection = db.raw(session)
        with connection.pipeline():
            for sql, params in statements:
                connection.execute(sql, params)


def _commits(shop: Shop, count: int) -> list[float]:
    def commit() -> None:
        with db.unit_of_work(shop.ctx) as session:
            db.execute(
                session,
                "insert into brand (tenant_id, id, name) values (%s, %s, %s)",
                (shop.ctx.tenant_id, new_id(), str(new_id())),
            )

    return timed(commit, count)


def signed_context(shop: Shop, count: int = 50) -> Figure:
    """Time one check of the signed tenant context, which each table of a statement asks for."""
    checks = 1_000
    with db.unit_of_work(shop.ctx) as session:
        connection = db.raw(session)

        def check() -> None:
            connection.execute("select count(sec.tenant()) from generate_series(1, %s)", (checks,))

        times = timed(check, count)
    return figure("Signed context, one check", [value / checks for value in times])
