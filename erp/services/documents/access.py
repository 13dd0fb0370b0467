"""Who may read which documents: decided by the domain they come from."""

from erp.core.context import RequestContext
from erp.core.errors import NotFound

_READERS: dict[str, str] = {}
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
