"""What was measured on a patient's pictures over time, for those who show it beside other results."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result


class PatientMeasurement(Result):
    """A measurement in force on a picture of a patient.

    Attributes:
        name: What was measured: the protocol, the tool, and the words beside the mark.
        by: Who or what measured: a person, the device, or software.
    """

    name: str
    unit: str
    value: Decimal
    at: datetime
    by: str
    session_id: UUID
    session_number: str


def patient_measurements(
    session: Session,
    ctx: RequestContext,
    patient_id: UUID,
    from_day: date | None = None,
    to_day: date | None = None,
) -> list[PatientMeasurement]:
    """Return lengths, angles and areas on a patient's pictures, by name and then by time.

    Only marks in force whose scale is known: pixels are not compared between devices.

    Raises:
        PermissionDenied: The actor may not see images.
    """
    ctx.require("imaging.view")
    rows = db.fetch_all(
        session,
        """
        select concat_ws(' \u00b7 ', nullif(held.protocol, ''), initcap(known.tool), nullif(known.label, '')) as name,
               known.unit, known.value::numeric as value, coalesce(held.started_at, known.recorded_at) as at,
               case known.origin when 'human' then known.author_name when 'device' then device.name
                    else 'Software, ' || known.author_name end as by,
               held.id as session_id, held.number as session_number
          from imaging_session held
          join imaging_device device
            on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
          join annotation known on (known.tenant_id, known.session_id) = (held.tenant_id, held.id)
         where held.tenant_id = %(tenant)s and held.patient_id = %(patient)s
           and known.tool in ('length', 'angle', 'rectangle', 'ellipse')
           and known.value is not null and known.unit not like 'px%%' and not known.is_deleted
           and not exists (select from annotation later
                where (later.tenant_id, later.supersedes_id) = (known.tenant_id, known.id))
           and (%(first)s::date is null
                or (coalesce(held.started_at, known.recorded_at) at time zone %(zone)s)::date >= %(first)s)
           and (%(last)s::date is null
                or (coalesce(held.started_at, known.recorded_at) at time zone %(zone)s)::date <= %(last)s)
         order by 1, known.unit, 4, known.id limit 2000
        """,
        {
            "tenant": ctx.tenant_id,
            "patient": patient_id,
            "first": from_day,
            "last": to_day,
            "zone": ctx.time_zone,
        },
    )
    return [PatientMeasurement(**row) for row in rows]
