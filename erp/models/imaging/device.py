"""Devices that may speak to the suite, and what the suite has to say to them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class DeviceState(StrEnum):
    """What a device last said of itself."""

    UNSEEN = "unseen"
    ONLINE = "online"
    OFFLINE = "offline"
    MAINTENANCE = "maintenance"


class Standing(StrEnum):
    """How a device stood: what it said of itself, or that it fell silent."""

    ONLINE = "online"
    OFFLINE = "offline"
    MAINTENANCE = "maintenance"
    SILENT = "silent"


class DeviceKind(StrEnum):
    """By which way a device, a peer or a person brings objects in."""

    MQTT = "mqtt"
    DICOM = "dicom"
    UPLOAD = "upload"
    DICOMWEB = "dicomweb"


class ImagingDevice(TenantRow, table=True):
    """A camera or scanner, or another way by which objects come in.

    Only devices of kind `mqtt` have a broker account and are spoken to over it. A branch has one
    device for everything its people upload and one for what comes over DICOMweb.

    Attributes:
        kind: The way in.
        ae_title: What a DICOM peer calls itself; empty for every other kind.
        site: `{tenant's slug}_{branch code}` when the device was registered; with `code` it
            names the branch of topics and the broker account. The broker knows no tenant: the
            pair is what a message's tenant follows from, so it is unique across all of them.
        birth_seq: Counts the device's starts; a state of an earlier start is old news.
        credential_version: Counts the passwords; the broker gets the newest.
        clock_skew_ms: Device clock minus ours, when it last announced itself.
        backlog: Objects the device still holds.
        clock_warn_seconds: Its clock may be off by so much before people are warned.
        silent_after_minutes: Said to be online and not heard for so long, it counts as silent;
            0 for never.
        silent_since: When it fell silent; None while it is heard or says that it is off.
        takeovers: How often its session at the broker was taken over by another connection of its
            account; `taken_over_at`: when last.
        maintenance_days: Days between two maintenances; None where none is planned.
        maintained_on: The day of the last one.
    """

    __tablename__ = "imaging_device"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        UniqueConstraint("site", "code", name="uq_imaging_device_topic"),
        one_of("state", DeviceState),
        one_of("kind", DeviceKind),
        CheckConstraint("(kind = 'dicom') = (ae_title <> '')", name="ae_title"),
        Index(
            "uq_imaging_device_peer",
            "tenant_id",
            "branch_id",
            "ae_title",
            unique=True,
            postgresql_where=text("kind = 'dicom' and is_active"),
        ),
        Index(
            "uq_imaging_device_way_in",
            "tenant_id",
            "branch_id",
            "kind",
            unique=True,
            postgresql_where=text("kind in ('upload', 'dicomweb')"),
        ),
        CheckConstraint(
            "clock_warn_seconds > 0 and silent_after_minutes >= 0 and maintenance_days > 0",
            name="care",
        ),
        CheckConstraint(
            "site ~ '^[A-Za-z0-9_-]{1,64}$' and code ~ '^[A-Za-z0-9_-]{1,64}$' and code <> 'host'",
            name="topic",
        ),
    )

    branch_id: UUID
    kind: str = DeviceKind.MQTT
    ae_title: str = ""
    site: str
    code: str
    name: str
    modality: str = ""
    model: str = ""
    serial: str = ""
    is_active: bool = True
    credential_version: int = 1
    state: str = DeviceState.UNSEEN
    boot_id: UUID | None = None
    birth_seq: int = Field(default=-1, sa_type=BigInteger)
    firmware: str = ""
    free_mb: int | None = Field(default=None, sa_type=BigInteger)
    backlog: int = 0
    clock_skew_ms: int | None = Field(default=None, sa_type=BigInteger)
    last_seen_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_object_at: datetime | None = Field(default=None, sa_type=INSTANT)
    clock_warn_seconds: int = Field(default=60, sa_column_kwargs={"server_default": text("60")})
    silent_after_minutes: int = Field(default=120, sa_column_kwargs={"server_default": text("120")})
    silent_since: datetime | None = Field(default=None, sa_type=INSTANT)
    takeovers: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    taken_over_at: datetime | None = Field(default=None, sa_type=INSTANT)
    maintenance_days: int | None = None
    maintained_on: date | None = None
    created_at: datetime = created_at()


class DeviceFirmware(TenantRow, table=True):
    """A firmware a device said it runs, from its first word of it; never changed."""

    __tablename__ = "device_firmware"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        Index("ix_device_firmware_device", "tenant_id", "device_id"),
    )

    device_id: UUID
    firmware: str
    seen_at: datetime = Field(sa_type=INSTANT)


class DeviceReport(TenantRow, table=True):
    """How a device stood from an instant on; the rows of a quarter are kept.

    One is written when the standing changes, and one an hour while it does not.

    Attributes:
        clock_skew_ms: Device clock minus ours; None where the device itself said nothing.
    """

    __tablename__ = "device_report"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        one_of("standing", Standing),
        Index("ix_device_report_device", "tenant_id", "device_id", "said_at"),
    )

    device_id: UUID
    standing: str
    said_at: datetime = Field(sa_type=INSTANT)
    clock_skew_ms: int | None = Field(default=None, sa_type=BigInteger)
    backlog: int | None = None


class DeviceMaintenance(TenantRow, table=True):
    """A maintenance somebody recorded; never changed."""

    __tablename__ = "device_maintenance"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        Index("ix_device_maintenance_device", "tenant_id", "device_id"),
    )

    device_id: UUID
    done_on: date
    note: str
    recorded_by: UUID
    recorded_name: str
    recorded_at: datetime = Field(sa_type=INSTANT)


class DeviceMessage(TenantRow, table=True):
    """The suite's last word on one topic of a device, until the broker has it.

    Attributes:
        channel: `receipt`, `settle` or `cmd`.
        payload: The message's JSON text; empty clears a retained message.
        sent_at: None while it is due; asked for again, it becomes due again.
        expires_at: Of a command; from then on it is not said any more.
    """

    __tablename__ = "device_message"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        UniqueConstraint("tenant_id", "device_id", "channel", "subject"),
        CheckConstraint("channel in ('receipt', 'settle', 'cmd')", name="channel"),
        CheckConstraint("(channel = 'cmd') = (expires_at is not null)", name="expiry"),
        Index(
            "ix_device_message_due",
            "due_at",
            postgresql_where=text("sent_at is null"),
        ),
    )

    device_id: UUID
    channel: str
    subject: str
    payload: str
    is_retained: bool = False
    due_at: datetime = Field(sa_type=INSTANT)
    sent_at: datetime | None = Field(default=None, sa_type=INSTANT)
    expires_at: datetime | None = Field(default=None, sa_type=INSTANT)
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()
