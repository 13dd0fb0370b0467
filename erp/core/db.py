"""The database: engines per role, the only commit, and set-based statements for hot paths."""

import hashlib
import hmac
import select
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, LiteralString, cast
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import Escaping, ExecStatus, TransactionStatus
from psycopg.rows import TupleRow, dict_row
from pydantic_core import to_json
from sqlalchemy import URL, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import DataError as AlchemyDataError
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import OperationalError as AlchemyOperationalError
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import Busy, InvalidInput, Unavailable
from erp.core.ids import new_id
from erp.core.settings import get_settings

CONTEXT_TTL_SECONDS = 60
_LOCK_NOT_AVAILABLE = "55P03"
_RETRYABLE = {"40001", "40P01", _LOCK_NOT_AVAILABLE}
_engines: dict[str, Engine] = {}
_engines_guard = threading.Lock()
_DRIVER = "driver_connection"
_HELD = "held_rows"

Connection = psycopg.Connection[TupleRow]
UnitOfWork = Session
"""The session's type, for those who may not import SQLAlchemy."""
Row = dict[str, Any]
_Kind = tuple[Table, tuple[str, ...]]


def role_url(role: str) -> str:
    """Return the address of `app` or `ops`, derived from the owner's where none is set."""
    settings = get_settings()
    explicit = {"app": settings.app_database_url, "ops": settings.ops_database_url}[role]
    if explicit:
        return explicit
    parts = urlsplit(settings.database_url)
    place = parts.netloc.rpartition("@")[2]
    login = f"erp_{role}:{settings.derived_secret(f'database-role-{role}')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{place}"))


def driver_url(url: str) -> URL:
    """Return a PostgreSQL address with the driver this product uses.

    A socket's directory in the host's place is PostgreSQL's own way to write it; SQLAlchemy
    takes it from the query alone.
    """
    address = make_url(url).set(drivername="postgresql+psycopg")
    host = unquote(address.host or "")
    if not host.startswith("/"):
        return address
    place = {"host": host, "port": str(address.port or "")}
    bare = address._replace(host=None, port=None)
    return bare.update_query_dict({name: value for name, value in place.items() if value})


def engine(role: str = "app") -> Engine:
    """Return this process's engine of a role; made on first use, so that forks are safe."""
    with _engines_guard:
        if role not in _engines:
            _engines[role] = _connect(role)
        return _engines[role]


def dispose() -> None:
    """Close every pooled connection; the next use opens new ones."""
    with _engines_guard:
        for existing in _engines.values():
            existing.dispose()
        _engines.clear()


def _connect(role: str) -> Engine:
    settings = get_settings()
    options = (
        f"-c statement_timeout={settings.statement_timeout_seconds * 1000} "
        f"-c lock_timeout={settings.lock_timeout_seconds * 1000} "
        "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC -c jit=off"
    )
    made = create_engine(
        driver_url(role_url(role)),
        pool_size=settings.pool_size,
        max_overflow=2,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={
            "options": options,
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": (settings.statement_timeout_seconds + 5) * 1000,
            "prepare_threshold": 2,
            "application_name": f"erp-{role}",
        },
    )
    event.listen(made, "checkout", _refuse_dead)
    return made


def _refuse_dead(connection: psycopg.Connection, _record: object, _proxy: object) -> None:
    """Replace every pooled connection once one of them was ended by the server.

    An idle connection has nothing to read unless the server said goodbye; asking the kernel
    costs microseconds, where a query before each use would cost a round trip.
    """
    idle = select.poll()
    if not connection.closed:
        idle.register(connection.fileno(), select.POLLIN)
    if connection.closed or idle.poll(0):
        raise InvalidatePoolError("The server has closed this connection.")


@lru_cache
def context_key() -> bytes:
    """Return the key that signs tenant contexts."""
    return bytes.fromhex(get_settings().derived_secret("tenant-context"))


def signed_context(tenant_id: UUID, user_id: UUID, expires: int) -> str:
    """Return the text that `sec.tenant()` accepts until an epoch second.

    Source: an unsigned setting does not survive SQL injection; see the ADR on tenancy.
    """
    return _signed(f"{tenant_id}|{user_id}|{expires}")


def _signed(claim: str) -> str:
    mac = hmac.new(context_key(), claim.encode(), hashlib.sha256).hexdigest()
    return f"{claim}|{mac}"


@contextmanager
def unit_of_work(
    ctx: RequestContext, *, ttl_seconds: int = CONTEXT_TTL_SECONDS
) -> Iterator[Session]:
    """Run one transaction of one tenant: committed at the end, rolled back on any error.

    The signed tenant context is the first statement. Nothing else in the product
    commits or rolls back, but for the relay and the migrations.

    Raises:
        Busy: A lock was not free in time, or the database chose this transaction to
            end a deadlock.
        Unavailable: The database cannot be reached.
    """
    with (
        translated_errors(),
        Session(engine("app"), expire_on_commit=False) as session,
        session.begin(),
    ):
        session.info[_DRIVER] = raw(session)
        enter_tenant(session, ctx, ttl_seconds)
        yield session


@contextmanager
def rolled_back(ctx: RequestContext) -> Iterator[Session]:
    """Run one transaction of one tenant that leaves nothing behind: a dry run."""
    with translated_errors(), Session(engine("app"), expire_on_commit=False) as session:
        enter_tenant(session, ctx)
        yield session
        session.rollback()


def enter_tenant(
    session: Session, ctx: RequestContext, ttl_seconds: int = CONTEXT_TTL_SECONDS
) -> None:
    """Bind the transaction to the context's tenant."""
    expires = int(time.time()) + ttl_seconds
    text = signed_context(ctx.tenant_id, ctx.user_id, expires)
    _begin_with(raw(session), "app.ctx", text)


@contextmanager
def anonymous_unit_of_work() -> Iterator[Session]:
    """Run one transaction of no tenant, which sees no tenant's rows but may let people in.

    It carries a signed pass, without which the functions behind signing in refuse, so that
    statements injected into a tenant's transaction cannot call them.
    """
    with translated_errors(), Session(engine("app")) as session, session.begin():
        _show_pass(session)
        yield session


@contextmanager
def door(session: Session) -> Iterator[None]:
    """Let the statements inside call what only signing in may: logins, sessions, passwords."""
    _show_pass(session)
    yield
    raw(session).execute("select set_config('app.door', '', true)")


def _show_pass(session: Session) -> None:
    shown = _signed(f"door|{new_id()}|{int(time.time()) + CONTEXT_TTL_SECONDS}")
    _begin_with(raw(session), "app.door", shown)


def _begin_with(connection: Connection, setting: LiteralString, value: str) -> None:
    """Set a local setting, in one round trip with the `begin` before it where that is due."""
    begun = connection.info.transaction_status is not TransactionStatus.IDLE
    quoted = Escaping(connection.pgconn).escape_literal(value.encode())
    text = b"select set_config('%s', %s, true)" % (setting.encode(), quoted)
    done = connection.pgconn.exec_(text if begun else b"begin; " + text)
    if done.status != ExecStatus.TUPLES_OK:
        if connection.closed:
            raise psycopg.OperationalError("The connection is lost.")
        raise error_from_result(done)


@contextmanager
def ops_session() -> Iterator[Session]:
    """Run one transaction of the role that sees every tenant: relay, referees, directories."""
    with (
        translated_errors(),
        Session(engine("ops"), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's refusals that a retry may cure into ours."""
    try:
        yield
    except AlchemyOperationalError as error:
        raise _translated(error.orig) from error
    except psycopg.OperationalError as error:
        raise _translated(error) from error
    except (AlchemyDataError, psycopg.DataError) as error:
        raise InvalidInput(
            "A value is too large or cannot be stored. Check numbers, dates and special characters."
        ) from error


def _translated(error: BaseException | None) -> Busy | Unavailable:
    state = getattr(error, "sqlstate", None)
    if state in _RETRYABLE:
        return Busy("Someone else is changing the same thing. Try again.")
    return Unavailable(
        "The database cannot be reached. Try again shortly: the same request takes effect only once."
    )


def raw(session: Session) -> Connection:
    """Return the driver's connection of the session, inside the same transaction."""
    known: Connection | None = session.info.get(_DRIVER)
    return known or cast("Connection", session.connection().connection.driver_connection)


def fetch_all(
    session: Session, sql: LiteralString, params: Mapping[str, Any] | Sequence[Any] = ()
) -> list[Row]:
    """Run a fixed statement and return its rows as dictionaries."""
    with raw(session).cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, params).fetchall()


def fetch_one(
    session: Session, sql: LiteralString, params: Mapping[str, Any] | Sequence[Any] = ()
) -> Row | None:
    """Run a fixed statement and return its first row, or nothing."""
    with raw(session).cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql, params).fetchone()


def execute(
    session: Session, sql: LiteralString, params: Mapping[str, Any] | Sequence[Any] = ()
) -> None:
    """Run a fixed statement whose answer is not needed."""
    raw(session).execute(sql, params)


def insert_rows(
    session: Session,
    model: Any,  # noqa: ANN401  any mapped class
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Insert rows, given by column, of one table in one statement; all name the same columns.

    They travel as one JSON text: preparing a parameter per column costs more than the database
    takes to read them. While rows are held, they wait for `send_rows`.
    """
    written = list(rows)
    if written:
        kind = (model.__table__, tuple(written[0]))
        held = session.info.get(_HELD)
        if held is None:
            _send(session, {kind: written})
        else:
            held.setdefault(kind, []).extend(written)


def hold_rows(session: Session) -> None:
    """Keep back what is inserted from now on, to be written at once; the end of a command sends it.

    Nothing read in between sees the rows, and their refusals come when they are sent.
    """
    session.info.setdefault(_HELD, {})


def send_rows(session: Session, *, later: Collection[Any] = ()) -> None:
    """Write the rows that were held, in one statement; those of the classes `later` stay held."""
    held: dict[_Kind, list[Mapping[str, Any]]] = session.info.pop(_HELD, {})
    tables = {model.__table__ for model in later}
    kept = {kind: rows for kind, rows in held.items() if kind[0] in tables}
    _send(session, {kind: rows for kind, rows in held.items() if kind not in kept})
    if kept:
        session.info[_HELD] = kept


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """Undo everything written inside if it raises, so that the transaction can go on without it.

    Rows held inside are written at its end. A savepoint of the driver: SQLAlchemy sends its own
    only once a statement goes through it, and ours do not.
    """
    try:
        with raw(session).transaction():
            yield
            session.flush()
            send_rows(session)
    except BaseException:
        session.info.pop(_HELD, None)
        raise


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Write the rows inserted inside in one statement, with those that are held already."""
    is_first = _HELD not in session.info
    hold_rows(session)
    yield
    if is_first:
        send_rows(session)


def _send(session: Session, held: Mapping[_Kind, Sequence[Mapping[str, Any]]]) -> None:
    if held:
        first, *others = [to_json(rows).decode() for rows in held.values()]
        raw(session).execute(_insert_text(*held), [*reversed(others), first])


@lru_cache
def _insert_text(*kinds: _Kind) -> bytes:
    """Return one statement that inserts into each table, so that it is prepared only once.

    PostgreSQL runs the statement proper first and then the others from the last to the first.
    So written, the rows go in as they came, and what is refused first is what came first.
    """
    first, *others = [_insert_into(table, columns) for table, columns in kinds]
    parts = ", ".join(f"_{place} as ({text})" for place, text in enumerate(reversed(others)))
    return f"{f'with {parts} ' if parts else ''}{first}".encode()


def _insert_into(table: Table, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{table.columns[name].name}"' for name in columns)
    source = f"json_populate_recordset(null::{table.name}, %s::json)"
    return f"insert into {table.name} ({names}) select {names} from {source}"  # noqa: S608  names come from the table's metadata
