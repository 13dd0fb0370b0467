"""What a command did to stock, ledger and tax, collected for a dry run to show."""

from typing import Any

from sqlalchemy.orm import Session

from erp.core.errors import InvalidInput

_KEY = "effects"


class NoDryRun(InvalidInput):
    """The command's answer is worth something even if nothing else happens."""

    code = "no_dry_run"


def collect_effects(session: Session) -> None:
    """Start collecting on this transaction."""
    session.info[_KEY] = []


def note_effect(session: Session, kind: str, **facts: Any) -> None:  # noqa: ANN401  any JSON value
    """Remember one effect, if anyone asked for them."""
    effects = session.info.get(_KEY)
    if effects is not None:
        effects.append({"kind": kind, **facts})


def refuse_dry_run(session: Session) -> None:
    """Refuse to answer in a transaction that will be rolled back.

    For answers that must leave a trace: whether a secret was right, which is counted, and what
    a blind count is compared with.

    Raises:
        NoDryRun: The transaction is a dry run.
    """
    if _KEY in session.info:
        raise NoDryRun("This command has no dry run, as its answer must be recorded. Run it.")


def collected_effects(session: Session) -> list[dict[str, Any]]:
    """Return the effects collected so far."""
    return list(session.info.get(_KEY, ()))
