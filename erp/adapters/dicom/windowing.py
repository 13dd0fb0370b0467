"""From stored values to grey levels a screen can show; runs inside the sandbox."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi

from erp.adapters.dicom.facts import Rescale, Window
from erp.adapters.dicom.frames import Frame
from erp.adapters.dicom.reading import read_rescale, read_windows

Array = NDArray[Any]
Grey = NDArray[np.uint8]

WHITE: Final = 255
FUNCTIONS: Final = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
TABLE_BITS: Final = 16
SHOWN_PERCENT: Final = (0.5, 99.5)
SAMPLED: Final = 65536


@dataclass(frozen=True, slots=True)
class VoiTable:
    """Grey levels of the values from `first` on; values outside take the outermost ones."""

    first: int
    levels: Grey


@dataclass(frozen=True, slots=True)
class Shading:
    """How an object wants its values shown: windows of its own, else a table, else one computed.

    `samples` are the values that `rescale` is still to be applied to. The first of `windows`,
    `table` and `computed` that is there is the default; `function` shapes every window.
    """

    samples: Array
    rescale: Rescale | None
    windows: tuple[Window, ...]
    table: VoiTable | None
    computed: Window | None
    function: str
    is_inverted: bool


def shading_of(frame: Frame) -> Shading:
    """Return how a grey frame is shown; the one reading for pictures, viewer and figures.

    Source:
        PS3.3 C.11.1 (modality LUT), C.11.2 (VOI LUT), C.7.6.3.1.2 (photometric
        interpretation: MONOCHROME1 shows low values bright).
    """
    samples, rescale = modality_values(frame)
    windows = read_windows(frame.values)
    table = None if windows else _voi_table(frame.dataset)
    computed = None if windows or table else computed_window(samples, rescale)
    said = frame.values.text("VOILUTFunction") or FUNCTIONS[0]
    function = said if said in FUNCTIONS else FUNCTIONS[0]
    is_inverted = frame.photometric == "MONOCHROME1"
    return Shading(samples, rescale, windows, table, computed, function, is_inverted)


def grey_levels(frame: Frame, asked: Window | None, *, invert: bool) -> tuple[Grey, Window | None]:
    """Return 8-bit grey levels (rows, columns) and the window that was used, None for a table."""
    shading = shading_of(frame)
    is_inverted = invert != shading.is_inverted
    window = asked or (shading.windows[0] if shading.windows else shading.computed)
    if window is None and shading.table is not None:
        levels = _looked_up(shading, shading.table)
        return (WHITE - levels if is_inverted else levels), None
    window = window or computed_window(shading.samples, shading.rescale)
    return _windowed(shading, window, invert=is_inverted), window


def modality_values(frame: Frame) -> tuple[Array, Rescale | None]:
    """Return values (rows, columns) and the line that is still to be applied to them."""
    if "ModalityLUTSequence" in frame.dataset:
        return apply_modality_lut(frame.samples, frame.dataset), None
    return frame.samples, read_rescale(frame.values)


def computed_window(samples: Array, rescale: Rescale | None) -> Window:
    """Return a window that shows all but the outermost percent of the values."""
    step = max(1, samples.size // SAMPLED)
    sampled = samples.reshape(-1)[::step]
    finite = sampled[np.isfinite(sampled)] if sampled.dtype.kind == "f" else sampled
    if finite.size == 0:
        return Window(center=0.5, width=1)
    low, high = (float(edge) for edge in np.percentile(finite, SHOWN_PERCENT))
    if rescale is not None:
        low, high = sorted(edge * rescale.slope + rescale.intercept for edge in (low, high))
    return Window(center=(low + high + 1) / 2, width=max(high - low + 1, 1e-6))


def _voi_table(dataset: Dataset) -> VoiTable | None:
    """Return the object's first VOI table, its output scaled by the bits it says to have."""
    if not dataset.get("VOILUTSequence"):
        return None
    entries, first, bits = dataset.VOILUTSequence[0].LUTDescriptor
    inputs = np.arange(first, first + (entries or 1 << TABLE_BITS), dtype=np.int64)
    output = apply_voi(inputs, dataset).astype(np.float64)
    levels = np.clip(output / ((1 << bits) - 1) * WHITE + 0.5, 0, WHITE)
    return VoiTable(first, levels.astype(np.uint8))


def _looked_up(shading: Shading, table: VoiTable) -> Grey:
    slope, intercept = _line(shading.rescale)
    values = np.nan_to_num(shading.samples.astype(np.float64)) * slope + intercept
    index = np.clip(np.floor(values + 0.5) - table.first, 0, table.levels.size - 1)
    levels: Grey = table.levels[index.astype(np.int64)]
    return levels


def _line(rescale: Rescale | None) -> tuple[float, float]:
    return (rescale.slope, rescale.intercept) if rescale else (1.0, 0.0)


def _windowed(shading: Shading, window: Window, *, invert: bool) -> Grey:
    samples = shading.samples
    line = (*_line(shading.rescale), window.center, window.width, shading.function, invert)
    if samples.dtype.kind in "iu" and samples.dtype.itemsize * 8 <= TABLE_BITS:
        table = _table(samples.dtype.str, *line)
        levels: Grey = table[samples.view(f"u{samples.dtype.itemsize}")]
        return levels
    return _curve(np.nan_to_num(samples.astype(np.float64)), *line)


@lru_cache(maxsize=32)
def _table(dtype: str, *line: Any) -> Grey:  # noqa: ANN401  the arguments of _curve
    """Return the grey level of every value the type can hold, by its bit pattern."""
    kind = np.dtype(dtype)
    patterns = np.arange(1 << (8 * kind.itemsize), dtype=f"u{kind.itemsize}")
    return _curve(patterns.view(kind).astype(np.float64), *line)


def _curve(  # noqa: PLR0913, PLR0917  one formula with its coefficients
    values: Array,
    slope: float,
    intercept: float,
    center: float,
    width: float,
    function: str,
    invert: bool,  # noqa: FBT001
) -> Grey:
    scaled = values * slope + intercept
    if function == "SIGMOID":
        position = 1 / (1 + np.exp(np.clip(-4 * (scaled - center) / width, -700, 700)))
    elif function == "LINEAR_EXACT" or width <= 1:
        position = (scaled - center) / width + 0.5
    else:
        position = (scaled - (center - 0.5)) / (width - 1) + 0.5
    levels = np.clip(position * WHITE + 0.5, 0, WHITE).astype(np.uint8)
    return WHITE - levels if invert else levels
