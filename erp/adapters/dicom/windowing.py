"""From stored values to grey levels a screen can show; runs inside the sandbox."""

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from erp.adapters.dicom.facts import Rescale, Window
from erp.adapters.dicom.frames import Frame
from erp.adapters.dicom.reading import read_rescale, read_windows

Array = NDArray[Any]
Grey = NDArray[np.uint8]

TABLE_BITS: Final = 16
SHOWN_PERCENT: Final = (0.5, 99.5)
SAMPLED: Final = 65536


def grey_levels(frame: Frame, asked: Window | None, *, invert: bool) -> tuple[Grey, Window | None]:
    """Return 8-bit grey levels (rows, columns) and the window that was used.

    The window is the one asked for, else the first of the object, else its VOI table,
    else one computed from the values. MONOCHROME1 shows low values bright.

    Source:
        PS3.3 C.11.1 (modality LUT), C.11.2 (VOI LUT), C.7.6.3.1.2 (photometric
        interpretation).
    """
    is_inverted = invert != (frame.photometric == "MONOCHROME1")
    samples, rescale = _rescaled(frame)
    own = read_windows(frame.values)
    if asked is None and not own and "VOILUTSequence" in frame.dataset:
        levels = _stretched(apply_voi_lut(samples, frame.dataset, prefer_lut=True))
        return (255 - levels if is_inverted else levels), None
    window = asked or (own[0] if own else computed_window(samples, rescale))
    function = frame.values.text("VOILUTFunction") or "LINEAR"
    return _windowed(samples, rescale, window, function, invert=is_inverted), window


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


def _rescaled(frame: Frame) -> tuple[Array, Rescale | None]:
    """Return samples and the line that is still to be applied to them."""
    if "ModalityLUTSequence" in frame.dataset:
        return apply_modality_lut(frame.samples, frame.dataset), None
    return frame.samples, read_rescale(frame.values)


def _windowed(
    samples: Array, rescale: Rescale | None, window: Window, function: str, *, invert: bool
) -> Grey:
    slope, intercept = (rescale.slope, rescale.intercept) if rescale else (1.0, 0.0)
    line = (slope, intercept, window.center, window.width, function, invert)
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
    levels = np.clip(position * 255 + 0.5, 0, 255).astype(np.uint8)
    return 255 - levels if invert else levels


def _stretched(values: Array) -> Grey:
    low, high = float(values.min()), float(values.max())
    return _curve(values, 1.0, 0.0, (low + high) / 2, max(high - low, 1.0), "LINEAR_EXACT", False)  # noqa: FBT003
