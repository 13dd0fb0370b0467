"""Sessions at the broker that another connection of the same account took over."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import workflows
from erp.services.imaging.devices import only_devices, unknown_device
from erp.services.imaging.events import DeviceChanged
from erp.services.platform import Command, Identified, command, emit


class NoteTakeover(Command):
    """The broker closed a device's connection because its account connected again."""

    device_id: UUID


@command("imaging.note_takeover", permission="imaging.ingest")
def note_takeover(session: Session, ctx: RequestContext, cmd: NoteTakeover) -> Identified:
    """Count a takeover of a device's session, and tell who operates devices, once an hour at most.

    A device that lost its network or restarted takes over from itself; one that did neither has
    a double, or its password is in other hands.

    Raises:
        OnlyDevices: A person called it.
        UnknownDevice: There is no such device, or it was retired.

    Emits:
        imaging.device_changed.v1.
    """
    only_devices(ctx)
    row = db.fetch_one(
        session,
        "update imaging_device set takeovers = takeovers + 1, taken_over_at = %s"
        " where tenant_id = %s and id = %s and is_active returning name, state",
        (ctx.now, ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    changed = DeviceChanged(device_id=cmd.device_id, state=row["state"], is_active=True)
    emit(session, ctx, cmd.device_id, changed)
    _alarm(session, ctx, cmd.device_id, row["name"])
    return Identified(id=cmd.device_id)


def _alarm(session: Session, ctx: RequestContext, device_id: UUID, name: str) -> None:
    news = workflows.News(
        kind="imaging.device_taken_over",
        title=f"{name} signed in twice",
        body="Its session at the broker was taken over while it stood. If it did not restart and"
        " kept its network, another device uses its account: give it a new password.",
        link=f"/imaging/devices/{device_id}",
        severity="urgent",
        dedupe_key=f"device-taken-over-{device_id}-{ctx.now:%Y-%m-%dT%H}",
    )
    workflows.notify_members(session, ctx, permission="imaging.operate", news=news)
