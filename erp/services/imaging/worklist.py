"""The worklist: for people as a list, for modalities as they ask for it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import (
    Order,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListOrders(SortedPage):
    """Planned examinations, the latest first."""

    sort: Annotated[
        str,
        Order(
            "-scheduled_at",
            {
                "accession": "text",
                "procedure": "text",
                "device": "text",
                "scheduled_at": "instant",
                "status": "text",
            },
        ),
    ] = ""
    status: Literal["", "scheduled", "started", "done", "cancelled"] = ""
    device_id: UUID | None = None


class OrderRow(Result):
    """A planned examination in the list."""

    id: UUID
    accession: str
    patient: str
    patient_code: str
    procedure: str
    modality: str
    device: str
    scheduled_at: datetime
    status: str
    kind: str
    note: str
    session_id: UUID | None
    session_number: str


class OrderPage(Rows):
    """A page of planned examinations."""

    rows: list[OrderRow]


@query("imaging.list_orders", permission="imaging.view", rest="GET /imaging/orders")
def list_orders(session: Session, ctx: RequestContext, wanted: ListOrders) -> OrderPage:
    """List planned examinations with the sessions that fulfil them."""
    rows, cursor = fetch_page(
        session,
        wanted,
        """
        select planned.id, planned.accession, planned.patient_name, planned.patient_code,
               planned.procedure, planned.modality, coalesce(device.name, '') as device,
               planned.scheduled_at, planned.status, planned.note, planned.is_priority,
               planned.repeat_of, held.id as session_id, coalesce(held.number, '') as session_number
          from imaging_order planned
          left join imaging_device device
            on (device.tenant_id, device.id) = (planned.tenant_id, planned.device_id)
          left join lateral (
               select visit.id, visit.number from imaging_session visit
                where (visit.tenant_id, visit.order_id) = (planned.tenant_id, planned.id)
                order by visit.id desc limit 1) held on true
         where planned.tenant_id = %(tenant)s
           and (%(status)s = '' or planned.status = %(status)s)
           and (%(device)s::uuid is null or planned.device_id = %(device)s)
           and (%(search)s = '' or concat_ws(' ', planned.accession, planned.patient_name,
                planned.patient_code, planned.procedure) ilike '%%' || %(search)s || '%%')
        """,
        {
            "tenant": ctx.tenant_id,
            "status": wanted.status,
            "device": wanted.device_id,
            "search": wanted.search.replace("%", "").replace("_", "\\_"),
        },
    )
    page = [_row(row) for row in rows]
    return OrderPage(rows=page, next_cursor=cursor)


def _row(row: db.Row) -> OrderRow:
    kinds = [
        word
        for word, holds in (("repeat", row["repeat_of"]), ("first", row["is_priority"]))
        if holds
    ]
    return OrderRow(
        patient=row["patient_name"] or row["patient_code"] or "Unknown patient",
        kind=", ".join(kinds),
        **{name: row[name] for name in OrderRow.model_fields if name in row},
    )


def worklist_for(
    session: Session, ctx: RequestContext, branch_id: UUID, most: int
) -> list[dict[str, Any]]:
    """Return what modalities of a branch may still take, first what comes first.

    They narrow it by what they know of themselves; see the listener. Where there are more than
    `most`, those nearest to now count, so that neither what was forgotten long ago nor what is
    booked for next year hides today's.

    Raises:
        PermissionDenied: The actor may not see images.
    """
    ctx.require("imaging.view")
    return db.fetch_all(
        session,
        """
        select * from (
        select planned.id, planned.accession, planned.sps_id, planned.study_uid, planned.patient_code,
               planned.patient_name, planned.birth_on, planned.sex, planned.procedure,
               planned.protocol, planned.modality, planned.referring_physician, planned.note,
               planned.is_priority, coalesce(device.name, '') as device,
               coalesce(device.ae_title, '') as ae_title,
               planned.scheduled_at, planned.scheduled_at at time zone %(zone)s as local_at
          from imaging_order planned
          left join imaging_device device
            on (device.tenant_id, device.id) = (planned.tenant_id, planned.device_id)
         where planned.tenant_id = %(tenant)s and planned.branch_id = %(branch)s
           and planned.status = 'scheduled'
         order by abs(extract(epoch from planned.scheduled_at - %(now)s)), planned.id
         limit %(most)s) nearest
         order by is_priority desc, scheduled_at, id
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": branch_id,
            "zone": ctx.time_zone,
            "now": ctx.now,
            "most": most,
        },
    )
