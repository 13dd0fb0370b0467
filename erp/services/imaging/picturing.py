"""The pictures of a session as the viewer pages through them, and sessions to compare with."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.errors import UnknownSession
from erp.services.imaging.queries import require_session
from erp.services.platform import Result, query

MOST_PICTURES = 5000
MOST_COMPARABLE = 30


class ListPictures(GetSession):
    """The pictures of a session; `seen` changes nothing but the address, to ask anew."""

    seen: int = 0


class ViewInstance(Result):
    """An object as the viewer needs it.

    Attributes:
        positions: Of the centre of the first pixel of each frame, in millimetres of the patient.
        orientation: Direction of the rows, then of the columns; of all frames.
    """

    id: UUID
    number: int | None
    frames: int
    rows: int
    columns: int
    spacing_mm: list[float] | None
    spacing_source: str
    spacing_region: list[int] | None
    frame_time_ms: float | None
    is_renderable: bool
    is_lossy: bool
    laterality: str
    windows: list[dict[str, Any]]
    frame_of_reference: str
    positions: list[list[float]] | None
    orientation: list[float] | None
    technique: str
    acquired_at: datetime | None


class ViewStack(Result):
    """A series as the viewer pages through it."""

    id: UUID
    label: str
    modality: str
    instances: list[ViewInstance]


class ViewSubject(Result):
    """Whose pictures these are, for the corner of the picture."""

    number: str
    patient: str
    patient_code: str
    birth_on: date | None
    sex: str
    device: str
    taken_at: datetime
    time_zone: str


class ViewStacks(Result):
    """The pictures of a session; of `stored` objects none is left out that came with them."""

    subject: ViewSubject
    stored: int
    stacks: list[ViewStack]


class ComparableRow(Result):
    """Another session with pictures of the same patient."""

    id: UUID
    number: str
    modality: str
    protocol: str
    device: str
    taken_at: datetime


class Comparable(Result):
    """What a session may be laid beside, newest first."""

    time_zone: str
    sessions: list[ComparableRow]


@query(
    "imaging.list_pictures",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/images",
)
def list_pictures(session: Session, ctx: RequestContext, wanted: ListPictures) -> ViewStacks:
    """Return the pictures of a session, a stack per series, in the viewer's own shape.

    Without those whose study was removed.

    Raises:
        UnknownSession: There is none.
    """
    subject, stored = _subject(session, ctx, wanted.session_id)
    stacks: dict[UUID, ViewStack] = {}
    for row in _pictures(session, ctx, wanted.session_id):
        stack = stacks.setdefault(
            row["series_id"],
            ViewStack(
                id=row["series_id"], label=row["label"], modality=row["modality"], instances=[]
            ),
        )
        stack.instances.append(_instance(row))
    return ViewStacks(subject=subject, stored=stored, stacks=list(stacks.values()))


@query(
    "imaging.list_comparable",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/comparable",
)
def list_comparable(session: Session, ctx: RequestContext, wanted: GetSession) -> Comparable:
    """Return other sessions with pictures of the same patient, newest first.

    Raises:
        UnknownSession: There is none.
    """
    require_session(session, ctx, wanted.session_id)
    rows = db.fetch_all(
        session,
        """
        select other.id, other.number, other.modality, other.protocol, device.name as device,
               coalesce(other.started_at, other.created_at) as taken_at
          from imaging_session own
          join imaging_session other on other.tenant_id = own.tenant_id and other.id <> own.id
               and ((other.patient_id = own.patient_id)
                    or (own.patient_code <> '' and other.patient_code = own.patient_code))
          join imaging_device device
            on (device.tenant_id, device.id) = (other.tenant_id, other.device_id)
         where own.tenant_id = %s and own.id = %s and exists (
               select from dicom_instance instance
                 join dicom_series series
                   on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
                 join dicom_study study
                   on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
                where instance.tenant_id = other.tenant_id and instance.session_id = other.id
                  and study.removed_at is null)
         order by taken_at desc, other.id limit %s
        """,
        (ctx.tenant_id, wanted.session_id, MOST_COMPARABLE),
    )
    return Comparable(time_zone=ctx.time_zone, sessions=[ComparableRow(**row) for row in rows])


def _subject(session: Session, ctx: RequestContext, session_id: UUID) -> tuple[ViewSubject, int]:
    """Return whose pictures they are, and how many objects had come when it was asked."""
    row = db.fetch_one(
        session,
        """
        select held.number, held.stored, held.patient_name as patient, held.patient_code,
               device.name as device, coalesce(held.started_at, held.created_at) as taken_at,
               coalesce(party.birth_on, written.birth_on) as birth_on,
               coalesce(party.sex, nullif(written.sex, ''), '') as sex
          from imaging_session held
          join imaging_device device
            on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
          left join party on (party.tenant_id, party.id) = (held.tenant_id, held.patient_id)
          left join lateral (
               select patient.birth_on, patient.sex from dicom_patient patient
                where patient.tenant_id = held.tenant_id and held.patient_code <> ''
                  and patient.patient_code = held.patient_code limit 1) written on true
         where held.tenant_id = %s and held.id = %s
        """,
        (ctx.tenant_id, session_id),
    )
    if row is None:
        raise UnknownSession("There is no such session.")
    stored = row.pop("stored")
    return ViewSubject(**row, time_zone=ctx.time_zone), stored


def _pictures(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    return db.fetch_all(
        session,
        """
        select instance.id, instance.number, instance.frames, instance.rows, instance.columns,
               instance.spacing_mm, instance.spacing_source, instance.spacing_region,
               instance.frame_time_ms, instance.frame_places, instance.is_renderable, instance.is_lossy,
               instance.laterality, instance.windows, instance.frame_of_reference,
               instance.acquired_at,
               instance.attrs #> '{00200032,Value}' as position,
               instance.attrs #> '{00200037,Value}' as orientation,
               instance.attrs #>> '{00180060,Value,0}' as kvp,
               instance.attrs #>> '{00181152,Value,0}' as mas,
               instance.attrs #>> '{00180050,Value,0}' as thickness,
               instance.attrs #>> '{00180080,Value,0}' as tr,
               instance.attrs #>> '{00180081,Value,0}' as te,
               series.id as series_id, series.modality,
               coalesce(nullif(series.description, ''), nullif(series.protocol, ''),
                        'Series ' || coalesce(series.number::text, '')) as label
          from dicom_instance instance
          join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          join dicom_study study
            on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
         where instance.tenant_id = %s and instance.session_id = %s
           and instance.object_class = 'image' and study.removed_at is null
         order by series.number nulls last, series.id, instance.number nulls last, instance.id
         limit %s
        """,
        (ctx.tenant_id, session_id, MOST_PICTURES),
    )


def _instance(row: db.Row) -> ViewInstance:
    own = ViewInstance.model_fields.keys() - {"orientation"}
    plain = {name: row[name] for name in own if name in row}
    return ViewInstance(**plain, **_places(row), technique=_technique(row))


def _places(row: db.Row) -> dict[str, Any]:
    """Return where the frames lie; of several frames only what each of them says itself."""
    if row["frames"] > 1:
        return row["frame_places"] or {"positions": None, "orientation": None}
    position = _numbers(row["position"], 3)
    return {
        "positions": [position] if position else None,
        "orientation": _numbers(row["orientation"], 6),
    }


def _numbers(found: object, count: int) -> list[float] | None:
    """Return exactly so many numbers, or nothing: a stranger wrote them."""
    if not isinstance(found, list) or len(found) != count:
        return None
    if not all(isinstance(part, int | float) and abs(part) < 1e6 for part in found):  # noqa: PLR2004
        return None
    return [float(part) for part in found]


def _technique(row: db.Row) -> str:
    """Return how the picture was taken, in one line."""
    parts = (
        ("kvp", "{} kV"),
        ("mas", "{} mAs"),
        ("tr", "TR {}"),
        ("te", "TE {}"),
        ("thickness", "{} mm slice"),
    )
    return " · ".join(words.format(_short(row[name])) for name, words in parts if row[name])


def _short(written: str) -> str:
    try:
        return f"{float(written):.4g}"
    except ValueError:
        return written[:12]
