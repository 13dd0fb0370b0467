"""Figures of a part of a frame; runs inside the sandbox. `viewer_maths.js` has the same sums."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from erp.adapters.dicom.facts import printable
from erp.adapters.dicom.frames import Frame, NotRenderable
from erp.adapters.dicom.reading import read_rescale
from erp.adapters.dicom.windowing import modality_values

LONGEST_UNIT: Final = 16
UNSPECIFIED: Final = "US"
Points = Sequence[Sequence[float]]


def count_inside(frame: Frame, tool: str, points: Points) -> dict[str, Any]:
    """Return count, mean, deviation and ends of the values whose pixel centres lie inside.

    Raises:
        NotRenderable: No pixel centre lies inside.
    """
    samples, rescale = modality_values(frame)
    inside = samples[_mask(samples.shape, tool, points)].astype(np.float64)
    inside = inside[np.isfinite(inside)]
    if inside.size == 0:
        raise NotRenderable("No pixel lies inside.")
    if rescale is not None:
        inside = inside * rescale.slope + rescale.intercept
    return {
        "pixels": int(inside.size),
        "mean": float(inside.mean()),
        "deviation": float(inside.std()),
        "minimum": float(inside.min()),
        "maximum": float(inside.max()),
        "unit": value_unit(frame),
    }


def value_unit(frame: Frame) -> str:
    """Return what the modality's values count: the object's own word, HU for plain CT.

    Source:
        PS3.3 C.11.1.1.2 (Modality LUT Type, Rescale Type; HU where a CT object does not say).
    """
    rescale = read_rescale(frame.values)
    if tables := frame.dataset.get("ModalityLUTSequence"):
        said = str(tables[0].get("ModalityLUTType", "")).strip()
    elif rescale is not None:
        said = rescale.unit.strip()
    else:
        return ""
    if not said:
        return "HU" if frame.values.text("Modality") == "CT" else ""
    return "" if said == UNSPECIFIED else printable(said)[:LONGEST_UNIT]


def _mask(shape: tuple[int, ...], tool: str, points: Points) -> NDArray[np.bool_]:
    (x1, y1), (x2, y2) = points
    left, right = sorted((x1, x2))
    top, bottom = sorted((y1, y2))
    x = np.arange(shape[1])[None, :] + 0.5
    y = np.arange(shape[0])[:, None] + 0.5
    if tool == "rectangle":
        mask: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        return mask
    across = (x - (left + right) / 2) / ((right - left) / 2)
    down = (y - (top + bottom) / 2) / ((bottom - top) / 2)
    round_: NDArray[np.bool_] = across * across + down * down <= 1
    return round_
