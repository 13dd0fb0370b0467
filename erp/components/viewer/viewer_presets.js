// Windows to choose from: the object's own, then those of its kind of picture.

const whole = ({ minimum, maximum, rescale }) => {
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  const [low, high] = [minimum * slope + intercept, maximum * slope + intercept].sort((a, b) => a - b);
  return { center: (low + high) / 2, width: Math.max(1, high - low) };
};

// `given` has those of a modality (`modality`) or of all.
export function presetsOf(place, modality, given) {
  const said = place?.description;
  if (!place || said?.samples === 3) return [];
  const own = (said?.windows ?? place.instance.windows ?? []).map((w, n) => ({ center: w.center, width: w.width, label: w.label || (n === 0 ? "Default" : `Window ${n + 1}`) }));
  const fitting = (given ?? []).filter((preset) => !preset.modality || preset.modality === modality);
  if (!said) return [...own, ...fitting];
  const all = whole(said);
  const plain = [{ ...all, label: "Whole range" }, { center: all.center, width: Math.max(1, all.width / 2), label: "Middle half" }];
  return [...own, ...fitting, ...(fitting.length ? [plain[0]] : plain)].slice(0, 12);
}
