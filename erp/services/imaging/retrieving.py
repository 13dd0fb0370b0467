"""Where the objects of a study are, for the edges that hand them out."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.documents import blob_key
from erp.services.imaging.detailing import InstanceSource
from erp.services.imaging.errors import UnknownObject

MOST_OBJECTS: Final = 20_000


class ArchivedObject(InstanceSource):
    """An object with its place in the archive."""

    study_uid: str
    series_uid: str
    sop_class: str
    transfer_syntax: str
    flags: list[str]


def find_objects(
    session: Session,
    ctx: RequestContext,
    study_uid: str,
    series_uid: str = "",
    sop_uid: str = "",
) -> list[ArchivedObject]:
    """Return the objects of a study, a series or one object, in the order of their numbers.

    Another tenant's identifiers, and those of a removed study, are not found.

    Raises:
        PermissionDenied: The actor may not see images.
        UnknownObject: There is no such study, series or object.
        InvalidInput: There are more than are handed out at once; a part would pass for the whole.
    """
    ctx.require("imaging.view")
    rows = db.fetch_all(
        session,
        """
        select instance.id, instance.sha256, instance.size, instance.sop_uid, instance.preamble,
               instance.frames, instance.is_renderable, instance.not_renderable_because,
               instance.pixels, study.study_uid, series.series_uid, instance.sop_class,
               instance.transfer_syntax, instance.flags
          from dicom_study study
          join dicom_series series on (series.tenant_id, series.study_id) = (study.tenant_id, study.id)
          join dicom_instance instance
            on (instance.tenant_id, instance.series_id) = (series.tenant_id, series.id)
         where study.tenant_id = %(tenant)s and study.study_uid = %(study)s
           and study.removed_at is null
           and (%(series)s = '' or series.series_uid = %(series)s)
           and (%(sop)s = '' or instance.sop_uid = %(sop)s)
         order by series.number, series.id, instance.number, instance.id limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "study": study_uid,
            "series": series_uid,
            "sop": sop_uid,
            "limit": MOST_OBJECTS + 1,
        },
    )
    if not rows:
        raise UnknownObject("There is no such study, series or object.")
    if len(rows) > MOST_OBJECTS:
        raise InvalidInput(f"There are more than {MOST_OBJECTS} objects; ask for a series of them.")
    return [
        ArchivedObject(**row, storage_key=blob_key(ctx.tenant_id, row["sha256"])) for row in rows
    ]


def attrs_of(
    session: Session, ctx: RequestContext, instance_ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return the public attributes of some objects in the DICOM JSON model.

    Raises:
        PermissionDenied: The actor may not see images.
    """
    ctx.require("imaging.view")
    rows = db.fetch_all(
        session,
        "select id, attrs from dicom_instance where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, list(instance_ids)),
    )
    return {row["id"]: row["attrs"] for row in rows}
