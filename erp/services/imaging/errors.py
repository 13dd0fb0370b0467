"""Why imaging refuses."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound, PermissionDenied
from erp.services.platform import refuse_on


class UnknownHook(NotFound):
    """The device has no webhook."""

    code = "unknown_hook"


class UnknownDevice(NotFound):
    """No such device, or it was retired."""

    code = "unknown_device"


class SharedWayIn(Conflict):
    """Uploads and DICOMweb of a branch are always there."""

    code = "shared_way_in"


class DeviceCodeTaken(Conflict):
    """The broker already has a device of this name at this site."""

    code = "device_code_taken"


class OnlyDevices(PermissionDenied):
    """What devices say comes over their own line, never from a page or a script."""

    code = "only_devices"


class SummaryOvertaken(Conflict):
    """Somebody else wrote another version of the summary."""

    code = "summary_overtaken"


class SummaryWaits(Conflict):
    """Another reader is waited for, who must not be told what to think."""

    code = "summary_waits"


class SectionsMissing(Conflict):
    """The template requires sections that are empty."""

    code = "sections_missing"


class UnknownSession(NotFound):
    """No such session."""

    code = "unknown_session"


class EndedByDevice(InvalidInput):
    """The device of a session tells itself when it is complete."""

    code = "ended_by_device"


class UnknownEntity(NotFound):
    """No such AE title of ours."""

    code = "unknown_entity"


class EntityTaken(Conflict):
    """Another branch, perhaps of another organisation, is called by this AE title."""

    code = "entity_taken"


class PeerTaken(Conflict):
    """The branch has a peer of this AE title."""

    code = "peer_taken"


class NoPlaceToCall(InvalidInput):
    """A peer without host and port cannot be called."""

    code = "no_place_to_call"


class UnknownOrder(NotFound):
    """No such planned examination."""

    code = "unknown_order"


class OrderClosed(InvalidInput):
    """The examination is on no worklist any more."""

    code = "order_closed"


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
    """Someone else decided, or objects came, in the meantime."""

    code = "review_overtaken"


class UnseenObjects(Conflict):
    """Objects came that the person who decides has not been shown."""

    code = "unseen_objects"


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


class NotFiledSo(InvalidInput):
    """What is held cannot be filed in this way."""

    code = "not_filed_so"


class UnknownStudy(NotFound):
    """No such study in the archive."""

    code = "unknown_study"


class UnknownHold(NotFound):
    """No such hold in force."""

    code = "unknown_hold"


class StudyHeld(Conflict):
    """Someone holds the study, so it stays."""

    code = "study_held"


class StudyTooYoung(InvalidInput):
    """The study's time of keeping is not over."""

    code = "study_too_young"


class RemovalNotOpen(Conflict):
    """The removal is decided, asked for twice, or approved by who asked."""

    code = "removal_not_open"


class ExportRunning(Conflict):
    """An export of this study is being made."""

    code = "export_running"


class UnknownStep(NotFound):
    """The modality has told of no such performed step."""

    code = "unknown_step"


class StepReused(Conflict):
    """The name stands for a performed step already."""

    code = "step_reused"


class StepClosed(Conflict):
    """The performed step was completed or discontinued."""

    code = "step_closed"


class StepFixed(InvalidInput):
    """What a performed step began with cannot be told otherwise."""

    code = "step_fixed"


class StepIncomplete(InvalidInput):
    """A performed step does not say all that its end needs."""

    code = "step_incomplete"


class BurnedInText(ConfirmationRequired):
    """Pictures may show who the patient is; somebody has to have looked."""

    code = "burned_in_text"


refuse_on("dicom_study_held", lambda: StudyHeld("The study is held; release the hold first."))
refuse_on(
    "dicom_study_too_young",
    lambda: StudyTooYoung("The study's time of keeping is not over."),
)
refuse_on(
    "uq_annotation_tenant_id_supersedes_id",
    lambda: Conflict("Someone changed this mark meanwhile. Look again."),
)
refuse_on(
    "uq_dicom_entity_title",
    lambda: EntityTaken(
        "This AE title is in use on this server. Choose another one.",
        fields={"ae_title": "is in use; choose another"},
    ),
)
refuse_on(
    "uq_imaging_device_peer",
    lambda: PeerTaken(
        "There is already a peer of this AE title at this branch. Change that one.",
        fields={"ae_title": "is a peer of this branch already"},
    ),
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
