"""What a laboratory's file says of one observation, whatever the file's format."""

import re
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

LONGEST: Final = 300
TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "master", "baby", "dr", "smt", "shri", "sri", "kumari", "prof"}
)
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)


class Told(BaseModel):
    """One observation as it was told; texts, but for what could be read for certain.

    Attributes:
        label: Where it stands: `Row 5`, `Message 2, OBX 3`.
        patient_ids: Every number of the patient, the laboratory's and ours.
        collected_at, reported_at: ISO 8601 with an offset; empty where nothing was told.
        status: `preliminary`, `final`, `corrected` or `withdrawn`; `none` where the laboratory
            says that there is no result.
        field, problem: The cell that cannot be read, and what to do.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    report_number: str = ""
    patient_ids: tuple[str, ...] = ()
    patient_name: str = ""
    birth_on: str = ""
    sex: str = ""
    collected_at: str = ""
    is_time_known: bool = False
    reported_at: str = ""
    code: str = ""
    system: str = ""
    test_name: str = ""
    sub_id: str = ""
    value: str = ""
    unit: str = ""
    range: str = ""
    flag: str = ""
    status: str = "final"
    note: str = ""
    field: str = ""
    problem: str = ""

    @property
    def test_key(self) -> str:
        """The laboratory's code of the test, else its name, in small letters; LOINC apart."""
        system = "ln:" if self.system == "LN" else ""
        return f"{system}{' '.join((self.code or self.test_name).lower().split())}"[:LONGEST]

    @property
    def patient_key(self) -> str:
        """How the patient is named, so that the same naming is found again.

        Neither nothing nor a name alone names one person: then it stands for its report only.
        """
        name = " ".join(sorted(name_words(self.patient_name)))
        named = f"{','.join(sorted(self.patient_ids))}|{name}|{self.birth_on}"
        is_named = bool(self.patient_ids or (name and self.birth_on))
        return (named if is_named else f"{named}|{self.report_number}")[:LONGEST]

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return self.model_dump(mode="json")


def name_words(name: str) -> frozenset[str]:
    """Return the words of a person's name, titles aside, in small letters."""
    return frozenset(_WORDS.findall(name.casefold())) - TITLES
