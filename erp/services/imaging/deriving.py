"""What a session's pictures are, series by series, for those who work figures out of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result


class SeriesInput(Result):
    """A series of a session with the digests of its objects that are in the archive."""

    id: UUID
    digests: list[str]


class NamedSession(Result):
    """A session with its number."""

    id: UUID
    number: str


def sessions_named(
    session: Session, ctx: RequestContext, names: Collection[str]
) -> dict[str, list[NamedSession]]:
    """Return sessions by what names them: their number, or the UID of their study."""
    rows = db.fetch_all(
        session,
        "select id, number, study_uid from imaging_session where tenant_id = %(tenant)s"
        " and (number = any(%(names)s) or study_uid = any(%(names)s)) order by id limit 5000",
        {"tenant": ctx.tenant_id, "names": [name for name in names if name]},
    )
    found: dict[str, list[NamedSession]] = {}
    for row in rows:
        named = NamedSession(id=row["id"], number=row["number"])
        for name in {row["number"], row["study_uid"]} & set(names):
            found.setdefault(name, []).append(named)
    return found


def series_inputs(
    session: Session, ctx: RequestContext, session_id: UUID
) -> dict[str, SeriesInput]:
    """Return the series of a session by their UID; those of removed studies are none."""
    return inputs_of(session, ctx, [session_id])[session_id]


def inputs_of(
    session: Session, ctx: RequestContext, session_ids: Collection[UUID]
) -> dict[UUID, dict[str, SeriesInput]]:
    """Return the series of several sessions, each as `series_inputs` does."""
    rows = db.fetch_all(
        session,
        """
        select instance.session_id, series.series_uid, series.id,
               array_agg(distinct instance.sha256) as digests
          from dicom_instance instance
          join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          join dicom_study study on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
         where instance.tenant_id = %s and instance.session_id = any(%s)
           and study.removed_at is null
         group by instance.session_id, series.series_uid, series.id order by series.id
        """,
        (ctx.tenant_id, list(session_ids)),
    )
    found: dict[UUID, dict[str, SeriesInput]] = {one: {} for one in session_ids}
    for row in rows:
        own = SeriesInput(id=row["id"], digests=list(row["digests"]))
        found[row["session_id"]][row["series_uid"]] = own
    return found
