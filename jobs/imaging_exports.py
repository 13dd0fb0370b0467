"""What leaves the archive: copies without identity, and studies whose time is over."""

import secrets
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog
from redis import RedisError

from erp.adapters.dicom.deidentifier import (
    DIRECTORY,
    MediaDirectory,
    NotDeidentified,
    deidentifier,
)
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy, Unavailable
from erp.core.live_channel import live_channel
from erp.services import catalogue_of_actions, documents, imaging, platform
from jobs.queues import connect
from jobs.run import apart

__all__ = ["catalogue_of_actions", "make_export", "remove_study"]
T = TypeVar("T")
ATTEMPTS = 3
LARGEST_OBJECT = 512 * 1024 * 1024
_log = structlog.get_logger()
_NOTE = """This study was copied without the patient's identity, by the Basic Application Level
Confidentiality Profile of DICOM PS3.15. Pixel data is unchanged. Private elements, overlays,
reports and documents are left out. Objects: {objects}. Left out: {left_out}.
{why}"""


def make_export(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Make the de-identified copy that was asked for, and keep it as a document.

    An outage is waited out; what fails for another reason three times is said to have failed.
    """
    plan = imaging.plan_export(session, ctx, UUID(delivery.payload["export_id"]))
    if plan is None:
        return
    try:
        stored, counts = _make(session, ctx, plan)
    except (Busy, Unavailable):
        raise
    except Exception as error:
        if delivery.attempts < ATTEMPTS:
            raise
        _log.exception("export_failed", export_id=str(plan.export_id))
        problem = f"It could not be made ({type(error).__name__}). Ask for it again later."
        about = plan.export_id, plan.study_id
        apart(ctx, lambda s, own: imaging.fail_export(s, own, *about, problem))
    else:
        imaging.finish_export(session, ctx, plan, stored.id, counts)


def _make(
    session: db.UnitOfWork, ctx: RequestContext, plan: imaging.ExportPlan
) -> tuple[documents.DocumentRow, tuple[int, int]]:
    secret = secrets.token_hex(32)
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        place = Path(folder)
        made, left_out = _copies(ctx, plan, secret, place)
        _show(ctx, plan, 90, "Packing")
        archive = place / "export.zip"
        _pack(archive, place, made, left_out)
        _show(ctx, plan, 96, "Keeping the file")
        new = documents.NewDocument(
            origin_type=imaging.EXPORT_ORIGIN,
            origin_id=plan.export_id,
            variant="zip",
            file_name=plan.file_name,
            media_type="application/zip",
        )
        stored = documents.store_file(session, ctx, object_storage(), new, archive)
    return stored, (len(made), left_out)


def _copies(
    ctx: RequestContext, plan: imaging.ExportPlan, secret: str, place: Path
) -> tuple[dict[str, Path], int]:
    """Write a copy of each object; returns them by their place in the directory."""
    with closing(MediaDirectory()) as directory:
        return _listed_copies(ctx, plan, secret, place, directory)


def _listed_copies(
    ctx: RequestContext,
    plan: imaging.ExportPlan,
    secret: str,
    place: Path,
    directory: MediaDirectory,
) -> tuple[dict[str, Path], int]:
    left_out = plan.left_out
    files: dict[str, Path] = {}
    for number, one in enumerate(plan.objects):
        _show(ctx, plan, 2 + 85 * number // len(plan.objects), f"Object {number + 1}")
        try:
            if one.size > LARGEST_OBJECT:
                raise NotDeidentified("It is too large.")  # noqa: TRY301  counted as the others
            content = object_storage().read(one.storage_key)
            copy = deidentifier().copy(content, secret=secret, dates=plan.dates)
            identity = directory.add(copy.known)
        except (NotDeidentified, documents.ObjectMissing) as reason:
            _log.info("left_out_of_export", sop_uid=one.sop_uid, reason=str(reason))
            left_out += 1
            continue
        files[identity] = place / f"{number}.dcm"
        files[identity].write_bytes(copy.content)
    media = place / "media"
    media.mkdir()
    listed = directory.write(media) if files else {}
    return {listed[identity]: path for identity, path in files.items()}, left_out


def _pack(archive: Path, place: Path, made: dict[str, Path], left_out: int) -> None:
    note = _NOTE.format(objects=len(made), left_out=left_out)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("README.TXT", note)
        if made:
            packed.write(place / "media" / DIRECTORY, DIRECTORY)
        for name, path in made.items():
            packed.write(path, name)


def _show(ctx: RequestContext, plan: imaging.ExportPlan, percent: int, step: str) -> None:
    """Show how far an export is."""
    apart(ctx, lambda s, own: imaging.note_export(s, own, plan.export_id, percent, step))
    try:
        connect().publish(live_channel(ctx.tenant_id, "imaging"), "")
    except RedisError:
        _log.info("progress_not_told", export_id=str(plan.export_id))


def remove_study(_session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Remove the bytes of a study whose removal was approved; its rows stay as trace.

    The study is marked first and for good. Then its bytes go, each unless it came back; a
    repetition goes over them again.

    Raises:
        Unavailable: The object store is away, or the tenant was suspended meanwhile; the rest is
            removed later.
    """
    if delivery.payload["status"] != "approved":
        return
    removal_id = UUID(delivery.payload["removal_id"])
    digests = _apart(ctx, lambda s, own: imaging.take_out(s, own, removal_id))
    removed = sum(_remove(ctx, digest) for digest in digests)
    _log.info("study_removed", study_id=delivery.payload["study_id"], objects=removed)


def _remove(ctx: RequestContext, digest: str) -> bool:
    """Remove bytes; false where they came back.

    That they go is committed before they do: a worker killed in between leaves no bytes that
    count as there and are not.
    """
    return _apart(ctx, lambda s, own: imaging.let_go(s, own, digest)) and _apart(
        ctx, partial(_take_away, digest=digest)
    )


def _take_away(session: db.UnitOfWork, ctx: RequestContext, *, digest: str) -> bool:
    """Remove bytes while nobody can record them again."""
    goes = documents.still_going(session, ctx, digest)
    if goes:
        object_storage().remove(documents.blob_key(ctx.tenant_id, digest))
    return goes


def _apart(ctx: RequestContext, change: Callable[[db.UnitOfWork, RequestContext], T]) -> T:
    done = apart(ctx, change)
    if done is None:
        raise Unavailable("The organisation is suspended; the removal waits.")
    return done
