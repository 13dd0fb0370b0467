// From values to grey levels: the sums of the server's windowing.py, so that a screen shows what a report prints.

const WHITE = 255, STEEPEST = 700;

// The parts of a frame's bytes: samples, a table of levels, and a bit for each pixel of an overlay.
export function partsOf(buffer, said) {
  const pixels = said.rows * said.columns, sampleBytes = (pixels * said.samples * said.bits_allocated) / 8;
  const overlayAt = sampleBytes + said.table_length;
  return {
    samples: buffer.slice(0, sampleBytes),
    table: said.table_length ? new Uint8Array(buffer, sampleBytes, said.table_length) : null,
    overlay: said.has_overlay ? new Uint8Array(buffer, overlayAt, Math.ceil(pixels / 8)) : null,
  };
}

// A graphics card draws straight lines from black to white, and nothing over them.
export const isStraight = (said) => said.voi_function !== "SIGMOID" && !said.table_length && !said.has_overlay;

const isExact = (window, said) => said.voi_function === "LINEAR_EXACT" || window.width <= 1;

// The values at which black ends and white begins.
export function rangeOf(window, said) {
  const middle = isExact(window, said) ? window.center : window.center - 0.5;
  const half = (isExact(window, said) ? window.width : window.width - 1) / 2;
  return { lower: middle - half, upper: middle + half };
}

// A series without windows keeps the one of the frame that came first: its slices do not flicker.
export function steadied(said, series, kept) {
  if (said.windows.length || !said.computed_window) return said;
  if (!kept.has(series)) kept.set(series, said.computed_window);
  return { ...said, windows: [kept.get(series)] };
}

// The window an object asks for; none where it has a table.
export const ownWindow = (said) => said.windows[0] ?? null;

// How a frame is seen, as a key image keeps it: no window for colours and for a table of the object's own.
export function seenBy(look, said) {
  const own = said && said.samples !== 3 && !said.table_length ? ownWindow(said) : null, window = said?.samples === 3 ? null : look.window ?? own;
  return { window: window ? { center: window.center, width: window.width } : null, function: said && said.samples !== 3 ? said.voi_function : "", is_inverted: look.isInverted };
}

// Returns how far from black to white a value lies.
function positionBy({ center, width }, said) {
  if (said.voi_function === "SIGMOID") return (value) => 1 / (1 + Math.exp(Math.min(STEEPEST, Math.max(-STEEPEST, (-4 * (value - center)) / width))));
  if (isExact({ width }, said)) return (value) => (value - center) / width + 0.5;
  return (value) => (value - (center - 0.5)) / (width - 1) + 0.5;
}

// Returns the level, 0 to 255, of a value; without a window that of the object's table.
export function levelBy(window, said, table, isInverted) {
  const turn = isInverted ? (level) => WHITE - level : (level) => level;
  if (!window && table) return (value) => turn(table[Math.min(table.length - 1, Math.max(0, Math.floor((value || 0) + 0.5) - said.table_first))]);
  const position = positionBy(window, said);
  return (value) => turn(Math.floor(Math.min(WHITE, Math.max(0, position(value || 0) * WHITE + 0.5))));
}

// Calls `mark` with the number of each pixel that an overlay covers.
export function eachMarked(overlay, pixels, mark) {
  for (let n = 0; n < pixels; n += 1) if ((overlay[n >> 3] >> (n & 7)) & 1) mark(n);
}
