"""Imaging: device sessions, the objects they deliver, their review and their reports."""

from erp.services.imaging import referees
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.assigning import (
    AssignPatient,
    PrioritiseSession,
    assign_patient,
    prioritise_session,
)
from erp.services.imaging.booking import (
    AppointmentDay,
    AppointmentRow,
    BookAppointment,
    DeviceTaken,
    MoveAppointment,
    NoteAttendance,
    book_appointment,
    get_day,
    move_appointment,
    note_attendance,
)
from erp.services.imaging.checklists import (
    AnswerChecklist,
    ChecklistItem,
    SaveChecklist,
    answer_checklist,
    save_checklist,
)
from erp.services.imaging.claiming import (
    AssignSession,
    GiveBackSession,
    StartReview,
    TakeOverSession,
    assign_session,
    give_back_session,
    list_reviewers,
    start_review,
    take_over_session,
)
from erp.services.imaging.committing import (
    CommitmentAnswer,
    CommitmentItem,
    DueCommitment,
    RecordCommitment,
    answer_commitment,
    due_commitments,
    note_answered,
    note_unanswered,
    record_commitment,
)
from erp.services.imaging.completing import (
    CompleteSession,
    ManifestLine,
    SessionEnded,
    complete_session,
    end_session,
)
from erp.services.imaging.correcting import change_device
from erp.services.imaging.delivering import (
    DeliveredObject,
    DeliverySource,
    TakenObject,
    TakeObjects,
    take_objects,
)
from erp.services.imaging.deriving import (
    NamedSession,
    SeriesInput,
    inputs_of,
    series_inputs,
    sessions_named,
)
from erp.services.imaging.detailing import (
    GetInstance,
    InstanceSource,
    SessionDetail,
    find_instance,
    get_instance,
    get_session,
)
from erp.services.imaging.device_care import (
    AlertDevices,
    RecordMaintenance,
    SetDeviceCare,
    alert_devices,
    record_maintenance,
    set_device_care,
)
from erp.services.imaging.device_history import GetDeviceHistory, get_device_history
from erp.services.imaging.device_page import GetDevice, get_device
from erp.services.imaging.devices import (
    DeviceCredential,
    NoteDeviceState,
    RegisterDevice,
    device_context,
    device_password,
    list_device_accounts,
    note_device_state,
    register_device,
    renew_credential,
    retire_device,
)
from erp.services.imaging.errors import EventReused, TransferReused, UnknownDevice
from erp.services.imaging.exporting import (
    EXPORT_ORIGIN,
    ExportPicture,
    ExportPlan,
    RequestExport,
    fail_export,
    finish_export,
    note_export,
    plan_export,
    request_export,
)
from erp.services.imaging.figures import ReviewFigures, review_figures
from erp.services.imaging.filing import FileHeld, HeldObject, file_held, filed, find_held
from erp.services.imaging.finding import (
    LEVELS,
    MOST_MATCHES,
    Level,
    find_in_archive,
    objects_to_send,
)
from erp.services.imaging.gauging import size_text
from erp.services.imaging.holding import (
    ParkMessage,
    discard_held,
    lock_held,
    message_digest,
    park_message,
    release_message,
    retake_object,
    retry_held,
    still_held,
)
from erp.services.imaging.hooks import (
    Act,
    CallReused,
    Completion,
    HookAccount,
    HookCall,
    HookSecret,
    close_hook,
    end_by_call,
    find_hook,
    hook_context,
    open_hook,
    take_call,
)
from erp.services.imaging.intake import (
    GRANT_SECONDS,
    Incomplete,
    Intake,
    Upload,
    give_up,
    put_key,
    record_offers,
    record_uploads,
)
from erp.services.imaging.keeping import (
    AskRemoval,
    DecideRemoval,
    HoldStudy,
    ReleaseHold,
    SetRetention,
    approve_removal,
    ask_removal,
    hold_study,
    let_go,
    refuse_removal,
    release_hold,
    set_retention,
    take_out,
)
from erp.services.imaging.key_pictures import KeyPicture, draw_picture
from erp.services.imaging.laying_out import print_worked_out
from erp.services.imaging.listing import (
    WaitingCount,
    clock_text,
    count_waiting,
    list_devices,
    list_held,
)
from erp.services.imaging.locking import DECIDED as DECIDED_STATES
from erp.services.imaging.locking import lock_session_row
from erp.services.imaging.marks import (
    MeasurementRow,
    Uncounted,
    find_uncounted,
    list_marks,
    note_figures,
)
from erp.services.imaging.measuring import record_measurement, withdraw_measurement
from erp.services.imaging.messages import (
    BadMessage,
    ChunkGrant,
    DeviceState,
    HaveGrant,
    HostState,
    ObjectDone,
    ObjectOffer,
    PutGrant,
    SessionEvent,
    manifest_sha256,
    read_message,
)
from erp.services.imaging.offering import OfferAnswer, OfferObjects, offer_objects
from erp.services.imaging.ordering import (
    OrderScheduled,
    ScheduleOrder,
    cancel_order,
    schedule_order,
    schedule_repeat,
)
from erp.services.imaging.outgoing import (
    DueMessage,
    due_messages,
    mark_sent,
    note_answer,
    repeat_receipt,
)
from erp.services.imaging.peer_listing import (
    EntityAccount,
    PeerAccount,
    PeerPlace,
    list_entities,
    list_entity_accounts,
    list_peer_accounts,
    list_peers,
    peer_context,
    place_of_peer,
)
from erp.services.imaging.peers import (
    AddPeer,
    add_entity,
    add_peer,
    ask_echo,
    change_peer,
    note_echo,
    retire_entity,
)
from erp.services.imaging.performing import (
    BeginStep,
    ChangeStep,
    PerformedSeries,
    ScheduledStep,
    begin_step,
    change_step,
)
from erp.services.imaging.picturing import list_comparable, list_pictures
from erp.services.imaging.ports import (
    BrokerAccounts,
    DeviceAccount,
    KeyImageMaker,
    ObjectFacts,
    ObjectInspector,
    RefusedObject,
)
from erp.services.imaging.printing import KeyImage, SessionReport, SessionReportPrinter
from erp.services.imaging.protocols import SaveProtocol, list_protocols, save_protocol
from erp.services.imaging.queries import require_session
from erp.services.imaging.queueing import ListSessions, NextSession, list_sessions, next_session
from erp.services.imaging.repeating import link_repeat
from erp.services.imaging.reporting import (
    ORIGIN,
    PreviewReport,
    ReportPlan,
    fail_report,
    finish_report,
    note_progress,
    plan_preview,
    plan_report,
    request_report,
    with_images,
)
from erp.services.imaging.retaking import retake_message
from erp.services.imaging.retrieving import MOST_OBJECTS, ArchivedObject, attrs_of, find_objects
from erp.services.imaging.reviewing import (
    accept_session,
    hold_session,
    reject_session,
    reopen_session,
    request_repeat,
    resolve_discrepancy,
    resume_session,
)
from erp.services.imaging.reviews import AnsweredItem, ReviewDetail, get_review
from erp.services.imaging.searching import MOST_RESULTS, ArchiveSearch, SearchLevel, search_archive
from erp.services.imaging.sending import SendReport, send_report
from erp.services.imaging.sessions import RecordSessionEvent, record_session_event
from erp.services.imaging.settling import repeat_settlement
from erp.services.imaging.signing import AddAddendum, SignOffSession, add_addendum, sign_off_session
from erp.services.imaging.studies import (
    IngestNow,
    ListStudies,
    Retention,
    get_retention,
    ingest_now,
    list_studies,
)
from erp.services.imaging.summarising import (
    PlainText,
    SummaryDetail,
    SummaryKept,
    WriteSummary,
    get_summary,
    keep_summary,
    latest_summary,
    writable_session,
    write_summary,
)
from erp.services.imaging.takeovers import note_takeover
from erp.services.imaging.taking import (
    ArrivedObject,
    ObjectTaken,
    TakeUploads,
    reject_transfer,
    take_uploads,
)
from erp.services.imaging.taking_back import take_back_appointment
from erp.services.imaging.templating import (
    ReportTemplate,
    SaveReportTemplate,
    TemplateDetail,
    TemplateSaved,
    TemplateVersion,
    TryReportTemplate,
    get_report_template,
    save_report_template,
    try_report_template,
)
from erp.services.imaging.topics import STEP_TOPIC, Channel, Topic, read_topic, topic_for
from erp.services.imaging.trending import PatientMeasurement, patient_measurements
from erp.services.imaging.uploads import find_upload
from erp.services.imaging.ways_in import SharedWay, delivery_context, open_way_in, way_in
from erp.services.imaging.words import REJECT_REASONS, REPEAT_REASONS, held_in_words
from erp.services.imaging.worklist import list_orders, worklist_for

__all__ = [
    "DECIDED_STATES", "EXPORT_ORIGIN", "GRANT_SECONDS", "LEVELS", "MOST_MATCHES", "MOST_OBJECTS", "MOST_RESULTS",
    "ORIGIN", "REJECT_REASONS", "REPEAT_REASONS", "STEP_TOPIC", "Act", "AddAddendum", "AddPeer", "AlertDevices",
    "AnswerChecklist", "AnsweredItem", "AppointmentDay", "AppointmentRow", "ArchiveSearch", "ArchivedObject",
    "ArrivedObject", "AskRemoval", "AssignPatient", "AssignSession", "BadMessage", "BeginStep", "BookAppointment",
    "BrokerAccounts", "CallReused", "ChangeStep", "Channel", "ChecklistItem", "ChunkGrant", "CommitmentAnswer",
    "CommitmentItem", "CompleteSession", "Completion", "DecideRemoval", "DeliveredObject", "DeliverySource",
    "DeviceAccount", "DeviceCredential", "DeviceState", "DeviceTaken", "DueCommitment", "DueMessage", "EntityAccount",
    "EventReused", "ExportPicture", "ExportPlan", "FileHeld", "GetDevice", "GetDeviceHistory", "GetInstance",
    "GetSession",
    "GiveBackSession", "HaveGrant", "HeldObject", "HoldStudy", "HookAccount", "HookCall", "HookSecret",
    "HostState", "Incomplete", "IngestNow", "InstanceSource", "Intake", "KeyImage", "KeyImageMaker", "KeyPicture",
    "Level", "ListSessions", "ListStudies", "ManifestLine", "MeasurementRow", "MoveAppointment", "NamedSession",
    "NextSession",
    "NoteAttendance", "NoteDeviceState", "ObjectDone", "ObjectFacts", "ObjectInspector", "ObjectOffer",
    "ObjectTaken", "OfferAnswer", "OfferObjects", "OrderScheduled", "ParkMessage", "PatientMeasurement",
    "PeerAccount", "PeerPlace", "PerformedSeries", "PlainText", "PreviewReport", "PrioritiseSession", "PutGrant",
    "RecordCommitment", "RecordMaintenance", "RecordSessionEvent", "RefusedObject", "RegisterDevice", "ReleaseHold",
    "ReportPlan", "ReportTemplate", "RequestExport", "Retention", "ReviewDetail", "ReviewFigures", "SaveChecklist",
    "SaveProtocol", "SaveReportTemplate", "ScheduleOrder", "ScheduledStep", "SearchLevel", "SendReport", "SeriesInput",
    "SessionDetail", "SessionEnded", "SessionEvent", "SessionReport", "SessionReportPrinter", "SetDeviceCare",
    "SetRetention", "SharedWay", "SignOffSession", "StartReview", "SummaryDetail", "SummaryKept", "TakeObjects",
    "TakeOverSession", "TakeUploads", "TakenObject", "TemplateDetail", "TemplateSaved", "TemplateVersion", "Topic",
    "TransferReused", "TryReportTemplate", "Uncounted", "UnknownDevice", "Upload", "WaitingCount", "WriteSummary",
    "accept_session", "add_addendum", "add_entity", "add_peer", "alert_devices", "answer_checklist",
    "answer_commitment", "approve_removal", "ask_echo", "ask_removal", "assign_patient", "assign_session",
    "attrs_of", "begin_step", "book_appointment", "cancel_order", "change_device", "change_peer", "change_step",
    "clock_text", "close_hook", "complete_session",
    "count_waiting", "delivery_context", "device_context", "device_password", "discard_held", "draw_picture",
    "due_commitments",
    "due_messages", "end_by_call", "end_session", "fail_export", "fail_report", "file_held", "filed", "find_held",
    "find_hook", "find_in_archive", "find_instance", "find_objects", "find_uncounted", "find_upload",
    "finish_export", "finish_report", "get_day", "get_device", "get_device_history", "get_instance",
    "get_report_template", "get_retention", "get_review", "get_session", "get_summary", "give_back_session",
    "give_up", "held_in_words", "hold_session", "hold_study", "hook_context", "ingest_now", "inputs_of", "keep_summary",
    "latest_summary", "let_go", "link_repeat", "list_comparable", "list_device_accounts", "list_devices",
    "list_entities", "list_entity_accounts", "list_held", "list_marks", "list_orders", "list_peer_accounts",
    "list_peers", "list_pictures", "list_protocols", "list_reviewers", "list_sessions", "list_studies",
    "lock_held", "lock_session_row", "manifest_sha256", "mark_sent", "message_digest", "move_appointment",
    "next_session", "note_answer", "note_answered", "note_attendance", "note_device_state", "note_echo",
    "note_export", "note_figures", "note_progress", "note_takeover", "note_unanswered", "objects_to_send",
    "offer_objects", "open_hook", "open_way_in", "park_message", "patient_measurements", "peer_context",
    "place_of_peer", "plan_export", "plan_preview", "plan_report", "print_worked_out", "prioritise_session", "put_key",
    "read_message", "read_topic",
    "record_commitment", "record_maintenance", "record_measurement", "record_offers", "record_session_event",
    "record_uploads", "referees", "refuse_removal", "register_device", "reject_session", "reject_transfer",
    "release_hold", "release_message", "renew_credential", "reopen_session", "repeat_receipt", "repeat_settlement",
    "request_export", "request_repeat", "request_report", "require_session", "resolve_discrepancy",
    "resume_session", "retake_message", "retake_object", "retire_device", "retire_entity", "retry_held",
    "review_figures", "save_checklist", "save_protocol", "save_report_template", "schedule_order",
    "schedule_repeat", "search_archive", "send_report", "series_inputs", "sessions_named", "set_device_care",
    "set_retention",
    "sign_off_session", "size_text", "start_review", "still_held", "take_back_appointment", "take_call",
    "take_objects", "take_out", "take_over_session", "take_uploads", "topic_for", "try_report_template", "way_in",
    "with_images", "withdraw_measurement", "worklist_for", "writable_session", "write_summary",
]  # fmt: skip
