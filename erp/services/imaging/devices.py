"""Devices: registering them, their passwords, and what they say of themselves."""

import re
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import identity
from erp.services.imaging import queries
from erp.services.imaging.device_reports import note_standing
from erp.services.imaging.errors import OnlyDevices, SharedWayIn, UnknownDevice
from erp.services.imaging.events import DeviceChanged, DeviceRegistered, OrderChanged
from erp.services.imaging.messages import DeviceState
from erp.services.imaging.outgoing import clear_settlements, say_commands_again
from erp.services.imaging.ports import DeviceAccount
from erp.services.platform import (
    Command,
    Result,
    ShortText,
    ShownOnce,
    Text,
    command,
    emit,
)

MACHINES = frozenset({"device", "job", "cli", "test"})
_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
SUITE: Final = "host"
"""Where a device's code stands in topics, this one stands for the suite itself."""


def _not_the_suite(code: str) -> str:
    if code == SUITE:
        raise ValueError("is the suite's own name in topics; choose another")
    return code


DeviceCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$"), AfterValidator(_not_the_suite)]


class RegisterDevice(Command):
    """A device that shall deliver images; `branch_id` empty takes the actor's branch."""

    code: DeviceCode
    name: ShortText
    branch_id: UUID | None = None
    modality: Annotated[str, Field(max_length=16)] = ""
    model: Text = ""
    serial: Text = ""


class RenewCredential(Command):
    """Give a device a new password; the old one ends."""

    device_id: UUID


class RetireDevice(Command):
    """Let a device speak no more; what it delivered stays."""

    device_id: UUID


class NoteDeviceState(Command):
    """What a device, or the broker for a device that is gone, said of its state."""

    device_id: UUID
    state: DeviceState


class DeviceCredential(ShownOnce):
    """How a device signs in at the broker; the password is shown once."""

    id: UUID
    user: str
    password: SecretStr


class DeviceRetired(Result):
    """The device, and how many examinations planned on it any other may take now."""

    id: UUID
    planned: int


class StateNoted(Result):
    """Whether the state was news: a late will of an earlier start is not."""

    is_news: bool


@command("imaging.register_device", permission="imaging.operate", rest="POST /imaging/devices")
def register_device(session: Session, ctx: RequestContext, cmd: RegisterDevice) -> DeviceCredential:
    """Register a device and return its broker account, shown once.

    The broker learns the password from the listener within seconds. The device uses
    topics below `vis/v1/{site}/{device code}`; the site is `{tenant's slug}_{branch code}`.

    Raises:
        InvalidInput: The branch is unknown, or its code cannot stand in a topic.
        DeviceCodeTaken: The site has a device of this code.

    Emits:
        imaging.device_registered.v1.
    """
    branch_id = cmd.branch_id or ctx.branch_id
    site = site_of(session, ctx, branch_id)
    device_id = new_id()
    db.execute(
        session,
        "insert into imaging_device (tenant_id, id, branch_id, kind, ae_title, site, code, name,"
        " modality, model, serial, is_active, credential_version, state, birth_seq, firmware, backlog)"
        " values (%s, %s, %s, 'mqtt', '', %s, %s, %s, %s, %s, %s, true, 1, 'unseen', -1, '', 0)",
        (
            *(ctx.tenant_id, device_id, branch_id, site, cmd.code, cmd.name),
            *(cmd.modality, cmd.model, cmd.serial),
        ),
    )
    emit(session, ctx, device_id, DeviceRegistered(device_id=device_id, site=site, code=cmd.code))
    return _credential(device_id, site, cmd.code, 1)


@command(
    "imaging.renew_credential",
    permission="imaging.operate",
    rest="POST /imaging/devices/{device_id}/credential",
)
def renew_credential(
    session: Session, ctx: RequestContext, cmd: RenewCredential
) -> DeviceCredential:
    """Give a device a new password, shown once; the old one ends within seconds.

    Raises:
        UnknownDevice: There is none.

    Emits:
        imaging.device_changed.v1.
    """
    row = db.fetch_one(
        session,
        "update imaging_device set credential_version = credential_version + 1, takeovers = 0, taken_over_at = null"
        " where tenant_id = %s and id = %s and is_active and kind = 'mqtt'"
        " returning site, code, state, credential_version",
        (ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    _tell(session, ctx, cmd.device_id, row["state"], is_active=True)
    return _credential(cmd.device_id, row["site"], row["code"], row["credential_version"])


@command(
    "imaging.retire_device",
    permission="imaging.operate",
    rest="POST /imaging/devices/{device_id}/retire",
)
def retire_device(session: Session, ctx: RequestContext, cmd: RetireDevice) -> DeviceRetired:
    """Let a device speak no more; its account is closed, its sessions stay.

    What was planned on it stays on the worklist, for any device of the branch: an appointment
    keeps its day and time and takes no device until it is moved to one.

    Raises:
        UnknownDevice: There is none.
        SharedWayIn: It stands for all uploads, or all of DICOMweb, of a branch.

    Emits:
        imaging.device_changed.v1, and imaging.order_changed.v1 for what was planned on it.
    """
    row = db.fetch_one(
        session,
        "update imaging_device set is_active = false, state = 'offline' where tenant_id = %s"
        " and id = %s and is_active and kind in ('mqtt', 'dicom') returning id",
        (ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        _refuse_shared(session, ctx, cmd.device_id)
        raise unknown_device()
    note_standing(session, ctx, cmd.device_id, "offline", ctx.now)
    _tell(session, ctx, cmd.device_id, "offline", is_active=False)
    return DeviceRetired(id=cmd.device_id, planned=_let_others_take(session, ctx, cmd.device_id))


def _let_others_take(session: Session, ctx: RequestContext, device_id: UUID) -> int:
    """Plan on no device in particular what was planned on one; return how many that are."""
    rows = db.fetch_all(
        session,
        "with freed as (update imaging_slot set is_held = false where tenant_id = %(tenant)s"
        "   and device_id = %(device)s and is_held)"
        " update imaging_order set device_id = null, minutes = null where tenant_id = %(tenant)s"
        " and device_id = %(device)s and status = 'scheduled' returning id, accession",
        {"tenant": ctx.tenant_id, "device": device_id},
    )
    for row in rows:
        changed = OrderChanged(order_id=row["id"], accession=row["accession"], status="scheduled")
        emit(session, ctx, row["id"], changed)
    return len(rows)


def _refuse_shared(session: Session, ctx: RequestContext, device_id: UUID) -> None:
    shared = db.fetch_one(
        session,
        "select name from imaging_device"
        " where tenant_id = %s and id = %s and kind in ('upload', 'dicomweb')",
        (ctx.tenant_id, device_id),
    )
    if shared is not None:
        raise SharedWayIn(
            f"{shared['name']} is open to everybody who may operate imaging and cannot be retired."
        )


@command("imaging.note_device_state", permission="imaging.ingest")
def note_device_state(session: Session, ctx: RequestContext, cmd: NoteDeviceState) -> StateNoted:
    """Take a birth, a change or a last will; what belongs to an earlier start is ignored.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such device, or it was retired.

    Emits:
        imaging.device_changed.v1 when the state differs.
    """
    only_devices(ctx)
    known = db.fetch_one(
        session,
        "select state, birth_seq, boot_id, firmware from imaging_device"
        " where tenant_id = %s and id = %s and is_active for no key update",
        (ctx.tenant_id, cmd.device_id),
    )
    if known is None:
        raise unknown_device()
    said = cmd.state
    if said.birth_seq < known["birth_seq"]:
        return StateNoted(is_news=False)
    _write_state(session, ctx, cmd.device_id, said)
    if said.firmware and said.firmware != known["firmware"]:
        _note_firmware(session, ctx, cmd.device_id, said.firmware)
    if said.birth_seq > known["birth_seq"]:
        clear_settlements(session, ctx, cmd.device_id)
        say_commands_again(session, ctx, cmd.device_id)
    is_news = (said.state, said.birth_seq) != (known["state"], known["birth_seq"])
    if is_news:
        _tell(session, ctx, cmd.device_id, said.state, is_active=True)
    return StateNoted(is_news=is_news)


def _write_state(session: Session, ctx: RequestContext, device_id: UUID, said: DeviceState) -> None:
    """Write down what a device said; a will was written when it last began, so it tells no time."""
    is_will = said.state == "offline"
    skew = None if is_will else int((said.ts - ctx.now).total_seconds() * 1000)
    db.execute(
        session,
        """
        update imaging_device
           set state = %s, birth_seq = %s, boot_id = %s, backlog = coalesce(%s, backlog),
               firmware = coalesce(%s, firmware), free_mb = coalesce(%s, free_mb),
               clock_skew_ms = coalesce(%s, clock_skew_ms),
               last_seen_at = greatest(last_seen_at, %s), silent_since = null
         where tenant_id = %s and id = %s
        """,
        (
            *(said.state, said.birth_seq, said.boot_id, said.backlog, said.firmware),
            *(said.free_mb, skew, ctx.now, ctx.tenant_id, device_id),
        ),
    )
    note_standing(session, ctx, device_id, said.state, ctx.now, skew_ms=skew, backlog=said.backlog)


def _note_firmware(session: Session, ctx: RequestContext, device_id: UUID, firmware: str) -> None:
    db.execute(
        session,
        "insert into device_firmware (tenant_id, id, device_id, firmware, seen_at)"
        " values (%s, %s, %s, %s, %s)",
        (ctx.tenant_id, new_id(), device_id, firmware, ctx.now),
    )


def only_devices(ctx: RequestContext) -> None:
    """Refuse people: what devices say comes over their own line.

    Raises:
        OnlyDevices: The request comes from a page or from REST.
    """
    if ctx.source not in MACHINES:
        raise OnlyDevices("Only a device's own line may do this.")


def device_password(device_id: UUID, version: int) -> str:
    """Return a device's password; derived, so that it is stored nowhere in clear."""
    return get_settings().derived_secret(f"device-{device_id}-{version}")[:40]


def list_device_accounts(session: Session) -> list[DeviceAccount]:
    """Return every device of the broker ever registered, with its tenant; needs the operators' role."""
    rows = db.fetch_all(
        session,
        """
        select device.tenant_id, device.id as device_id, device.branch_id, branch.company_id,
               tenant.time_zone, device.site, device.code, device.credential_version,
               device.is_active and not tenant.is_suspended as is_active
          from imaging_device device
          join branch
            on (branch.tenant_id, branch.id) = (device.tenant_id, device.branch_id)
          join tenant on tenant.id = device.tenant_id
         where device.kind = 'mqtt'
         order by device.site, device.code
        """,
    )
    return [DeviceAccount(**row) for row in rows]


def device_context(account: DeviceAccount, now: datetime, request_id: str) -> RequestContext:
    """Return the context in which a device's message is taken."""
    return RequestContext(
        tenant_id=account.tenant_id,
        company_id=account.company_id,
        branch_id=account.branch_id,
        user_id=identity.NOBODY,
        user_name=f"{account.site}/{account.code}",
        permissions=frozenset({"imaging.ingest"}),
        now=now,
        request_id=request_id,
        source="device",
        time_zone=account.time_zone,
    )


def unknown_device() -> UnknownDevice:
    """Return the refusal for a device that is absent, foreign or retired."""
    return UnknownDevice("There is no such device, or it was retired.")


def site_of(session: Session, ctx: RequestContext, branch_id: UUID) -> str:
    """Return what a branch is called in topics; no two tenants share a site."""
    row = queries.tenant_and_branch(session, ctx, branch_id)
    if row is None:
        message = "This branch is not known. Choose one of the list."
        raise InvalidInput(message, fields={"branch_id": message})
    site = f"{row['slug']}_{row['code']}"
    if not _TOPIC_NAME.fullmatch(site):
        message = f"{site} cannot be part of a topic: letters, digits, - and _, at most 64 of them."
        raise InvalidInput(message, fields={"branch_id": message})
    return site


def _credential(device_id: UUID, site: str, code: str, version: int) -> DeviceCredential:
    password = SecretStr(device_password(device_id, version))
    return DeviceCredential(id=device_id, user=f"{site}/{code}", password=password)


def _tell(
    session: Session, ctx: RequestContext, device_id: UUID, state: str, *, is_active: bool
) -> None:
    emit(
        session,
        ctx,
        device_id,
        DeviceChanged(device_id=device_id, state=state, is_active=is_active),
    )
