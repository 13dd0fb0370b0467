// What stands beside a mark; `key_pictures.py` says the same on paper.
import { sizeText } from "./viewer_maths.js";

export const SPACING_WORDS = {
  pixel_spacing: "mm", pixel_spacing_calibrated: "mm, calibrated", imager_pixel_spacing: "mm at the detector", nominal_scanned_pixel_spacing: "mm, nominal",
  pixel_measures: "mm", ultrasound_region: "mm in the ultrasound region", invalid: "px: spacing invalid", none: "px: no spacing",
};
const short = (value) => (Math.abs(value) >= 1000 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1));

export function linesOf(mark) {
  if (mark.isSmall) return ["Too small to be kept"];
  if (mark.value == null) return mark.label ? mark.label.split("\n") : [];
  const source = mark.unit.startsWith("mm") ? SPACING_WORDS[mark.spacing_source]?.replace(/^mm,? ?/, "") : mark.unit.startsWith("px") ? SPACING_WORDS[mark.spacing_source]?.replace(/^px: ?/, "") : "";
  const lines = [`${sizeText(mark.value, mark.unit)}${source ? ` (${source})` : ""}`];
  const found = mark.statistics;
  if (found) {
    const unit = found.unit ? ` ${found.unit}` : "";
    lines.push(`mean ${short(found.mean)}${unit}  SD ${short(found.deviation)}`, `min ${short(found.minimum)}  max ${short(found.maximum)}${unit}`);
    if (mark.counted_by === "corrected") lines.push("corrected by the server");
    if (mark.counted_by === "unchecked") lines.push("not checked by the server");
  }
  return mark.label ? [...lines, mark.label] : lines;
}
