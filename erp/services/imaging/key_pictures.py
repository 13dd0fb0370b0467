"""The pictures of a report: chosen by people, drawn as they saw them, with the marks over them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import instant_text
from erp.services import documents
from erp.services.imaging.gauging import Point, laid, size_text
from erp.services.imaging.ports import DrawnFrame, KeyImageMaker, Look, SeenWindow
from erp.services.imaging.printing import KeyImage, PrintedMark
from erp.services.imaging.queries import key_frames, report_measurements, report_pictures

KEY_IMAGES: Final = 6
MARKED_IMAGES: Final = 24
LARGEST_OBJECT_BYTES: Final = 512 * 1024 * 1024
THOUSAND: Final = 1000
WHOLE_FROM: Final = 10.0
"""Windows at least as wide are told in whole numbers, as the viewer's corner has them."""
PLAIN: Final = Look()
"""As the object itself asks to be seen."""
SOURCES: Final = {
    "pixel_spacing_calibrated": "calibrated",
    "imager_pixel_spacing": "at the detector",
    "nominal_scanned_pixel_spacing": "nominal",
    "ultrasound_region": "in the ultrasound region",
    "invalid": "spacing invalid",
    "none": "no spacing",
}
"""What must be known of the millimetres or pixels of a size, as `viewer_words.js` has it."""


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A frame chosen for the report and where its bytes are.

    Attributes:
        frame: Counts from 1.
        look: How whoever marked it saw it.
        marked: Who marked it and when; empty where nobody did.
        size: Width and height as people see it, in millimetres or, where none are known, pixels.
        marks: What is drawn on the frame, in the measure of `size`.
    """

    storage_key: str
    frame: int
    caption: str
    is_lossy: bool
    size: tuple[float, float]
    look: Look = PLAIN
    marked: str = ""
    marks: tuple[PrintedMark, ...] = ()


def key_pictures(session: Session, ctx: RequestContext, session_id: UUID) -> tuple[KeyPicture, ...]:
    """Choose the key images that people marked; without any, frames spread evenly."""
    drawn = _marks_by_frame(report_measurements(session, ctx, session_id))
    marked = key_frames(session, ctx, session_id)[:MARKED_IMAGES]
    if marked:
        return tuple(_marked(ctx, row, drawn) for row in marked)
    rows = report_pictures(session, ctx, session_id)
    count = min(KEY_IMAGES, len(rows))
    chosen = [rows[(2 * n + 1) * len(rows) // (2 * count)] for n in range(count)]
    return tuple(_picture(ctx, row | {"frame": (row["frames"] + 1) // 2}, drawn) for row in chosen)


def draw_picture(
    picture: KeyPicture, storage: documents.ObjectStorage, maker: KeyImageMaker
) -> KeyImage:
    """Return a chosen frame as it is printed; where no picture can be made of it, why.

    Raises:
        Unavailable: The store or the reader of images does not answer.
    """
    try:
        drawn, problem = _drawn(picture, storage, maker)
    except documents.ObjectMissing:
        drawn, problem = None, "Its bytes are gone or damaged."
    if drawn is None:
        return KeyImage(b"", _told(picture, ""), size=picture.size, problem=problem)
    return KeyImage(
        png=drawn.png,
        caption=_told(picture, look_text(picture.look, drawn.window)),
        size=picture.size,
        is_lossy=picture.is_lossy,
        marks=picture.marks,
    )


def _drawn(
    picture: KeyPicture, storage: documents.ObjectStorage, maker: KeyImageMaker
) -> tuple[DrawnFrame | None, str]:
    found = storage.find(picture.storage_key)
    if found is not None and found.size > LARGEST_OBJECT_BYTES:
        return None, "The object is too large to be printed."
    drawn = maker.key_image(storage.read(picture.storage_key), picture.frame, picture.look)
    return drawn, "" if drawn else "No picture can be made of it."


def _told(picture: KeyPicture, seen: str) -> str:
    """Return a caption: what it is, how it is seen, who chose it."""
    return " \u00b7 ".join(part for part in (picture.caption, seen, picture.marked) if part)


Marks = Mapping[tuple[UUID, int], Sequence[db.Row]]


def _marks_by_frame(rows: Sequence[db.Row]) -> Marks:
    found: dict[tuple[UUID, int], list[db.Row]] = defaultdict(list)
    for row in rows:
        if row["tool"] != "key":
            found[row["instance_id"], row["frame"]].append(row)
    return found


def _marked(ctx: RequestContext, row: db.Row, drawn: Marks) -> KeyPicture:
    look = Look.model_validate(row["look"]) if row["look"] else PLAIN
    marked = f"marked by {row['author_name']}, {instant_text(row['recorded_at'], ctx.time_zone)}"
    return _picture(ctx, row, drawn, look, marked)


def _picture(
    ctx: RequestContext, row: db.Row, drawn: Marks, look: Look = PLAIN, marked: str = ""
) -> KeyPicture:
    series = row["description"] or row["modality"] or "Series"
    place = f", frame {row['frame']} of {row['frames']}" if row["frames"] > 1 else ""
    spacing = row["spacing_mm"]
    [size] = laid([(row["columns"], row["rows"])], spacing)
    return KeyPicture(
        storage_key=documents.blob_key(ctx.tenant_id, row["sha256"]),
        frame=row["frame"],
        caption=f"{series}, image {row['number'] or '-'}{place}",
        is_lossy=row["is_lossy"],
        size=size,
        look=look,
        marked=marked,
        marks=tuple(_printed(mark, spacing) for mark in drawn.get((row["id"], row["frame"]), ())),
    )


def _printed(row: db.Row, spacing: Sequence[float] | None) -> PrintedMark:
    points: list[Point] = [(x, y) for x, y in row["points_px"]]
    return PrintedMark(row["tool"], tuple(laid(points, spacing)), mark_lines(row))


def mark_lines(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands beside a mark: size, figures, words; `viewer_words.js` has the same.

    Args:
        row: A mark in force, with the server's count of what it encloses.
    """
    words = tuple(row["label"].split("\n")) if row["label"] else ()
    if row["value"] is None:
        return words
    source = SOURCES.get(row["spacing_source"], "") if row["unit"] != "deg" else ""
    size = size_text(row["value"], row["unit"]) + (f" ({source})" if source else "")
    return (size, *_figures(row), *words)


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    found = row["counted"] or row["statistics"]
    if not found:
        return ()
    unit = f" {found['unit']}" if found.get("unit") else ""
    figures = (
        f"mean {_short(found['mean'])}{unit}  SD {_short(found['deviation'])}",
        f"min {_short(found['minimum'])}  max {_short(found['maximum'])}{unit}",
    )
    return figures if row["counted"] else (*figures, "not checked by the server")


def _short(value: float) -> str:
    is_whole = abs(value) >= THOUSAND or float(value).is_integer()
    return f"{value:.0f}" if is_whole else f"{value:.1f}"


def look_text(look: Look, window: SeenWindow | None) -> str:
    """Return how a picture is seen, in the words of the viewer: `W 400 C 40, inverted`.

    Args:
        window: The one it was drawn with.
    """
    said = []
    if window is not None:
        said.append(f"W {_figure(window.width, window)} C {_figure(window.center, window)}")
    if look.function == "SIGMOID":
        said.append("sigmoid")
    if look.is_inverted:
        said.append("inverted")
    return ", ".join(said)


def _figure(value: float, window: SeenWindow) -> str:
    return f"{value:.0f}" if window.width >= WHOLE_FROM else f"{value:.4g}"
