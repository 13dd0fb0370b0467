"""What leaves the archive: copies without identity, and studies whose time is over."""

import secrets
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
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
_OTHER_KIND = "no picture: a report, a document, a waveform or the like"
_TOO_LARGE = f"larger than {LARGEST_OBJECT // 1024**2} MiB"
_UNREADABLE = "cannot be read well enough to take the identity out"
_FAULTS: Final[dict[documents.Fault, str]] = {
    "damaged": "damaged in the archive",
    "missing": "gone from the archive",
}


class NothingToExport(Exception):
    """No object of the study could be copied; says why."""


@dataclass
class _Copies:
    """What goes into an export by its place in the directory, and why the rest does not.

    Attributes:
        faults: Digests of objects whose bytes are not whole here, with what is wrong.
    """

    files: dict[str, Path] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: dict[str, documents.Fault] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        return self.reasons.total()

    def why(self) -> list[str]:
        """Return what is left out and why, one text for each reason."""
        return [f"{count} {reason}" for reason, count in sorted(self.reasons.items())]

    def in_one_line(self) -> str:
        """Return how complete the copy is."""
        return f"Ready. Left out: {'; '.join(self.why())}." if self.left_out else "Ready"


def make_export(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Make the de-identified copy that was asked for, and keep it as a document.

    An outage is waited out; what fails for another reason three times is said to have failed.
    """
    plan = imaging.plan_export(session, ctx, UUID(delivery.payload["export_id"]))
    if plan is None:
        return
    try:
        stored, made = _make(session, ctx, plan)
    except (Busy, Unavailable):
        raise
    except NothingToExport as nothing:
        problem = f"Nothing could be copied: {nothing}."
        imaging.fail_export(session, ctx, plan.export_id, plan.study_id, problem)
    except Exception as error:
        if delivery.attempts < ATTEMPTS:
            raise
        _log.exception("export_failed", export_id=str(plan.export_id))
        problem = f"It could not be made ({type(error).__name__}). Ask for it again later."
        about = plan.export_id, plan.study_id
        apart(ctx, lambda s, own: imaging.fail_export(s, own, *about, problem))
    else:
        counts = len(made.files), made.left_out
        imaging.finish_export(session, ctx, plan, stored.id, counts, made.in_one_line())


def _make(
    session: db.UnitOfWork, ctx: RequestContext, plan: imaging.ExportPlan
) -> tuple[documents.DocumentRow, _Copies]:
    secret = secrets.token_hex(32)
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        place = Path(folder)
        made = _copies(ctx, plan, secret, place)
        for digest, fault in made.faults.items():
            documents.note_check(session, ctx, digest, fault)
        if not made.files:
            raise NothingToExport("; ".join(made.why()) or "it holds no objects")
        _show(ctx, plan, 90, "Packing")
        archive = place / "export.zip"
        _pack(archive, place, made)
        _show(ctx, plan, 96, "Keeping the file")
        new = documents.NewDocument(
            origin_type=imaging.EXPORT_ORIGIN,
            origin_id=plan.export_id,
            variant="zip",
            file_name=plan.file_name,
            media_type="application/zip",
        )
        stored = documents.store_file(session, ctx, object_storage(), new, archive)
    return stored, made


def _copies(ctx: RequestContext, plan: imaging.ExportPlan, secret: str, place: Path) -> _Copies:
    """Write a copy of each object that can be copied."""
    made = _Copies(reasons=Counter({_OTHER_KIND: plan.left_out} if plan.left_out else {}))
    with closing(MediaDirectory()) as directory:
        for number, one in enumerate(plan.objects):
            _show(ctx, plan, 2 + 85 * number // len(plan.objects), f"Object {number + 1}")
            _copy(one, plan.dates, secret, place / f"{number}.dcm", directory, made)
        media = place / "media"
        media.mkdir()
        listed = directory.write(media) if made.files else {}
    made.files = {listed[identity]: path for identity, path in made.files.items()}
    return made


def _copy(
    one: imaging.ExportPicture,
    dates: str,
    secret: str,
    path: Path,
    directory: MediaDirectory,
    made: _Copies,
) -> None:
    """Write the copy of an object, or note why there is none."""
    try:
        if one.size > LARGEST_OBJECT:
            made.reasons[_TOO_LARGE] += 1
            return
        content = object_storage().read(one.storage_key)
        copy = deidentifier().copy(content, secret=secret, dates=dates)
        made.files[directory.add(copy.known)] = path
        path.write_bytes(copy.content)
    except NotDeidentified as reason:
        _log.info("left_out_of_export", sop_uid=one.sop_uid, reason=str(reason))
        made.reasons[_UNREADABLE] += 1
    except documents.ObjectMissing as gone:
        fault: documents.Fault = (
            "damaged" if isinstance(gone, documents.ObjectDamaged) else "missing"
        )
        _log.warning("left_out_of_export", sop_uid=one.sop_uid, reason=fault)
        made.reasons[_FAULTS[fault]] += 1
        made.faults[one.sha256] = fault


def _pack(archive: Path, place: Path, made: _Copies) -> None:
    why = "".join(f"- {line}\n" for line in made.why())
    note = _NOTE.format(objects=len(made.files), left_out=made.left_out, why=why)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("README.TXT", note)
        packed.write(place / "media" / DIRECTORY, DIRECTORY)
        for name, path in made.files.items():
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
