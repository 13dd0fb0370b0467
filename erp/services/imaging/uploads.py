"""What is known of an upload when its bytes arrive."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.intake import Mode, Upload


def find_upload(
    session: Session, ctx: RequestContext, device_id: UUID, transfer_id: str
) -> Upload | None:
    """Return a device's transfer by the device's name for it, or nothing if it offered none."""
    row = db.fetch_one(
        session,
        "select id, mode, size, sha256, status from imaging_transfer"
        " where tenant_id = %s and device_id = %s and transfer_id = %s",
        (ctx.tenant_id, device_id, transfer_id),
    )
    if row is None:
        return None
    mode: Mode = "chunk" if row["mode"] == "chunk" else "put"
    return Upload(
        row["id"], mode, row["size"], row["sha256"], is_decided=row["status"] != "granted"
    )
