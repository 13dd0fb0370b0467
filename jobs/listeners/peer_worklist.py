"""Items of the modality worklist, as modalities ask for them.

Source: PS3.4 annex K.
"""

import fnmatch
import re
from collections.abc import Sequence as Many
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence


def worklist_items(rows: Many[dict[str, Any]], wanted: Dataset, asking: str) -> list[Dataset]:
    """Return the items that match what a modality asks for.

    Args:
        asking: The modality's AE title: what is planned on no device in particular is offered
            to whoever asks, under its title.
    """
    items = [_item(row, asking) for row in rows]
    return [item for item in items if _matches(item, wanted)]


def _item(row: dict[str, Any], asking: str) -> Dataset:
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.AccessionNumber = row["accession"]
    item.ReferringPhysicianName = row["referring_physician"]
    item.PatientName = dicom_name(row["patient_name"])
    item.PatientID = row["patient_code"]
    item.PatientBirthDate = row["birth_on"].strftime("%Y%m%d") if row["birth_on"] else ""
    item.PatientSex = row["sex"]
    item.StudyInstanceUID = row["study_uid"]
    item.RequestedProcedureDescription = row["procedure"]
    item.RequestedProcedureID = row["accession"]
    item.RequestedProcedurePriority = "HIGH" if row["is_priority"] else "ROUTINE"
    item.RequestedProcedureComments = row["note"]
    item.ScheduledProcedureStepSequence = Sequence([_step(row, asking)])
    return item


def _step(row: dict[str, Any], asking: str) -> Dataset:
    step, at = Dataset(), row["local_at"]
    step.Modality = row["modality"]
    step.ScheduledStationAETitle = row["ae_title"] or asking
    step.ScheduledStationName = row["device"][:16]
    step.ScheduledProcedureStepStartDate = at.strftime("%Y%m%d")
    step.ScheduledProcedureStepStartTime = at.strftime("%H%M%S")
    step.ScheduledProcedureStepDescription = row["procedure"]
    step.ScheduledProcedureStepID = row["sps_id"]
    step.ScheduledPerformingPhysicianName = ""
    if row["protocol"]:
        step.CommentsOnTheScheduledProcedureStep = row["protocol"]
    return step


def dicom_name(name: str) -> str:
    """Return a name as people write it in DICOM's order: `Asha Devi Rao` becomes `Rao^Asha^Devi`."""
    parts = name.replace("^", " ").replace("=", " ").replace("\\", " ").split()
    if len(parts) < 2:  # noqa: PLR2004  a given name needs a second word
        return name.strip()
    family, given, *middle = parts[-1], parts[0], *parts[1:-1]
    return "^".join([family, given, *([" ".join(middle)] if middle else [])])


def _matches(item: Dataset, wanted: Dataset) -> bool:
    """Tell whether an item is what is asked for: every given attribute must match."""
    for element in wanted:
        if element.keyword == "ScheduledProcedureStepSequence":
            steps = element.value
            if steps and not _matches(item.ScheduledProcedureStepSequence[0], steps[0]):
                return False
        elif element.keyword in item and element.VR != "SQ":
            given = str(element.value or "").strip("\0 ")
            held = str(item.get(element.keyword, "") or "")
            if given and not _fits(element.VR, given, held):
                return False
    return True


def _fits(vr: str, given: str, held: str) -> bool:
    if vr in {"DA", "TM"} and "-" in given:
        first, _, last = given.partition("-")
        return (not first or held >= first) and (not last or held <= last.ljust(len(held), "9"))
    if vr == "TM":
        return held.startswith(given)
    pattern = fnmatch.translate(given.replace("[", "[[]"))  # no number of asterisks takes it long
    return re.match(pattern, held, re.IGNORECASE if vr == "PN" else 0) is not None
