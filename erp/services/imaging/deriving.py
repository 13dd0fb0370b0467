"""What a session's pictures are, series by series, for those who work figures out of them."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result


class SeriesInput(Result):
    """A series of a session with the digests of its objects that are in the archive."""

    id: UUID
    digests: list[str]


def series_inputs(
    session: Session, ctx: RequestContext, session_id: UUID
) -> dict[str, SeriesInput]:
    """Return the series of a session by their UID; those of removed studies are none."""
    rows = db.fetch_all(
        session,
        """
        select series.series_uid, series.id, array_agg(distinct instance.sha256) as digests
          from dicom_instance instance
          join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          join dicom_study study on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
         where instance.tenant_id = %s and instance.session_id = %s and study.removed_at is null
         group by series.series_uid, series.id order by series.id
        """,
        (ctx.tenant_id, session_id),
    )
    return {
        row["series_uid"]: SeriesInput(id=row["id"], digests=list(row["digests"])) for row in rows
    }
