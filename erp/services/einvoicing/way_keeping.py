"""What becomes of a way bill: its row, locked, and what the portal gave written into it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.einvoicing import WayBillStatus, WayBillVehicle
from erp.services.einvoicing.errors import UnknownWayBill
from erp.services.einvoicing.events import WayBillSettled
from erp.services.einvoicing.law import valid_until
from erp.services.platform import emit


def hold_way_bill(
    session: Session, ctx: RequestContext, way_bill_id: UUID, *, is_system: bool = False
) -> db.Row:
    """Lock a way bill of the acting company, or of any where the product itself acts.

    Raises:
        UnknownWayBill: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from way_bill where tenant_id = %s and id = %s and (%s or company_id = %s) for no key update",
        (ctx.tenant_id, way_bill_id, is_system, ctx.company_id),
    )
    if row is None:
        raise unknown_way_bill()
    return row


def keep_number(
    session: Session,
    ctx: RequestContext,
    row: db.Row,
    number: str,
    made_at: datetime,
    until: datetime | None,
) -> None:
    """Note the number of a way bill; it ends when the portal says, else (or where that cannot be) as the law counts.

    Emits:
        einvoicing.way_bill_settled.v1.
    """
    said = until if until and until > made_at else None
    ends = said or valid_until(made_at, row["distance_km"], is_oversize=row["is_oversize"])
    db.execute(
        session,
        "update way_bill set status = 'active', asked = '', number = %s, made_at = %s, valid_until = %s, problem = '',"
        " leased_until = null where tenant_id = %s and id = %s",
        (number, made_at, ends, ctx.tenant_id, row["id"]),
    )
    if row["vehicle_no"]:
        _add_vehicle(session, ctx, row["id"], (row["vehicle_no"], "", "First vehicle"))
    tell_settled(session, ctx, row["id"], WayBillStatus.ACTIVE)


def keep_vehicle(
    session: Session, ctx: RequestContext, row: db.Row, until: datetime | None = None
) -> None:
    """Note that the portal was told of the new vehicle; it ends when the portal says now, if it says so.

    Emits:
        einvoicing.way_bill_settled.v1.
    """
    db.execute(
        session,
        "update way_bill set vehicle_no = new_vehicle, new_vehicle = '', asked = '', problem = '', leased_until = null,"
        " valid_until = greatest(%s, valid_until) where tenant_id = %s and id = %s",
        (until, ctx.tenant_id, row["id"]),
    )
    _add_vehicle(session, ctx, row["id"], (row["new_vehicle"], row["new_place"], row["new_reason"]))
    tell_settled(session, ctx, row["id"], WayBillStatus.ACTIVE)


def keep_cancelled(session: Session, ctx: RequestContext, row: db.Row) -> None:
    """Note that a way bill is cancelled; its consignment may have another.

    Emits:
        einvoicing.way_bill_settled.v1.
    """
    db.execute(
        session,
        "update way_bill set status = 'cancelled', asked = '', problem = '', cancelled_at = %s, leased_until = null"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, row["id"]),
    )
    tell_settled(session, ctx, row["id"], WayBillStatus.CANCELLED)


def unknown_way_bill() -> UnknownWayBill:
    """Return the refusal for a way bill that is absent or foreign."""
    return UnknownWayBill("There is no such way bill.")


def _add_vehicle(
    session: Session, ctx: RequestContext, way_bill_id: UUID, told: tuple[str, str, str]
) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "way_bill_id": way_bill_id,
        "vehicle_no": told[0],
        "from_place": told[1],
        "reason": told[2],
        "told_at": ctx.now,
    }
    db.insert_rows(session, WayBillVehicle, [row])


def tell_settled(
    session: Session, ctx: RequestContext, way_bill_id: UUID, status: WayBillStatus
) -> None:
    """Tell that a way bill changed.

    Emits:
        einvoicing.way_bill_settled.v1.
    """
    emit(session, ctx, way_bill_id, WayBillSettled(way_bill_id=way_bill_id, status=status))
