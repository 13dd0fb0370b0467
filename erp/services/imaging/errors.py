"""Why imaging refuses."""

from erp.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from erp.services.platform import refuse_on


class UnknownDevice(NotFound):
    """No such device, or it was retired."""

    code = "unknown_device"


class DeviceCodeTaken(Conflict):
    """The broker already has a device of this name at this site."""

    code = "device_code_taken"


class OnlyDevices(PermissionDenied):
    """What devices say comes over their own line, never from a page or a script."""

    code = "only_devices"


class UnknownSession(NotFound):
    """No such session."""

    code = "unknown_session"


class UnknownObject(NotFound):
    """No such object in the archive."""

    code = "unknown_object"


class UnknownTransfer(NotFound):
    """Nothing was offered under this name."""

    code = "unknown_transfer"


class BadManifest(InvalidInput):
    """A manifest and its digest disagree."""

    code = "bad_manifest"


class EventReused(Conflict):
    """The event's id or number already stands for something else."""

    code = "event_reused"


class TransferReused(Conflict):
    """The transfer's name already stands for another object."""

    code = "transfer_reused"


class ReviewOvertaken(Conflict):
    """Someone else decided in the meantime."""

    code = "review_overtaken"


class NotReviewable(InvalidInput):
    """The session is not in a state for this decision."""

    code = "not_reviewable"


class ClaimedByAnother(Conflict):
    """Somebody else is at the session."""

    code = "claimed_by_another"


class OwnReading(Conflict):
    """Two readers are two persons."""

    code = "own_reading"


class ChecklistIncomplete(InvalidInput):
    """Required items of the checklist are not answered, or not as they must be."""

    code = "checklist_incomplete"


class SignedOff(Conflict):
    """What was signed is not changed."""

    code = "signed_off"


class UnknownHeld(NotFound):
    """Nothing of this id waits in quarantine."""

    code = "unknown_held"


class AlreadyDecided(Conflict):
    """This was released or discarded before."""

    code = "already_decided"


class NothingToReport(InvalidInput):
    """A report needs at least one object."""

    code = "nothing_to_report"


class ReportRunning(Conflict):
    """A report of this session is being made."""

    code = "report_running"


refuse_on(
    "uq_annotation_tenant_id_supersedes_id",
    lambda: Conflict("Someone changed this length meanwhile. Look again."),
)
refuse_on(
    "imaging_session_signed",
    lambda: SignedOff(
        "This session is signed off, so nothing of it changes. Add an addendum, or have it reopened."
    ),
)
refuse_on(
    "uq_qa_reading_tenant_id_session_id_review_round_reader_id",
    lambda: OwnReading("You have read this session already; now somebody else must."),
)
refuse_on(
    "uq_imaging_device_topic",
    lambda: DeviceCodeTaken(
        "There is already a device of this code at this site. Choose another code.",
        fields={"code": "is taken; choose another"},
    ),
)
