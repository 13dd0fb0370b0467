"""Where the objects of a study are, for the edges that hand them out."""

from typing import Any, Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.documents import blob_key
from erp.services.imaging.detailing import InstanceSource
from erp.services.imaging.errors import UnknownObject

MOST_OBJECTS: Final = 20_000


class ArchivedObject(InstanceSource):
    """An object with its place in the archive.

    Attributes:
        attrs: Public attributes in the DICOM JSON model; empty unless they were asked for.
    """

    study_uid: str
    series_uid: str
    sop_class: str
    transfer_syntax: str
    flags: list[str]
    attrs: dict[str, Any]


def find_objects(
    session: Session,
    ctx: RequestContext,
    study_uid: str,
    series_uid: str = "",
    sop_uid: str = "",
    *,
    with_attrs: bool = False,
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
               instance.transfer_syntax, instance.flags,
               case when %(attrs)s then instance.attrs else '{}' end as attrs
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
            "attrs": with_attrs,
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
