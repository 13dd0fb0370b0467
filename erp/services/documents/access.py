"""Who may read which documents: decided by the domain they come from."""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import NotFound

Withheld = Callable[[Session, RequestContext, Collection[UUID]], set[UUID]]
"""Of some documents of one origin, those that the actor must not read now."""
_READERS: dict[str, str] = {}
_WITHHELD: dict[str, Withheld] = {}
_ANY_DOCUMENT = "documents.view"


def allow_reading(origin_type: str, permission: str) -> None:
    """Declare what it takes to read documents of an origin, e.g. `invoice`, `billing.view`.

    Each domain declares its own. Documents of an origin nobody declared need
    `documents.view`.
    """
    if _READERS.get(origin_type, permission) != permission:
        msg = f"Two permissions were declared for documents of {origin_type}."
        raise RuntimeError(msg)
    _READERS[origin_type] = permission


def withhold(origin_type: str, withheld: Withheld) -> None:
    """Declare which documents of an origin are kept from some who may read the others."""
    if _WITHHELD.get(origin_type, withheld) is not withheld:
        msg = f"Two rules were declared that withhold documents of {origin_type}."
        raise RuntimeError(msg)
    _WITHHELD[origin_type] = withheld


def withheld_of(
    session: Session, ctx: RequestContext, origin_type: str, ids: Collection[UUID]
) -> set[UUID]:
    """Return those of some documents of an origin that the actor must not read now."""
    rule = _WITHHELD.get(origin_type)
    return rule(session, ctx, ids) if rule is not None and ids else set()


def may_read(ctx: RequestContext, origin_type: str) -> bool:
    """Tell whether the actor may read documents of an origin."""
    return ctx.may(_READERS.get(origin_type, _ANY_DOCUMENT))


def require_reading(ctx: RequestContext, origin_type: str) -> None:
    """Refuse an actor who may not read documents of an origin.

    Raises:
        NotFound: As if the document did not exist: that it does is none of their business.
    """
    if not may_read(ctx, origin_type):
        raise missing()


def missing() -> NotFound:
    """Return the one refusal for absent, foreign and forbidden documents."""
    return NotFound("There is no such document.")
