"""Which party a device's patient is: exactly by the patient's code, or nobody yet."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services.imaging.queries import party_with_code


@dataclass(frozen=True, slots=True)
class MatchedParty:
    """The party a patient code stands for."""

    id: UUID
    name: str


def party_of(session: Session, ctx: RequestContext, patient_code: str) -> MatchedParty | None:
    """Return the active party whose code is exactly the patient's; a likeness is no match."""
    if not patient_code:
        return None
    row = party_with_code(session, ctx, patient_code)
    return MatchedParty(row["id"], row["name"]) if row else None


def spoken_name(written: str | None) -> str:
    """Return a DICOM person name as people write it: `Rao^Asha^^Dr.` becomes `Dr. Asha Rao`.

    Source: PS3.5 6.2.1.1: family, given, middle, prefix, suffix; the first of up to three
    representations.
    """
    parts = [*((written or "").split("=")[0].split("^")), "", "", "", "", ""][:5]
    family, given, middle, prefix, suffix = (part.strip() for part in parts)
    return " ".join(part for part in (prefix, given, middle, family, suffix) if part)
