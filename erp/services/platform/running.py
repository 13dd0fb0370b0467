"""How edges run an action: one transaction, metrics, dry runs, answers byte for byte."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog
from pydantic import BaseModel

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.telemetry import COMMAND_SECONDS, COMMANDS, logged_for
from erp.services.platform.commanding import recorded_command, replayed_answer
from erp.services.platform.effects import collect_effects, collected_effects
from erp.services.platform.inputs import Result
from erp.services.platform.registry import Action, get_action

log = structlog.get_logger()
Input = BaseModel | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an action answered.

    Attributes:
        text: The answer's JSON, the very bytes stored for replays.
        replayed: The idempotency key had been used; nothing happened this time.
    """

    result: Result
    text: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would answer and do; nothing was changed."""

    result: Result
    effects: list[dict[str, Any]]


def run(name: str, ctx: RequestContext, given: Input, *, confirm: Iterable[str] = ()) -> Answer:
    """Run a command or query by name in one transaction of its own.

    Every log line within it has the tenant, the person, the request and the action; a command
    ends in one that names its row of `command_log`.

    Raises:
        pydantic.ValidationError: The input does not fit the action.
        DomainError: The action refused; nothing changed.
    """
    action = get_action(name)
    wanted = parse_input(action, given)
    acting = replace(ctx, confirmed=ctx.confirmed | frozenset(confirm))
    with logged_for(acting, action=name), _measured(action, acting):
        with db.unit_of_work(acting) as session:
            result = action.guarded(session, acting, wanted)
            replayed = replayed_answer(session)
        if replayed is not None:
            log.info("replayed")
        elif action.kind == "command":
            log.info("done", command_id=str(recorded_command(session)))
    return Answer(result, replayed or result.first_answer(), replayed is not None)


def preview(
    name: str, ctx: RequestContext, given: Input, *, confirm: Iterable[str] = ()
) -> Preview:
    """Run a command and roll it back, returning its answer and its effects.

    Locks are taken as in a real run and released at the end.
    """
    action = get_action(name)
    wanted = parse_input(action, given)
    acting = replace(ctx, confirmed=ctx.confirmed | frozenset(confirm))
    with db.rolled_back(acting) as session:
        collect_effects(session)
        result = action.guarded(session, acting, wanted)
        db.execute(session, "set constraints all immediate")
        return Preview(result, collected_effects(session))


def parse_input(action: Action, given: Input) -> BaseModel:
    """Return the action's input model from a model or a mapping."""
    if isinstance(given, action.input_model):
        return given
    body = given.model_dump() if isinstance(given, BaseModel) else dict(given or {})
    return action.input_model.model_validate(body)


@contextmanager
def _measured(action: Action, ctx: RequestContext) -> Iterator[None]:
    started = time.perf_counter()
    outcome = "done"
    try:
        yield
    except DomainError as error:
        outcome = error.code
        log.info("refused", code=error.code)
        raise
    except Exception as error:
        outcome = "failed"
        log.error("failed", error=type(error).__name__)  # noqa: TRY400  the edge logs the trace
        raise
    finally:
        if action.kind == "command":
            COMMANDS.labels(action.name, outcome, ctx.source).inc()
        COMMAND_SECONDS.labels(action.name).observe(time.perf_counter() - started)
