"""Turning a frame into a picture or into plain pixels; runs inside the sandbox."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels.processing import apply_color_lut

from erp.adapters.dicom.counting import count_inside, value_unit
from erp.adapters.dicom.facts import Window, printable
from erp.adapters.dicom.frames import Frame, NotRenderable, read_frame, warm_up
from erp.adapters.dicom.source import Operation, Source
from erp.adapters.dicom.windowing import FUNCTIONS, WHITE, Shading, grey_levels, shading_of

Array = NDArray[Any]
Answer = tuple[dict[str, Any], bytes]
OVERLAY_GROUPS: Final = range(0x6000, 0x6020, 2)
COLOR: Final[dict[str, Any]] = {
    "samples": 3,
    "photometric": "RGB",
    "rescale": None,
    "windows": [],
    "computed_window": None,
    "voi_function": FUNCTIONS[0],
    "table_first": 0,
    "table_length": 0,
    "unit": "",
}


def render(source: Source, request: dict[str, Any]) -> Answer:
    """Answer a JPEG or PNG of one frame."""
    frame = read_frame(source, request)
    asked = Window(**request["window"]) if request.get("window") else None
    levels, window = _displayed(frame, asked, invert=bool(request.get("invert")))
    overlay = overlay_plane(frame) if request.get("overlays", True) else None
    if overlay is not None:
        levels[overlay] = WHITE
    image = _in_viewport(Image.fromarray(levels), request)
    edge = request.get("max_edge")
    if edge and max(image.size) > edge:
        image.thumbnail((edge, edge), Image.Resampling.BOX, reducing_gap=2.0)
    content = BytesIO()
    if request["format"] == "png":
        image.save(content, "PNG", compress_level=1)
    else:
        image.save(content, "JPEG", quality=request.get("quality", 85))
    used = window.model_dump() if window else None
    return {"width": image.width, "height": image.height, "window": used}, content.getvalue()


def _in_viewport(image: Image.Image, request: dict[str, Any]) -> Image.Image:
    """Return the region asked for, scaled to fit the viewport with its proportions kept.

    Source:
        PS3.18 8.3.5.1.3.
    """
    if request.get("region"):
        left, top, width, height = request["region"]
        if left >= image.width or top >= image.height:
            raise NotRenderable("The region lies outside the picture.")
        box = (left, top, min(left + width, image.width), min(top + height, image.height))
        image = image.crop(box)
    if request.get("viewport"):
        wide, high = request["viewport"]
        scale = min(wide / image.width, high / image.height)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BILINEAR)
    return image


def stored_frame(source: Source, request: dict[str, Any]) -> Answer:
    """Answer a frame as its object's own description says native samples lie, little endian.

    Nothing is converted: colour stays what the description calls it, palettes are not
    applied, planes stay planes, and YBR_FULL_422 has one pair of colours for two samples.
    """
    frame = read_frame(source, request, raw=True)
    samples = frame.samples
    if samples.dtype.kind == "b":
        return {"bits": 1}, np.packbits(samples.reshape(-1), bitorder="little").tobytes()
    is_color = samples.ndim > 2  # noqa: PLR2004
    if is_color and frame.pixels.photometric == "YBR_FULL_422":
        samples = _paired(samples)
    elif is_color and frame.values.integer("PlanarConfiguration") == 1:
        samples = np.moveaxis(samples, -1, 0)
    samples = np.ascontiguousarray(samples, dtype=samples.dtype.newbyteorder("<"))
    return {"bits": samples.dtype.itemsize * 8}, samples.tobytes()


def _paired(samples: Array) -> Array:
    """Return samples of YBR_FULL as YBR_FULL_422: two of brightness, then a pair of colours.

    Source:
        PS3.3 C.7.6.3.1.2.
    """
    rows, columns, _ = samples.shape
    if columns % 2:
        raise NotRenderable("A picture of odd width cannot be sent as YBR_FULL_422.")
    pairs = samples.reshape(rows, columns // 2, 2, 3)
    return np.concatenate([pairs[..., 0], pairs[:, :, 0, 1:]], axis=-1)


def raw_frame(source: Source, request: dict[str, Any]) -> Answer:
    """Answer a frame as little endian samples, colour by pixel, with their description.

    The bytes of a VOI table (a grey level for each value) follow the samples, then those of
    an overlay (a bit for each pixel, lowest first), where the description says there are any.
    """
    frame = read_frame(source, request)
    overlay = overlay_plane(frame)
    if _is_color(frame):
        samples, said, table = _color(frame), COLOR, b""
    else:
        shading = shading_of(frame)
        samples, said = shading.samples, _described(frame, shading)
        table = shading.table.levels.tobytes() if shading.table else b""
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8)
    samples = np.ascontiguousarray(samples, dtype=samples.dtype.newbyteorder("<"))
    bits = samples.dtype.itemsize * 8
    low, high = _ends(samples)
    description = said | {
        "rows": samples.shape[0],
        "columns": samples.shape[1],
        "bits_allocated": bits,
        "bits_stored": min(bits, said.get("bits_stored", bits)),
        "sample_kind": {"u": "unsigned", "i": "signed", "f": "float"}[samples.dtype.kind],
        "minimum": low,
        "maximum": high,
        "has_overlay": overlay is not None,
    }
    packed = b"" if overlay is None else np.packbits(overlay, bitorder="little").tobytes()
    return description, samples.tobytes() + table + packed


def _described(frame: Frame, shading: Shading) -> dict[str, Any]:
    rescale, computed, table = shading.rescale, shading.computed, shading.table
    return {
        "samples": 1,
        "bits_stored": frame.pixels.bits_stored,
        "photometric": frame.photometric,
        "rescale": rescale.model_dump() if rescale else None,
        "windows": [window.model_dump() for window in shading.windows],
        "computed_window": computed.model_dump() if computed else None,
        "voi_function": shading.function,
        "table_first": table.first if table else 0,
        "table_length": table.levels.size if table else 0,
        "unit": value_unit(frame),
    }


def _ends(samples: Array) -> tuple[float, float]:
    """Return the least and the greatest value that is a number; 0 where none is."""
    finite = samples[np.isfinite(samples)] if samples.dtype.kind == "f" else samples
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _is_color(frame: Frame) -> bool:
    return frame.photometric == "PALETTE COLOR" or frame.samples.ndim > 2  # noqa: PLR2004


def statistics(source: Source, request: dict[str, Any]) -> Answer:
    """Answer the figures of the pixels inside a rectangle or ellipse of one frame."""
    frame = read_frame(source, request)
    if _is_color(frame):
        raise NotRenderable("Colours have no figures.")
    return count_inside(frame, request["tool"], request["points"]), b""


def _displayed(
    frame: Frame, asked: Window | None, *, invert: bool
) -> tuple[NDArray[np.uint8], Window | None]:
    if _is_color(frame):
        color = _color(frame)
        return (WHITE - color if invert else color), None
    return grey_levels(frame, asked, invert=invert)


def _color(frame: Frame) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) 8-bit RGB."""
    samples = frame.samples
    bits = frame.pixels.bits_stored
    if frame.photometric == "PALETTE COLOR":
        samples = apply_color_lut(samples, frame.dataset)
        bits = samples.dtype.itemsize * 8
    if samples.shape[-1] != 3:  # noqa: PLR2004  red, green, blue
        raise NotRenderable(f"{samples.shape[-1]} samples per pixel cannot be shown.")
    if samples.dtype.kind == "f":
        raise NotRenderable("Colour of floating point samples cannot be shown.")
    shift = max(0, bits - 8)
    return np.ascontiguousarray(samples >> shift if shift else samples).astype(np.uint8)


def overlay_plane(frame: Frame) -> NDArray[np.bool_] | None:
    """Return where the object's overlay planes mark the picture (rows, columns); None for nowhere.

    Source:
        PS3.3 C.9.2.
    """
    marked = np.zeros(frame.samples.shape[:2], dtype=np.bool_)
    for group in OVERLAY_GROUPS:
        if (group, 0x3000) not in frame.dataset:
            continue
        try:
            plane = frame.dataset.overlay_array(group)
            row, column = (int(part) - 1 for part in frame.dataset[group, 0x0050].value)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # a broken overlay hides nothing of the picture
        if plane.ndim != 2 or row < 0 or column < 0:  # noqa: PLR2004  one plane
            continue
        target = marked[row : row + plane.shape[0], column : column + plane.shape[1]]
        target |= plane[: target.shape[0], : target.shape[1]] > 0
    return marked if marked.any() else None


def _guarded(operation: Callable[[Source, dict[str, Any]], Answer]) -> Operation:
    """Return an operation that answers why a frame cannot be shown.

    What is no `Exception`, such as a panic of native code, ends the process: nobody knows what it
    leaves behind, and a fresh child costs less than a wrong picture.
    """

    def answer(source: Source, request: dict[str, Any]) -> Answer:
        try:
            return operation(source, request)
        except NotRenderable as reason:
            return {"not_renderable": printable(str(reason))}, b""
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  a stranger's pixels: any failure is theirs
            text = f"The pixel data cannot be decoded: {error}".splitlines()[0]
            return {"not_renderable": printable(text)}, b""

    return answer


warm_up()

OPERATIONS: Final[dict[str, Operation]] = {
    "render": _guarded(render),
    "raw": _guarded(raw_frame),
    "stored": _guarded(stored_frame),
    "statistics": _guarded(statistics),
}
