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
    lambda: Conflict("Someone changed this mark meanwhile. Look again."),
)
refuse_on(
    "uq_imaging_device_topic",
    lambda: DeviceCodeTaken(
        "There is already a device of this code at this site. Choose another code.",
        fields={"code": "is taken; choose another"},
    ),
)
