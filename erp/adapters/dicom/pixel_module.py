"""Checking an image's promise against its bytes, before any memory is asked for."""

from dataclasses import dataclass
from struct import unpack
from typing import Final, Literal

from erp.adapters.dicom.facts import Pixels, Reason, Refused
from erp.adapters.dicom.file_meta import DEFLATED, EXPLICIT_BIG
from erp.adapters.dicom.source import Source
from erp.adapters.dicom.structure import PIXEL_DATA, Element, Structure
from erp.adapters.dicom.values import Values

FLOAT_PIXELS: Final = 0x7FE00008
DOUBLE_PIXELS: Final = 0x7FE00009
PIXEL_TAGS: Final = frozenset({PIXEL_DATA, FLOAT_PIXELS, DOUBLE_PIXELS})
BIT_DEPTHS: Final = frozenset({1, 8, 16, 32, 64})
SAMPLE_COUNTS: Final = frozenset({1, 3, 4})
FRAME_LIMIT_BYTES: Final = 512 * 1024 * 1024
SUSPECT_FRAME_BYTES: Final = 64 * 1024 * 1024
SUSPECT_RATIO: Final = 1000
PIXEL_VRS: Final[dict[bytes, Literal["OB", "OF", "OD"]]] = {
    b"OB": "OB",
    b"OF": "OF",
    b"OD": "OD",
}
CODESTREAM_STARTS: Final = (b"\xff\xd8", b"\xff\x4f")


@dataclass(frozen=True, slots=True)
class PixelFinding:
    """The checked description and why no picture can be made of it, if so."""

    pixels: Pixels
    obstacle: str | None


def check_pixels(
    values: Values, structure: Structure, source: Source, element: Element
) -> PixelFinding:
    """Return the description of an image whose promise its bytes can keep.

    Raises:
        Refused: `bad_pixel_module` or `size_mismatch`.

    Source:
        PS3.3 C.7.6.3 (image pixel module), PS3.5 section 8 and annex A.4.
    """
    shape = _shape(values, element)
    obstacle = _obstacle(values, shape, element, structure)
    if obstacle == "empty":
        return PixelFinding(shape, "The pixel data is empty.")
    if structure.fragments:
        shape = _encapsulated(values, shape, structure, source)
        if shape.frames > 1 and not shape.spans:
            obstacle = obstacle or "The frames cannot be told apart."
    else:
        shape = _native(values, shape, element)
    if obstacle is None and shape.frame_bytes > FRAME_LIMIT_BYTES:
        obstacle = "One frame is larger than the renderer's memory."
    return PixelFinding(shape, obstacle)


def _shape(values: Values, element: Element) -> Pixels:
    rows, columns = values.integer("Rows"), values.integer("Columns")
    bits = {FLOAT_PIXELS: 32, DOUBLE_PIXELS: 64}.get(element.tag, values.integer("BitsAllocated"))
    samples = values.integer("SamplesPerPixel")
    frames = _frame_count(values)
    if not rows or not columns or not bits or samples == 0 or min(rows, columns, bits) < 0:
        raise Refused(
            Reason.BAD_PIXEL_MODULE,
            f"Rows {rows}, columns {columns}, bits {bits}, samples {samples} describe no image.",
        )
    count = abs(samples or 1)
    return Pixels(
        rows=rows,
        columns=columns,
        frames=frames,
        samples=count,
        bits_allocated=bits,
        bits_stored=abs(values.integer("BitsStored") or bits),
        is_signed=values.integer("PixelRepresentation") == 1,
        photometric=values.text("PhotometricInterpretation") or "",
        pixel_vr=PIXEL_VRS.get(element.vr, "OW"),
        pixel_at=element.start,
        frame_bytes=-(-rows * columns * count * bits // 8),
    )


def _frame_count(values: Values) -> int:
    frames = values.integer("NumberOfFrames")
    if frames is None or frames == 0:
        if frames == 0:
            values.flags.add("number_of_frames_invalid")
        return 1
    if frames < 0:
        raise Refused(Reason.BAD_PIXEL_MODULE, f"The number of frames is {frames}.")
    return frames


def _obstacle(values: Values, shape: Pixels, element: Element, structure: Structure) -> str | None:
    """Return why no picture can be made although the object may be kept."""
    is_float = element.tag != PIXEL_DATA
    held = sum(length for _, length in structure.fragments[1:]) or element.length
    if held == 0 or (structure.fragments and len(structure.fragments) == 1):
        values.flags.add("pixel_data_empty")
        return "empty"
    if shape.bits_stored > shape.bits_allocated:
        values.flags.add("bits_stored_invalid")
        return f"Bits stored {shape.bits_stored} of {shape.bits_allocated} allocated."
    if shape.bits_allocated not in BIT_DEPTHS:
        return f"Bits allocated {shape.bits_allocated} cannot be shown."
    if shape.samples not in SAMPLE_COUNTS:
        return f"{shape.samples} samples per pixel cannot be shown."
    if not shape.photometric and not is_float:
        return "The photometric interpretation is missing."
    return None


def _native(values: Values, shape: Pixels, element: Element) -> Pixels:
    frame_bytes = shape.frame_bytes
    if shape.photometric == "YBR_FULL_422":
        frame_bytes = frame_bytes * 2 // 3
    pixels = shape.rows * shape.columns * shape.samples
    promised = frame_bytes * shape.frames
    if shape.bits_allocated == 1:
        promised = -(-pixels * shape.frames // 8)
    if promised > element.length:
        raise Refused(
            Reason.SIZE_MISMATCH,
            f"{shape.frames:,} frames of {shape.rows} x {shape.columns} need {promised:,} bytes; "
            f"{element.length:,} are there.",
        )
    if element.length > promised + 1:
        values.flags.add("pixel_data_longer")
    aligned = shape.bits_allocated > 1 or pixels % 8 == 0
    return shape.model_copy(
        update={"frame_bytes": frame_bytes, "frame_at": element.value_at if aligned else None}
    )


def _encapsulated(values: Values, shape: Pixels, structure: Structure, source: Source) -> Pixels:
    pieces = [piece for piece in structure.fragments[1:] if piece[1]]
    if len(pieces) < len(structure.fragments) - 1:
        values.flags.add("empty_fragment")
    if len(pieces) < shape.frames:
        raise Refused(
            Reason.SIZE_MISMATCH,
            f"{shape.frames:,} frames are promised; {len(pieces):,} fragments are there.",
        )
    held = sum(length for _, length in pieces)
    decoded = shape.frame_bytes * shape.frames
    if shape.frame_bytes > SUSPECT_FRAME_BYTES and decoded > SUSPECT_RATIO * held:
        raise Refused(
            Reason.SIZE_MISMATCH,
            f"{held:,} compressed bytes cannot be {decoded:,} bytes of image.",
        )
    starts = _frame_starts(values, shape, structure.fragments, pieces, source)
    return shape.model_copy(update={"spans": _spans(starts, pieces)})


def _frame_starts(
    values: Values,
    shape: Pixels,
    fragments: list[tuple[int, int]],
    pieces: list[tuple[int, int]],
    source: Source,
) -> list[int]:
    """Return the item offset at which each frame starts; empty when that is not known."""
    if shape.frames == 1:
        return [pieces[0][0]]
    table = _offset_table(fragments, source)
    known = {offset for offset, _ in fragments[1:]}
    table_is_true = (
        len(table) == shape.frames
        and table == sorted(set(table))
        and table[0] == fragments[1][0]
        and known.issuperset(table)
    )
    if table and not table_is_true:
        values.flags.add("offset_table_wrong")
    if len(pieces) == shape.frames:
        return [offset for offset, _ in pieces]
    if table_is_true:
        return table
    starts = [at for at, _ in pieces if source.read(at + 8, 2) in CODESTREAM_STARTS]
    return starts if len(starts) == shape.frames and starts[0] == pieces[0][0] else []


def _offset_table(fragments: list[tuple[int, int]], source: Source) -> list[int]:
    at, length = fragments[0]
    if len(fragments) < 2 or not length or length % 4:  # noqa: PLR2004  the table and one frame
        return []
    base = fragments[1][0]
    return [base + offset for offset in unpack(f"<{length // 4}L", source.read(at + 8, length))]


def _spans(starts: list[int], pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    end = pieces[-1][0] + 8 + pieces[-1][1]
    return (
        tuple(
            (start, following - start)
            for start, following in zip(starts, [*starts[1:], end], strict=True)
        )
        if starts
        else ()
    )


def addressable(pixels: Pixels, transfer_syntax: str) -> Pixels:
    """Drop offsets that do not lead to a frame's own bytes in the stored object.

    A deflated data set has no offsets of its own; big endian words swap bytes across
    the border of odd frames.
    """
    if transfer_syntax == DEFLATED:
        return pixels.model_copy(update={"frame_at": None, "spans": (), "pixel_at": 0})
    if transfer_syntax == EXPLICIT_BIG and pixels.frame_bytes % 2:
        return pixels.model_copy(update={"frame_at": None})
    return pixels
