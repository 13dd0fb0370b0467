"""Referees: queries that prove the invariants, shipped with the product."""

from dataclasses import dataclass
from typing import Any, LiteralString

from sqlalchemy.orm import Session

from erp.core import db


@dataclass(frozen=True, slots=True)
class Referee:
    """An invariant as a statement that selects the rows that break it.

    Attributes:
        code: Number in the catalogue of invariants, e.g. `L1`.
        promise: The invariant in one sentence.
        counted: Statement that counts what was examined.
        offenders: Statement that selects offending rows; none means proven.
    """

    code: str
    promise: str
    counted: LiteralString
    offenders: LiteralString


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one referee."""

    code: str
    promise: str
    examined: int
    offender: dict[str, Any] | None

    @property
    def holds(self) -> bool:
        """Tell whether no offending row was found."""
        return self.offender is None


_REFEREES: dict[str, Referee] = {}


def referee(code: str, promise: str, *, counted: LiteralString, offenders: LiteralString) -> None:
    """Register an invariant of a domain."""
    if code in _REFEREES:
        msg = f"Two referees are numbered {code}."
        raise RuntimeError(msg)
    _REFEREES[code] = Referee(code, promise, counted, offenders)


def referees_by_code() -> dict[str, Referee]:
    """Return every registered referee."""
    return dict(sorted(_REFEREES.items()))


def verify(session: Session) -> list[Verdict]:
    """Run every referee over every tenant; needs the role that sees them all."""
    return [_judge(session, _REFEREES[code]) for code in sorted(_REFEREES)]


def _judge(session: Session, rule: Referee) -> Verdict:
    counted = db.fetch_one(session, rule.counted)
    offender = db.fetch_one(session, rule.offenders)
    examined = int(next(iter((counted or {"count": 0}).values())))
    return Verdict(rule.code, rule.promise, examined, offender)
