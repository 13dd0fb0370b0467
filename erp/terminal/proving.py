"""Prove the books, and deliver the past again."""

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import NotFound
from erp.embedded.beside import use_running_stack
from erp.services import catalogue_of_actions, identity, platform
from jobs.anchoring import verify_all
from jobs.checking_bytes import check_bytes
from jobs.subscriptions import SUBSCRIBERS

__all__ = ["catalogue_of_actions", "replay", "report", "verify"]


def verify(objects: int = 0) -> list[platform.Verdict]:
    """Run every referee over every tenant, after reading back so many kept objects of each."""
    use_running_stack()
    for place in identity.list_tenants() if objects else []:
        check_bytes(place, objects)
    return verify_all()


def report(verdicts: list[platform.Verdict]) -> list[str]:
    """Return what was examined, what held, and the first row that breaks each promise."""
    lines = []
    for verdict in verdicts:
        state = "holds" if verdict.holds else "BROKEN"
        lines.append(f"{verdict.code:4} {state:7} {verdict.examined:>9,} rows  {verdict.promise}")
        if verdict.offender is not None:
            facts = ", ".join(f"{name}={value}" for name, value in verdict.offender.items())
            lines.append(f"     first offender: {facts}")
    broken = [verdict.code for verdict in verdicts if not verdict.holds]
    if broken:
        codes = ", ".join(broken)
        return [*lines, f"{len(broken)} of {len(verdicts)} promises are broken: {codes}."]
    return [*lines, f"All {len(verdicts)} promises hold."]


def replay(subscriber: str) -> int:
    """Make every past event due for a subscriber again; return how many.

    Raises:
        NotFound: There is no such subscriber.
    """
    known = SUBSCRIBERS.get(subscriber)
    if known is None:
        names = ", ".join(sorted(SUBSCRIBERS)) or "none"
        raise NotFound(f"There is no subscriber {subscriber}. Known: {names}.")
    use_running_stack()
    with db.ops_session() as session:
        return platform.replay_event_deliveries(session, known.name, list(known.events), utc_now())
