"""Objects of the archive: patient, study, series, instance, by their DICOM identifiers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at, one_of


class MatchState(StrEnum):
    """How sure it is which party a DICOM patient is."""

    EXACT = "exact"
    ASSIGNED = "assigned"
    NONE = "none"


class DicomPatient(TenantRow, table=True):
    """A patient as devices write them; the match to a party is ours.

    An object without a patient identifier gets a patient of its own study.
    """

    __tablename__ = "dicom_patient"
    __table_args__ = (
        belongs_to("party_id", "party"),
        one_of("match_state", MatchState),
        Index(
            "uq_dicom_patient_identifier",
            "tenant_id",
            "issuer",
            "patient_code",
            unique=True,
            postgresql_where=text("patient_code <> ''"),
        ),
        Index("ix_dicom_patient_code", "tenant_id", "patient_code"),
    )

    patient_code: str = ""
    issuer: str = ""
    name: str = ""
    birth_on: date | None = None
    sex: str = ""
    party_id: UUID | None = None
    match_state: str = MatchState.NONE
    created_at: datetime = created_at()


class DicomStudy(TenantRow, table=True):
    """A study; its counters are kept by the transaction that stores an object.

    Attributes:
        studied_at: Study date and time, read in the tenant's time zone.
        attrs: Attributes of patient and study in the DICOM JSON model, as the first object
            said them.
        removed_at: When its bytes were removed for good; from then on nothing of it is shown.
    """

    __tablename__ = "dicom_study"
    __table_args__ = (
        belongs_to("dicom_patient_id", "dicom_patient"),
        UniqueConstraint("tenant_id", "study_uid"),
        Index("ix_dicom_study_patient", "tenant_id", "dicom_patient_id"),
        Index("ix_dicom_study_accession", "tenant_id", "accession"),
        Index(
            "ix_dicom_study_newest",
            "tenant_id",
            text("studied_at desc nulls last"),
            text("id desc"),
        ),
    )

    dicom_patient_id: UUID
    study_uid: str
    accession: str = ""
    studied_at: datetime | None = Field(default=None, sa_type=INSTANT)
    description: str = ""
    referring_physician: str = ""
    series: int = 0
    instances: int = 0
    bytes: int = Field(default=0, sa_type=BigInteger)
    attrs: Json
    removed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()


class DicomSeries(TenantRow, table=True):
    """A series; it belongs to one study and one modality for good."""

    __tablename__ = "dicom_series"
    __table_args__ = (
        belongs_to("study_id", "dicom_study"),
        UniqueConstraint("tenant_id", "series_uid"),
        Index("ix_dicom_series_study", "tenant_id", "study_id"),
    )

    study_id: UUID
    series_uid: str
    modality: str = ""
    number: int | None = None
    description: str = ""
    body_part: str = ""
    laterality: str = ""
    station: str = ""
    manufacturer: str = ""
    model: str = ""
    protocol: str = ""
    instances: int = 0
    attrs: Json
    created_at: datetime = created_at()


class DicomInstance(TenantRow, table=True):
    """One object; its bytes lie untouched under their digest.

    Attributes:
        session_id: The session that delivered it first.
        spacing_source: Where a millimetre comes from; stands beside every length.
        pixels: Pixel description with the place of each frame, so that one frame can be
            read by range; None where the object holds no picture.
        flags: Oddities that were accepted.
        attrs: Public attributes in the DICOM JSON model, bulk left out.
    """

    __tablename__ = "dicom_instance"
    __table_args__ = (
        belongs_to("series_id", "dicom_series"),
        belongs_to("session_id", "imaging_session"),
        ForeignKeyConstraint(["tenant_id", "sha256"], ["blob.tenant_id", "blob.sha256"]),
        UniqueConstraint("tenant_id", "sop_uid"),
        CheckConstraint("size > 0 and frames >= 0", name="size"),
        CheckConstraint("(series_id is null) = (object_class = 'directory')", name="series"),
        Index("ix_dicom_instance_series", "tenant_id", "series_id", "number"),
        Index("ix_dicom_instance_session", "tenant_id", "session_id"),
    )

    series_id: UUID | None = None
    session_id: UUID
    sop_uid: str
    sop_class: str
    transfer_syntax: str
    object_class: str
    sha256: str
    size: int = Field(sa_type=BigInteger)
    number: int | None = None
    rows: int = 0
    columns: int = 0
    frames: int = 0
    bits: int = 0
    photometric: str = ""
    spacing_mm: list[float] | None = Field(default=None, sa_column=Column(ARRAY(Float)))
    spacing_source: str = "none"
    spacing_region: list[int] | None = Field(default=None, sa_column=Column(ARRAY(BigInteger)))
    windows: Json
    frame_time_ms: float | None = None
    frame_places: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB))
    laterality: str = ""
    frame_of_reference: str = ""
    is_lossy: bool = False
    is_renderable: bool = False
    not_renderable_because: str = ""
    burned_in: bool | None = None
    preamble: str = "zero"
    flags: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(TextType), nullable=False)
    )
    acquired_at: datetime | None = Field(default=None, sa_type=INSTANT)
    pixels: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB))
    attrs: Json
    stored_at: datetime = Field(sa_type=INSTANT)
