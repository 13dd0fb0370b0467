"""Which millimetres belong to a pixel, and where they come from; never a guess."""

from typing import Final

from erp.adapters.dicom.facts import SpacingSource
from erp.adapters.dicom.functional_groups import macros_of
from erp.adapters.dicom.values import Values

Spacing = tuple[tuple[float, float] | None, SpacingSource]
Region = tuple[int, int, int, int]

CENTIMETRES: Final = 3
MILLIMETRES_PER_CENTIMETRE: Final = 10
LONGEST_MM: Final = 1000.0


def read_spacing(values: Values) -> Spacing:
    """Return (row, column) spacing in millimetres beside its source.

    Source:
        PS3.3 10.7.1 (calibration), C.7.6.16.2.1 (pixel measures), C.8.5.5 (ultrasound regions).
    """
    own = values.numbers("PixelSpacing")
    imager = values.numbers("ImagerPixelSpacing")
    if values.raw("PixelSpacing") is not None:
        return _checked(own, _kind_of_own(values, own, imager), values)
    if imager or values.raw("ImagerPixelSpacing") is not None:
        return _checked(imager, SpacingSource.IMAGER, values)
    nominal = values.numbers("NominalScannedPixelSpacing")
    if nominal:
        return _checked(nominal, SpacingSource.NOMINAL, values)
    return _measures(values) or _ultrasound(values) or (None, SpacingSource.NONE)


def _kind_of_own(values: Values, own: list[float], imager: list[float]) -> SpacingSource:
    if values.text("PixelSpacingCalibrationType"):
        return SpacingSource.CALIBRATED
    return SpacingSource.IMAGER if own == imager else SpacingSource.PIXEL_SPACING


def _checked(spacing: list[float], source: SpacingSource, values: Values) -> Spacing:
    if len(spacing) == 2 and all(0 < part <= LONGEST_MM for part in spacing):  # noqa: PLR2004
        return (spacing[0], spacing[1]), source
    values.flags.add("spacing_invalid")
    return None, SpacingSource.INVALID


def _measures(values: Values) -> Spacing | None:
    """Return the spacing of every frame; none where frames differ, as lengths belong to the object."""
    found = [group.numbers("PixelSpacing") for group in macros_of(values, "PixelMeasuresSequence")]
    if not any(found):
        return None
    if any(spacing != found[0] for spacing in found):
        values.flags.add("spacing_differs_by_frame")
        return None, SpacingSource.NONE
    return _checked(found[0], SpacingSource.PIXEL_MEASURES, values)


def _ultrasound(values: Values) -> Spacing | None:
    spatial = _spatial_regions(values)
    if len(spatial) > 1:
        values.flags.add("several_ultrasound_regions")
    if len(spatial) != 1:
        return None
    row = abs(spatial[0].number("PhysicalDeltaY") or 0) * MILLIMETRES_PER_CENTIMETRE
    column = abs(spatial[0].number("PhysicalDeltaX") or 0) * MILLIMETRES_PER_CENTIMETRE
    return _checked([row, column], SpacingSource.ULTRASOUND_REGION, values)


def read_region(values: Values) -> Region | None:
    """Return the borders of the only calibrated ultrasound region, in pixels."""
    spatial = _spatial_regions(values)
    if len(spatial) != 1:
        return None
    borders = [
        spatial[0].integer(f"RegionLocation{border}")
        for border in ("MinX0", "MinY0", "MaxX1", "MaxY1")
    ]
    left, top, right, bottom = (border if border is not None else -1 for border in borders)
    return (left, top, right, bottom)


def _spatial_regions(values: Values) -> list[Values]:
    return [
        region
        for region in values.items("SequenceOfUltrasoundRegions")
        if region.integer("PhysicalUnitsXDirection") == CENTIMETRES
        and region.integer("PhysicalUnitsYDirection") == CENTIMETRES
    ]
