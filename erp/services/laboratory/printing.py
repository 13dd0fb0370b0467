"""A patient's results over time as they are printed: laboratories' values and what software told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.laboratory.queries import person
from erp.services.laboratory.trends import Trend, Trends, TrendsOf, get_trends
from erp.services.party import PrintedParty, printed_branch

MOST_PRINTED: Final = 60
"""Points of one trend on paper; the newest."""


@dataclass(frozen=True, slots=True)
class PrintedTrends:
    """Everything a sheet of trends says.

    Attributes:
        from_day, to_day: Of what is printed; none where all of it is.
        is_cut: There is more than is printed.
    """

    made_at: datetime
    time_zone: str
    issuer: PrintedParty
    patient: str
    patient_code: str
    birth_on: date | None
    from_day: date | None
    to_day: date | None
    trends: tuple[Trend, ...]
    is_cut: bool


def get_printed_trends(session: Session, ctx: RequestContext, wanted: TrendsOf) -> PrintedTrends:
    """Return a patient's trends as they are printed.

    Raises:
        PermissionDenied: The actor may not see results.
        UnknownParty: There is no such patient.
        InvalidInput: The days are the wrong way round, or nothing was measured in them.
    """
    found: Trends = get_trends(session, ctx, wanted)
    if not found.trends:
        message = "Nothing was measured in this time. Choose other days."
        raise InvalidInput(message, fields={"from_day": message})
    who = person(session, ctx, wanted.patient_id) or {}
    return PrintedTrends(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        issuer=printed_branch(session, ctx),
        patient=found.patient,
        patient_code=found.patient_code,
        birth_on=who.get("birth_on"),
        from_day=wanted.from_day,
        to_day=wanted.to_day,
        trends=tuple(found.trends),
        is_cut=found.is_cut,
    )
