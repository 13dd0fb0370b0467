"""Finding and decoding one frame of an object; runs inside the sandbox."""

import warnings
from dataclasses import dataclass
from struct import pack
from typing import Any, Final

import gdcm  # noqa: F401  loaded before the sandbox closes
import jpeg_ls  # type: ignore[import-untyped]  # noqa: F401
import openjpeg  # noqa: F401
import rle  # noqa: F401
from numpy.typing import NDArray
from PIL import Jpeg2KImagePlugin, JpegImagePlugin, PngImagePlugin  # noqa: F401
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from erp.adapters.dicom import jpeg_2000, jpeg_extended
from erp.adapters.dicom.encapsulated import joined_fragments
from erp.adapters.dicom.facts import Pixels, Refused
from erp.adapters.dicom.file_meta import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    FileMeta,
    read_file_meta,
)
from erp.adapters.dicom.functional_groups import values_of_frame
from erp.adapters.dicom.pixel_module import (
    DOUBLE_PIXELS,
    FLOAT_PIXELS,
    PIXEL_TAGS,
    addressable,
    check_pixels,
)
from erp.adapters.dicom.reading import DECODABLE, read_head
from erp.adapters.dicom.source import Source, inflate
from erp.adapters.dicom.structure import PIXEL_DATA, walk
from erp.adapters.dicom.values import Values

Array = NDArray[Any]
KEYWORDS: Final = {
    PIXEL_DATA: "PixelData",
    FLOAT_PIXELS: "FloatPixelData",
    DOUBLE_PIXELS: "DoubleFloatPixelData",
}
FASTEST: Final = {
    "1.2.840.10008.1.2.4.50": ("pillow",),
    "1.2.840.10008.1.2.4.51": (jpeg_extended.NAME,),
    "1.2.840.10008.1.2.4.57": ("gdcm",),
    "1.2.840.10008.1.2.4.70": ("gdcm",),
    "1.2.840.10008.1.2.4.80": ("pyjpegls",),
    "1.2.840.10008.1.2.4.81": ("pyjpegls",),
    "1.2.840.10008.1.2.4.90": ("pylibjpeg",),
    "1.2.840.10008.1.2.4.91": ("pylibjpeg",),
    "1.2.840.10008.1.2.5": ("pylibjpeg",),
}
EMPTY_OFFSET_TABLE: Final = pack("<HHL", 0xFFFE, 0xE000, 0)
END_OF_FRAMES: Final = pack("<HHL", 0xFFFE, 0xE0DD, 0)


class NotRenderable(Exception):
    """No picture can be made of this frame; the message says why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame.

    Attributes:
        samples: (rows, columns) or (rows, columns, 3); colour is RGB, palettes are not
            applied; integers are masked to the stored bits and signed when they are.
        values: What the object says of this frame.
        photometric: Photometric interpretation of `samples`.
    """

    samples: Array
    photometric: str
    pixels: Pixels
    dataset: Dataset
    values: Values


@dataclass(frozen=True, slots=True)
class _Encoded:
    dataset: Dataset
    values: Values
    meta: FileMeta
    pixels: Pixels
    tag: int
    data: bytes
    index: int


def read_frame(source: Source, request: dict[str, Any], *, raw: bool = False) -> Frame:
    """Return the decoded frame that a request names; `raw` leaves its samples as they are stored.

    With `head_bytes` the source is the object's head followed by the frame alone, as two
    range reads give it; otherwise it is the whole object, of which one frame is read.

    Raises:
        NotRenderable: No such frame, no decoder, or damaged pixel data.
    """
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        try:
            return _decode(_locate(source, request), int(request["frame"]), raw=raw)
        except Refused as refused:
            raise NotRenderable(str(refused)) from refused


def _locate(source: Source, request: dict[str, Any]) -> _Encoded:
    head_bytes, index = request.get("head_bytes"), int(request["frame"])
    if head_bytes is not None:
        return _from_parts(source, head_bytes, Pixels.model_validate(request["pixels"]))
    meta = read_file_meta(source)
    body, at = source, meta.dataset_at
    if meta.transfer_syntax == DEFLATED:
        body, at = inflate(source, at), 0
    structure = walk(body, at, meta.encoding)
    element = next((e for e in structure.elements if e.tag in PIXEL_TAGS), None)
    if element is None:
        raise NotRenderable("The object holds no picture.")
    dataset = read_head(body, structure.elements, meta, set())
    values = Values(dataset, set())
    finding = check_pixels(values, structure, body, element)
    if finding.obstacle is not None:
        raise NotRenderable(finding.obstacle)
    pixels = finding.pixels
    _check_index(pixels, index)
    if meta.transfer_syntax == EXPLICIT_BIG:
        pixels = addressable(pixels, EXPLICIT_BIG)
    whole = (element.value_at, element.length)
    span = frame_span(pixels, index)
    data = body.read(*(span or whole))
    left = index if span is None else 0
    return _Encoded(dataset, values, meta, pixels, element.tag, data, left)


def _from_parts(source: Source, head_bytes: int, pixels: Pixels) -> _Encoded:
    head = Source(data=source.read(0, head_bytes))
    meta = read_file_meta(head)
    structure = walk(head, meta.dataset_at, meta.encoding)
    dataset = read_head(head, structure.elements, meta, set())
    tag = {32: FLOAT_PIXELS, 64: DOUBLE_PIXELS}.get(
        pixels.bits_allocated if "BitsAllocated" not in dataset else 0, PIXEL_DATA
    )
    data = source.read(head_bytes, source.size - head_bytes)
    return _Encoded(dataset, Values(dataset, set()), meta, pixels, tag, data, 0)


def frame_span(pixels: Pixels, index: int) -> tuple[int, int] | None:
    """Return (offset, length) of a frame's bytes; None when it has no range of its own."""
    if pixels.spans:
        return pixels.spans[index]
    if pixels.frame_at is None or pixels.bits_allocated == 1:
        return None
    return pixels.frame_at + index * pixels.frame_bytes, pixels.frame_bytes


def _check_index(pixels: Pixels, index: int) -> None:
    if not 0 <= index < pixels.frames:
        raise NotRenderable(f"The object has {pixels.frames} frames; frame {index} is none.")


def _decode(encoded: _Encoded, index: int, *, raw: bool) -> Frame:
    meta, pixels = encoded.meta, encoded.pixels
    if meta.transfer_syntax not in DECODABLE:
        raise NotRenderable(f"No decoder for transfer syntax {meta.transfer_syntax}.")
    syntax = EXPLICIT_LITTLE if meta.transfer_syntax == DEFLATED else meta.transfer_syntax
    data = encoded.data
    if syntax in jpeg_2000.SYNTAXES:
        _check_size(data, pixels)
    if UID(syntax).is_encapsulated:
        data = EMPTY_OFFSET_TABLE + data + END_OF_FRAMES
    options = {
        "rows": pixels.rows,
        "columns": pixels.columns,
        "number_of_frames": encoded.index + 1,
        "samples_per_pixel": pixels.samples,
        "photometric_interpretation": pixels.photometric or "MONOCHROME2",
        "pixel_representation": int(pixels.is_signed),
        "bits_allocated": pixels.bits_allocated,
        "bits_stored": pixels.bits_stored,
        "planar_configuration": encoded.values.integer("PlanarConfiguration") or 0,
        "pixel_keyword": KEYWORDS[encoded.tag],
        "pixel_vr": pixels.pixel_vr,
        "raw": raw,
    }
    samples, actual = _with_the_fastest(UID(syntax), data, encoded.index, options)
    photometric = str(actual["photometric_interpretation"])
    stored = samples if raw else _stored_bits(samples, encoded)
    values = values_of_frame(encoded.values, index)
    return Frame(stored, photometric, pixels, encoded.dataset, values)


def _check_size(data: bytes, pixels: Pixels) -> None:
    """Refuse a codestream of another size: one of a single sample would be spread over the frame."""
    said = jpeg_2000.size_of(joined_fragments(data))
    if said is not None and said != (pixels.columns, pixels.rows):
        raise NotRenderable(
            f"The frame's own size is {said[0]} x {said[1]},"
            f" that of the object {pixels.columns} x {pixels.rows}."
        )


def _with_the_fastest(
    syntax: UID, data: bytes, index: int, options: dict[str, Any]
) -> tuple[Array, dict[str, Any]]:
    """Decode with the plugin that is fastest for this syntax, else with any that can."""
    decoder = get_decoder(syntax)
    for plugin in (*FASTEST.get(syntax, ()), ""):
        try:
            return decoder.as_array(data, index=index, decoding_plugin=plugin, **options)
        except (RuntimeError, ValueError, NotImplementedError, AttributeError) as error:
            failure = error
    raise NotRenderable(f"No decoder reads this frame ({syntax.name}).") from failure


def _stored_bits(samples: Array, encoded: _Encoded) -> Array:
    """Return the stored bits alone: what lies above them may be an old overlay."""
    pixels = encoded.pixels
    if samples.dtype.kind == "f" or not 1 < pixels.bits_stored < pixels.bits_allocated:
        return samples
    high = encoded.values.integer("HighBit")
    low = 0 if high is None else max(0, high + 1 - pixels.bits_stored)
    if samples.dtype.itemsize * 8 < pixels.bits_stored + low:
        return samples
    up = samples.dtype.itemsize * 8 - pixels.bits_stored
    if pixels.is_signed:
        stored: Array = (samples << (up - low)) >> up
    else:
        stored = (samples >> low) & samples.dtype.type((1 << pixels.bits_stored) - 1)
    return stored


def warm_up() -> None:
    """Load every decoder while the library's files can still be read."""
    jpeg_extended.install()
    for syntax in DECODABLE:
        decoder = get_decoder(UID(syntax))
        if not decoder.is_available:
            raise RuntimeError(f"No decoder is installed for {UID(syntax).name}.")
