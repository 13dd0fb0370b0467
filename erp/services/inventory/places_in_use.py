"""What a place is needed for, told by whoever needs it: stock stands below them and may not ask."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext

AskUsers = Callable[[Session, RequestContext, Sequence[UUID]], Sequence[str]]
_told_by: list[AskUsers] = []


def tells_what_needs_places(function: AskUsers) -> AskUsers:
    """Let a domain above stock tell what needs some places; used as a decorator.

    It returns a few words for each thing, such as `till Front counter`, the remedy with it.
    """
    _told_by.append(function)
    return function


def needs_of_places(session: Session, ctx: RequestContext, place_ids: Sequence[UUID]) -> list[str]:
    """Return what needs some of these places, in words."""
    return [words for ask in _told_by for words in ask(session, ctx, place_ids)]
