"""Correcting what was written down of a device of the broker: its name and what kind of thing it is."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.devices import unknown_device
from erp.services.imaging.events import DeviceChanged
from erp.services.platform import Command, Identified, ShortText, Text, command, emit


class ChangeDevice(Command):
    """What a device is called and what it is; all four are written as given, empty ones too."""

    device_id: UUID
    name: ShortText
    modality: Annotated[str, Field(max_length=16)] = ""
    model: Text = ""
    serial: Text = ""


@command(
    "imaging.change_device",
    permission="imaging.operate",
    rest="POST /imaging/devices/{device_id}",
)
def change_device(session: Session, ctx: RequestContext, cmd: ChangeDevice) -> Identified:
    """Correct a device's name, modality, model and serial number; its sessions show them at once.

    Branch and code stay: they name the device's topics and its broker account, which its own
    settings hold. A device that moves to another branch is registered there. A DICOM peer is
    changed by `imaging.change_peer`; a branch's ways in for all have no terms of their own.

    Raises:
        UnknownDevice: There is no such device of the broker, or it was retired.

    Emits:
        imaging.device_changed.v1.
    """
    row = db.fetch_one(
        session,
        "update imaging_device set name = %s, modality = %s, model = %s, serial = %s"
        " where tenant_id = %s and id = %s and kind = 'mqtt' and is_active returning state",
        (cmd.name, cmd.modality, cmd.model, cmd.serial, ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    changed = DeviceChanged(device_id=cmd.device_id, state=row["state"], is_active=True)
    emit(session, ctx, cmd.device_id, changed)
    return Identified(id=cmd.device_id)
