"""The one way data changes: permission, idempotency, audit and refusals around a handler."""

import hashlib
import hmac
import json
import struct
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID

import psycopg
from pydantic import BaseModel, SecretStr
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import IdempotencyKeyReused
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.models.platform import CommandLog
from erp.services.platform.inputs import Command, Result
from erp.services.platform.registry import register
from erp.services.platform.violations import refusal_for

C = TypeVar("C", bound=BaseModel)
R = TypeVar("R", bound=Result)
_REPLAYED = "replayed_answer"
_RECORDED = "recorded_command"


def command(
    name: str, *, permission: str, rest: str = ""
) -> Callable[
    [Callable[[Session, RequestContext, C], R]], Callable[[Session, RequestContext, C], R]
]:
    """Register a function that changes data for a caller outside.

    The decorated function refuses actors without the permission, takes effect once per
    idempotency key, leaves one `command_log` row in the same transaction, and turns
    database constraints into refusals.
    """

    def decorate(
        handler: Callable[[Session, RequestContext, C], R],
    ) -> Callable[[Session, RequestContext, C], R]:
        @wraps(handler)
        def guarded(session: Session, ctx: RequestContext, cmd: C) -> R:
            if permission:
                ctx.require(permission)
            known = _claim(session, ctx, name, cmd)
            if known is not None:
                session.info[_REPLAYED] = known
                return action.result_model.model_validate_json(known)  # type: ignore[return-value]
            try:
                answer = handler(session, ctx, cmd)
                session.flush()
                _record(session, ctx, name, cmd, answer)
                db.send_rows(session)
            except (IntegrityError, psycopg.IntegrityError) as error:
                raise refusal_for(error, type(cmd).model_fields) from error
            return answer

        action = register("command", name, permission, rest, handler, guarded)
        return guarded

    return decorate


def query(
    name: str, *, permission: str, rest: str = ""
) -> Callable[
    [Callable[[Session, RequestContext, C], R]], Callable[[Session, RequestContext, C], R]
]:
    """Register a function that reads for a caller outside; it refuses actors without the permission."""

    def decorate(
        handler: Callable[[Session, RequestContext, C], R],
    ) -> Callable[[Session, RequestContext, C], R]:
        @wraps(handler)
        def guarded(session: Session, ctx: RequestContext, wanted: C) -> R:
            if permission:
                ctx.require(permission)
            return handler(session, ctx, wanted)

        register("query", name, permission, rest, handler, guarded)
        return guarded

    return decorate


def replayed_answer(session: Session) -> str | None:
    """Return the stored answer's text if the command of this transaction was a repeat."""
    return session.info.get(_REPLAYED)


def recorded_command(session: Session) -> UUID | None:
    """Return the id of the `command_log` row that this transaction wrote last."""
    return session.info.get(_RECORDED)


def canonical_input(cmd: BaseModel) -> str:
    """Return the input as JSON text with sorted keys, secrets masked, without its key."""
    return _canonical(_shown_input(cmd))


def _shown_input(cmd: BaseModel) -> dict[str, Any]:
    body = cmd.model_dump(mode="json", exclude={"idempotency_key"})
    for name in _unordered_fields(type(cmd)):
        body[name] = sorted(body[name] or ())
    return body


def _canonical(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=1024)
def _unordered_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that are sets: their order differs from process to process."""
    fields = model.model_fields.items()
    return tuple(name for name, f in fields if get_origin(f.annotation) in {set, frozenset})


def _hash(cmd: BaseModel, text: str) -> str:
    """Return the digest of an input, its secrets included.

    A short secret could be guessed from a plain digest, so theirs is made with a key that the
    database does not have.
    """
    digest = hashlib.sha256(text.encode())
    for name in _secret_fields(type(cmd)):
        secret = getattr(cmd, name)
        if secret is not None:
            told = f"{name}={secret.get_secret_value()}".encode()
            digest.update(hmac.digest(_secrets_key(), told, "sha256"))
    return digest.hexdigest()


@lru_cache(maxsize=1024)
def _secret_fields(model: type[BaseModel]) -> tuple[str, ...]:
    fields = model.model_fields.items()
    return tuple(n for n, f in fields if SecretStr in (f.annotation, *get_args(f.annotation)))


@lru_cache
def _secrets_key() -> bytes:
    return bytes.fromhex(get_settings().derived_secret("secrets-in-commands"))


def _claim(session: Session, ctx: RequestContext, name: str, cmd: Any) -> str | None:  # noqa: ANN401
    """Take the key for this transaction; return the answer if it was used before.

    The advisory lock makes a second caller with the key wait for the first to commit
    or roll back; the unique key of `command_log` is the net.
    """
    if not isinstance(cmd, Command):
        msg = f"{name} must take a Command."
        raise TypeError(msg)
    known = (
        db.raw(session)
        .execute(
            "select input_hash, answer from sec.claim_key(%s, %s, %s, %s)",
            (_lock_number(ctx, name, cmd), ctx.tenant_id, name, cmd.idempotency_key),
        )
        .fetchone()
    )
    if known is None:
        return None
    if known[0] != _hash(cmd, canonical_input(cmd)):
        raise IdempotencyKeyReused(
            "This idempotency key was already used for a different request. Use a new key.",
            fields={"idempotency_key": "already used for a different request"},
        )
    answer: str = known[1]
    return answer


def _lock_number(ctx: RequestContext, name: str, cmd: Command) -> int:
    digest = hashlib.blake2b(
        f"{ctx.tenant_id}|{name}|{cmd.idempotency_key}".encode(), digest_size=8
    ).digest()
    number: int = struct.unpack("<q", digest)[0]
    return number


def _record(session: Session, ctx: RequestContext, name: str, cmd: Any, answer: BaseModel) -> None:  # noqa: ANN401
    body = _shown_input(cmd)
    session.info[_RECORDED] = command_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": command_id,
        "command": name,
        "idempotency_key": cmd.idempotency_key,
        "input_hash": _hash(cmd, _canonical(body)),
        "input": body,
        "answer": answer.model_dump_json(),
        "user_id": ctx.user_id,
        "on_behalf_of": ctx.on_behalf_of,
        "source": ctx.source,
        "request_id": ctx.request_id,
        "ip_address": ctx.ip_address,
        "acted_at": ctx.now,
    }
    db.insert_rows(session, CommandLog, [row])
