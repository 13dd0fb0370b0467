"""What a command did to stock, ledger and tax, collected for a dry run to show."""

from typing import Any

from sqlalchemy.orm import Session

_KEY = "effects"


def collect_effects(session: Session) -> None:
    """Start collecting on this transaction."""
    session.info[_KEY] = []


def note_effect(session: Session, kind: str, **facts: Any) -> None:  # noqa: ANN401  any JSON value
    """Remember one effect, if anyone asked for them."""
    effects = session.info.get(_KEY)
    if effects is not None:
        effects.append({"kind": kind, **facts})


def collected_effects(session: Session) -> list[dict[str, Any]]:
    """Return the effects collected so far."""
    return list(session.info.get(_KEY, ()))
