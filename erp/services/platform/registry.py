"""Every action of the product by name: the one list that all surfaces are made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform.inputs import Result

Handler = Callable[[Session, RequestContext, Any], Any]


@dataclass(frozen=True, slots=True)
class Action:
    """A registered command or query.

    Attributes:
        name: `domain.verb_noun`; the domain is the package, the verb the function.
        permission: What the actor's roles must hold; empty for anyone signed in.
        rest: Method and path below `/api/erp`, e.g. `POST /sales`.
    """

    kind: Literal["command", "query"]
    name: str
    permission: str
    rest: str
    handler: Handler
    guarded: Handler
    input_model: type[BaseModel]
    result_model: type[Result]

    @property
    def domain(self) -> str:
        """The domain that owns the action."""
        return self.name.partition(".")[0]

    @property
    def summary(self) -> str:
        """First line of the handler's docstring."""
        return (self.handler.__doc__ or self.name).strip().partition("\n")[0]


_ACTIONS: dict[str, Action] = {}


def register(
    kind: Literal["command", "query"],
    name: str,
    permission: str,
    rest: str,
    handler: Handler,
    guarded: Handler,
) -> Action:
    """Add an action; a second one of the same name is a bug."""
    hints = get_type_hints(handler)
    parameters = list(hints)
    action = Action(
        kind, name, permission, rest, handler, guarded, hints[parameters[2]], hints["return"]
    )
    if name in _ACTIONS:
        msg = f"Two actions are named {name}."
        raise RuntimeError(msg)
    _ACTIONS[name] = action
    return action


def get_action(name: str) -> Action:
    """Return the action of a name.

    Raises:
        NotFound: There is none.
    """
    try:
        return _ACTIONS[name]
    except KeyError:
        raise NotFound(f"There is no command or query named {name}.") from None


def list_actions(kind: Literal["command", "query"] | None = None) -> list[Action]:
    """Return every action, sorted by name."""
    return [a for _, a in sorted(_ACTIONS.items()) if kind is None or a.kind == kind]
