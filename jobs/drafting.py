"""Drafts by a language model, written beside the worker: nobody's other work waits for a model."""

import threading
from uuid import UUID

import structlog
from redis import RedisError

from erp.adapters.language_model import ChatModel
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.live_channel import live_channel
from erp.services import catalogue_of_actions, drafting, platform
from jobs.queues import connect
from jobs.run import apart

__all__ = ["catalogue_of_actions", "write_draft"]
AT_ONCE = 2
"""Requests to the model at the same time; others wait."""
_room = threading.BoundedSemaphore(AT_ONCE)
_log = structlog.get_logger()


def write_draft(_session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Begin to write a draft that was asked for, and do not wait for it.

    The model is asked in no transaction. A worker that dies meanwhile leaves a draft that is said
    to have been interrupted; the request is not sent a second time.
    """
    given = (ctx, UUID(delivery.payload["draft_id"]))
    threading.Thread(target=_write_in_turn, args=given, daemon=True).start()


def _write_in_turn(ctx: RequestContext, draft_id: UUID) -> None:
    with _room:
        _write(ctx, draft_id)


def _write(ctx: RequestContext, draft_id: UUID) -> None:
    draft = None
    try:
        draft = apart(ctx, lambda session, own: drafting.begin_draft(session, own, draft_id))
        if draft is None:
            return
        _tell(ctx)
        answer = drafting.written(draft, ChatModel(), _Watch(ctx, draft_id))
    except Exception as error:  # noqa: BLE001  whatever it is, it is said of the draft
        _log.exception("draft_failed", draft_id=str(draft_id))
        answer = drafting.ModelAnswer(problem=f"It could not be written ({type(error).__name__}).")
    _end(ctx, draft, answer)


def _end(
    ctx: RequestContext, draft: drafting.DraftToWrite | None, answer: drafting.ModelAnswer
) -> None:
    if draft is None:
        return
    try:
        apart(ctx, lambda session, own: drafting.end_draft(session, own, draft, answer))
    except DomainError as error:
        _log.warning("draft_not_kept", draft_id=str(draft.draft_id), code=error.code)


class _Watch:
    """Says whether a draft is still waited for; while the database is away it is."""

    def __init__(self, ctx: RequestContext, draft_id: UUID) -> None:
        self._ctx, self._draft_id = ctx, draft_id
        self._guard = threading.Lock()

    def __call__(self) -> bool:
        with self._guard:
            try:
                found = apart(
                    self._ctx,
                    lambda session, own: drafting.is_wanted(session, own, self._draft_id),
                )
            except DomainError:
                return True
        return bool(found)


def _tell(ctx: RequestContext) -> None:
    """Let open pages show that it has begun."""
    try:
        connect().publish(live_channel(ctx.tenant_id, "drafting"), "")
    except RedisError:
        _log.info("progress_not_told")
