"""Performed steps as the page of their session shows them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result


class StepRow(Result):
    """A performed step of a session.

    Attributes:
        series: How many series it made, `images` how many objects they list.
        stored: How many of those objects are in the archive.
    """

    id: UUID
    step_id: str
    station: str
    modality: str
    description: str
    state: str
    reason: str
    series: int
    images: int
    stored: int
    started_at: datetime
    ended_at: datetime | None


def steps_of(session: Session, ctx: RequestContext, session_id: UUID) -> list[StepRow]:
    """Return what modalities told of a session's steps, the latest first."""
    rows = db.fetch_all(
        session,
        """
        select step.id, step.step_id, step.station, step.modality, step.description, step.state,
               step.reason, jsonb_array_length(step.series) as series, step.images,
               step.started_at, step.ended_at,
               (select count(*) from jsonb_array_elements(step.series) made,
                       jsonb_array_elements_text(made -> 'images') listed (sop_uid)
                  join dicom_instance instance
                    on instance.tenant_id = %(tenant)s and instance.sop_uid = listed.sop_uid
               ) as stored
          from performed_step step
         where step.tenant_id = %(tenant)s and step.session_id = %(id)s
         order by step.started_at desc, step.id desc limit 100
        """,
        {"tenant": ctx.tenant_id, "id": session_id},
    )
    return [StepRow(**row) for row in rows]
