"""Ways by which objects come in that are no device of the broker: uploads, DICOMweb, peers."""

from dataclasses import replace
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.imaging.devices import site_of, unknown_device
from erp.services.imaging.events import DeviceRegistered
from erp.services.platform import Command, Identified, command, emit

SharedWay = Literal["upload", "dicomweb"]
NAMES: Final[dict[SharedWay, str]] = {"upload": "Uploads", "dicomweb": "DICOMweb"}


class OpenWayIn(Command):
    """A way in of a branch that has not been used before."""

    branch_id: UUID
    kind: SharedWay


def way_in(session: Session, ctx: RequestContext, branch_id: UUID, kind: SharedWay) -> UUID | None:
    """Return the device that stands for all uploads, or all of DICOMweb, of a branch, once opened."""
    row = db.fetch_one(
        session,
        "select id from imaging_device where tenant_id = %s and branch_id = %s and kind = %s",
        (ctx.tenant_id, branch_id, kind),
    )
    return row["id"] if row else None


@command("imaging.open_way_in", permission="imaging.operate")
def open_way_in(session: Session, ctx: RequestContext, cmd: OpenWayIn) -> Identified:
    """Open uploads, or DICOMweb, of a branch for the first object; one that is open stays as it is.

    Raises:
        InvalidInput: The branch is not the one the actor works in.

    Emits:
        imaging.device_registered.v1 the first time.
    """
    if cmd.branch_id != ctx.branch_id:
        message = "Objects are handed in to the branch you work in. Change to that branch first."
        raise InvalidInput(message, fields={"branch_id": message})
    site = site_of(session, ctx, cmd.branch_id)
    made = db.fetch_one(
        session,
        "insert into imaging_device (tenant_id, id, branch_id, kind, ae_title, site, code, name,"
        " modality, model, serial, is_active, credential_version, state, birth_seq, firmware, backlog)"
        " values (%s, %s, %s, %s, '', %s, %s, %s, '', '', '', true, 1, 'unseen', -1, '', 0)"
        " on conflict do nothing returning id",
        (ctx.tenant_id, new_id(), cmd.branch_id, cmd.kind, site, f"_{cmd.kind}", NAMES[cmd.kind]),
    )
    if made is None:
        known = way_in(session, ctx, cmd.branch_id, cmd.kind)
        if known is None:
            raise unknown_device()
        return Identified(id=known)
    registered = DeviceRegistered(device_id=made["id"], site=site, code=f"_{cmd.kind}")
    emit(session, ctx, made["id"], registered)
    return Identified(id=made["id"])


def delivery_context(ctx: RequestContext) -> RequestContext:
    """Return the context in which what a person or a program hands in is taken; theirs stays the name.

    The edge has checked that they may hand objects in. Inside, only taking objects is allowed.
    """
    return replace(ctx, source="device", permissions=frozenset({"imaging.ingest"}))
