"""Bills that devices may still hold."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.pos.errors import BillsOutstanding


def require_handed_in(session: Session, ctx: RequestContext, shift_id: UUID) -> None:
    """Keep a shift open while a device may hold bills of it.

    Raises:
        BillsOutstanding: A lease of the shift is open.
    """
    lease = db.fetch_one(
        session,
        "select device_name from till_lease where tenant_id = %s and shift_id = %s and status = 'open'",
        (ctx.tenant_id, shift_id),
    )
    if lease is not None:
        message = (
            f"{lease['device_name']} may still hold bills it made offline. Open the till there, so that"
            " it hands them in, or have a manager end its lease under Offline sales."
        )
        raise BillsOutstanding(message, fields={"shift_id": message})
