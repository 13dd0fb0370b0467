"""Counting what rectangles and ellipses enclose, from the stored pixels."""

from typing import Any
from uuid import UUID

from erp.adapters.dicom.rendering import NotRenderable, default_renderer
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.adapters.dicom.stored_frames import stored_frame
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound, Unavailable
from erp.services import catalogue_of_actions, imaging, platform

__all__ = ["catalogue_of_actions", "count_figures"]


def count_figures(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Count the pixels inside a new rectangle or ellipse and write the figures beside it.

    Where that cannot be, because the study was removed for instance, the reason stands there.

    Raises:
        Unavailable: Object store or reader is away; the delivery is tried again.
    """
    annotation_id = UUID(delivery.payload["annotation_id"])
    drawn = imaging.find_uncounted(session, ctx, annotation_id)
    if drawn is None:
        return
    figures, problem = _figures(session, ctx, drawn)
    imaging.note_figures(session, ctx, annotation_id, figures, problem)


def _figures(
    session: db.UnitOfWork, ctx: RequestContext, drawn: imaging.Uncounted
) -> tuple[dict[str, Any] | None, str]:
    wanted = imaging.GetInstance(instance_id=drawn.instance_id)
    try:
        found = imaging.find_instance(session, ctx, wanted)
        source, frame = stored_frame(object_storage(), found, drawn.frame)
        counted = default_renderer().figures(source, frame, drawn.tool, drawn.points_px)
    except NotRenderable as error:
        return None, str(error)
    except NotFound as gone:
        return None, gone.message
    except SandboxUnavailable as error:
        raise Unavailable("The reader of images does not start; try again later.") from error
    return counted.model_dump(mode="json"), ""
