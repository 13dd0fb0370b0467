"""Database constraints as refusals a person understands."""

from collections.abc import Callable, Collection

from erp.core.errors import Conflict, DomainError, InvalidInput

Refusal = Callable[[], DomainError]
_REFUSALS: dict[str, Refusal] = {}


def refuse_on(constraint: str, refusal: Refusal) -> None:
    """Declare what a violated constraint means; each domain declares its own."""
    _REFUSALS[constraint] = refusal


def refusal_for(error: Exception, known: Collection[str] | None = None) -> DomainError:
    """Return the refusal a violated constraint stands for.

    Args:
        known: Fields of the input: a constraint of many commands names no others.
    """
    refusal = _refusal_for(error)
    if known is not None:
        refusal.fields = {
            name: words for name, words in refusal.fields.items() if name.split(".")[0] in known
        }
    return refusal


def _refusal_for(error: Exception) -> DomainError:
    original = getattr(error, "orig", None) or error
    diagnosis = getattr(original, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    if constraint in _REFUSALS:
        return _REFUSALS[constraint]()
    state = getattr(original, "sqlstate", "")
    if state == "23505":
        return Conflict(
            "This already exists. Change what must be unique and try again.",
            details={"rule": constraint},
        )
    if state == "23503":
        return InvalidInput(
            "Something this refers to does not exist.", details={"rule": constraint}
        )
    return InvalidInput("The database refused this value.", details={"rule": constraint})
