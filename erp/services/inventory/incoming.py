"""What is on order, told by whoever orders: stock stands below buying and may not ask it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext


@dataclass(frozen=True, slots=True)
class OnOrder:
    """A variant as buying knows it in the acting branch.

    Attributes:
        units: Base units asked for that have not come.
        lead_days: Days from asking to arrival, as a rule; none where nothing came yet.
    """

    units: int = 0
    lead_days: int | None = None


AskBuying = Callable[[Session, RequestContext], Mapping[UUID, OnOrder]]
_told_by: list[AskBuying] = []


def tells_what_is_on_order(function: AskBuying) -> AskBuying:
    """Let a domain above stock tell what is on order; used as a decorator."""
    _told_by.append(function)
    return function


def on_order(session: Session, ctx: RequestContext) -> Mapping[UUID, OnOrder]:
    """Return what the acting branch has on order, by variant; nothing where nobody orders."""
    found: dict[UUID, OnOrder] = {}
    for ask in _told_by:
        found.update(ask(session, ctx))
    return found
