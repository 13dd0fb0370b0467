"""Refusals of laboratories and results."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownLaboratory(NotFound):
    """There is no such laboratory."""

    code = "unknown_laboratory"


class UnknownAnalyte(NotFound):
    """There is no such analyte."""

    code = "unknown_analyte"


class UnknownMapping(NotFound):
    """There is no such mapping of a laboratory's test."""

    code = "unknown_lab_mapping"


class UnknownLabFile(NotFound):
    """There is no such file of a laboratory."""

    code = "unknown_lab_file"


class UnknownLabRow(NotFound):
    """There is no such row, or it waits no more."""

    code = "unknown_lab_row"


class UnknownLabReport(NotFound):
    """There is no such report."""

    code = "unknown_lab_report"


class UnknownLabResult(NotFound):
    """There is no such result, or a later one superseded it."""

    code = "unknown_lab_result"


class UnreadableLabFile(InvalidInput):
    """The file is none that can be read."""

    code = "unreadable_lab_file"


class UnusableColumns(InvalidInput):
    """A column that every row needs is not chosen."""

    code = "unusable_columns"


class FileTakenIn(Conflict):
    """The file was taken in already."""

    code = "file_taken_in"


class WrongValue(InvalidInput):
    """A value or its unit cannot be a result of the analyte."""

    code = "wrong_value"


class OtherPatient(InvalidInput):
    """The report is another patient's."""

    code = "other_patient"


class PatientDiffers(ConfirmationRequired):
    """What the laboratory says of the patient is not what is known of them."""

    code = "patient_differs"


class AlreadyMeasured(Conflict):
    """The report has a result of this analyte already."""

    code = "already_measured"


refuse_on(
    "uq_laboratory_tenant_id_name",
    lambda: Conflict(
        "There is a laboratory of this name already. Choose another name.",
        fields={"name": "is taken; choose another"},
    ),
)
refuse_on(
    "uq_analyte_tenant_id_code",
    lambda: Conflict(
        "There is an analyte of this code already. Choose another code.",
        fields={"code": "is taken; choose another"},
    ),
)
refuse_on(
    "uq_lab_result_tenant_id_supersedes_id",
    lambda: Conflict("Someone corrected this result meanwhile. Look again."),
)
