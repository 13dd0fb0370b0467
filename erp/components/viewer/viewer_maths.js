// Geometry and figures of pictures. A point is [column, row], counted from the outer corner of the
// first pixel, so that pixel n spans n to n + 1. `gauging.py` and `counting.py` have the same sums.

export const UPRIGHT = [1, 0, 0, 1]; // rows of the matrix that turns picture into screen
export const PLAIN_LOOK = Object.freeze({ zoom: 1, pan: [0, 0], matrix: UPRIGHT, isInverted: false, window: null });
const TURNS = { rotateRight: [0, -1, 1, 0], rotateLeft: [0, 1, -1, 0], flipHorizontal: [-1, 0, 0, 1], flipVertical: [1, 0, 0, -1] };
const ZOOMS = [0.05, 64];

const product = ([a, b, c, d], [e, f, g, h]) => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h].map((n) => n + 0);
export const isTurn = (act) => act in TURNS;
export const bounded = (value, low, high) => Math.min(Math.max(value, low), high);
export const zoomed = (zoom) => bounded(zoom, ...ZOOMS);

// Turns what is on the screen, and what was panned along with it.
export function turned(look, act) {
  const turn = TURNS[act], [x, y] = look.pan;
  return { ...look, matrix: product(turn, look.matrix), pan: [turn[0] * x + turn[1] * y, turn[2] * x + turn[3] * y] };
}

// Zooms so that the point under the pointer, counted from the middle of the box, stays there.
export function zoomedAt(look, factor, [x, y]) {
  const zoom = zoomed(look.zoom * factor), ratio = zoom / look.zoom;
  return { ...look, zoom, pan: [x - (x - look.pan[0]) * ratio, y - (y - look.pan[1]) * ratio] };
}

export function sizeOf(picture) {
  const [down, across] = picture.spacing_mm ?? [1, 1];
  return { across, down, width: picture.columns * across, height: picture.rows * down };
}

export function fitted(box, picture, matrix) {
  const { width, height } = sizeOf(picture);
  const [w, h] = matrix[0] === 0 ? [height, width] : [width, height];
  return Math.min(box.width / w, box.height / h) || 1;
}

// How points of a picture lie on the screen; `scale` is screen pixels per millimetre (or picture pixel).
export function mapping(box, picture, look) {
  const { across, down } = sizeOf(picture), [a, b, c, d] = look.matrix;
  const scale = fitted(box, picture, look.matrix) * look.zoom;
  const x0 = box.width / 2 + look.pan[0], y0 = box.height / 2 + look.pan[1];
  return {
    scale,
    toScreen([x, y]) {
      const u = (x - picture.columns / 2) * across * scale, v = (y - picture.rows / 2) * down * scale;
      return [x0 + a * u + b * v, y0 + c * u + d * v];
    },
    toPicture([x, y]) {
      const u = x - x0, v = y - y0;
      return [(a * u + c * v) / (across * scale) + picture.columns / 2, (b * u + d * v) / (down * scale) + picture.rows / 2];
    },
  };
}

// The same as a camera over a picture that lies flat, the centre of its first pixel in the origin.
export function cameraOver(box, picture, look, distance = 1000) {
  const { across, down } = sizeOf(picture), [a, b, c, d] = look.matrix;
  const { scale } = mapping(box, picture, look), [x, y] = look.pan;
  const focus = [(picture.columns / 2 - 0.5) * across - (a * x + c * y) / scale, (picture.rows / 2 - 0.5) * down - (b * x + d * y) / scale, 0];
  const normal = [0, 0, -(a * d - b * c)];
  return {
    viewUp: [-c, -d, 0].map((n) => n + 0), viewPlaneNormal: normal, focalPoint: focus,
    position: focus.map((n, i) => n + normal[i] * distance), parallelScale: box.height / 2 / scale,
  };
}

export const within = (points, { columns, rows }) => points.map(([x, y]) => [bounded(x, 0, columns), bounded(y, 0, rows)]);

// Moves points together, as far as all of them stay in the picture: a mark keeps its form at the border.
export function movedWithin(points, [x, y], { columns, rows }) {
  const room = (n, most) => [-Math.min(...points.map((point) => point[n])), most - Math.max(...points.map((point) => point[n]))];
  const step = [bounded(x, ...room(0, columns)), bounded(y, ...room(1, rows))];
  return points.map((point) => [point[0] + step[0], point[1] + step[1]]);
}

const apart = ([x1, y1], [x2, y2]) => Math.hypot(x2 - x1, y2 - y1);
export const isArea = (tool) => tool === "rectangle" || tool === "ellipse";

// Whether a mark has the least size that a hand can mean and the server keeps; points are of the screen.
export const LEAST_PX = 4;
export function isLarge(tool, points) {
  const [p, q] = points;
  if (isArea(tool)) return Math.abs(q[0] - p[0]) >= LEAST_PX && Math.abs(q[1] - p[1]) >= LEAST_PX;
  return points.slice(1).every((point, n) => apart(point, points[n]) >= LEAST_PX);
}

// Millimetres only where the object says how large a pixel is; elsewhere pixels, never a guess.
export function gauged(tool, points, picture) {
  const [left, top, right, bottom] = picture.spacing_region ?? [-Infinity, -Infinity, Infinity, Infinity];
  const isSpaced = Boolean(picture.spacing_mm) && points.every(([x, y]) => x >= left && x <= right && y >= top && y <= bottom);
  const [down, across] = isSpaced ? picture.spacing_mm : [1, 1];
  const scaled = points.map(([x, y]) => [x * across, y * down]);
  if (tool === "length") return { value: apart(scaled[0], scaled[1]), unit: isSpaced ? "mm" : "px" };
  if (tool === "angle") return points.length < 3 ? { value: null, unit: "" } : { value: angleOf(scaled), unit: "deg" }; // its second arm is still to come
  if (isArea(tool)) {
    const [[x1, y1], [x2, y2]] = scaled;
    return { value: Math.abs(x2 - x1) * Math.abs(y2 - y1) * (tool === "ellipse" ? Math.PI / 4 : 1), unit: isSpaced ? "mm2" : "px2" };
  }
  return { value: null, unit: "" };
}

function angleOf([[ax, ay], [vx, vy], [bx, by]]) {
  const first = [ax - vx, ay - vy], second = [bx - vx, by - vy];
  const cross = first[0] * second[1] - first[1] * second[0], dot = first[0] * second[0] + first[1] * second[1];
  return (Math.atan2(Math.abs(cross), dot) * 180) / Math.PI;
}

export function sizeText(value, unit) {
  const digits = { mm: 2, mm2: 2, deg: 1 }[unit] ?? 0;
  const words = { deg: "°", mm2: " mm²", px2: " px²" }[unit] ?? ` ${unit}`;
  return `${value.toFixed(digits)}${words}`;
}

// Figures of the values whose pixel centres lie inside; nothing where none does.
export function counted(tool, points, { values, columns, rows, unit = "" }) {
  const [[x1, y1], [x2, y2]] = points;
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)], [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)];
  const cx = (left + right) / 2, cy = (top + bottom) / 2, rx = (right - left) / 2, ry = (bottom - top) / 2;
  const found = [];
  for (let row = Math.max(0, Math.floor(top - 0.5)); row < Math.min(rows, Math.ceil(bottom)); row += 1) {
    for (let column = Math.max(0, Math.floor(left - 0.5)); column < Math.min(columns, Math.ceil(right)); column += 1) {
      const x = column + 0.5, y = row + 0.5, across = (x - cx) / rx, down = (y - cy) / ry;
      const isInside = tool === "rectangle" ? x >= left && x <= right && y >= top && y <= bottom : across * across + down * down <= 1;
      const value = values[row * columns + column];
      if (isInside && Number.isFinite(value)) found.push(value);
    }
  }
  if (found.length === 0) return null;
  const mean = found.reduce((sum, n) => sum + n, 0) / found.length;
  const deviation = Math.sqrt(found.reduce((sum, n) => sum + (n - mean) ** 2, 0) / found.length);
  const ends = found.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)], [Infinity, -Infinity]);
  return { pixels: found.length, mean, deviation, minimum: ends[0], maximum: ends[1], unit };
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a, b) => a.map((n, i) => n - b[i]);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const isUnit = (a) => Math.abs(Math.hypot(...a) - 1) < 0.01;

// Where a picture lies in the patient; nothing unless the object says it without contradiction.
export function planeOf(place) {
  const { positions, orientation, spacing_mm: spacing, frame_of_reference: frame } = place.instance, origin = positions?.[place.frame - 1];
  if (!origin || !orientation || !spacing || !frame) return null;
  const along = orientation.slice(0, 3), down = orientation.slice(3);
  if (!isUnit(along) || !isUnit(down) || Math.abs(dot(along, down)) > 0.01) return null;
  return { origin, along, down, normal: cross(along, down), frame };
}

// The line where one picture cuts another, in points of the other; nothing where it does not.
export function cutLine(from, onto) {
  const a = planeOf(from), b = planeOf(onto);
  if (!a || !b || a.frame !== b.frame || Math.abs(dot(a.normal, b.normal)) > 0.99) return null;
  const { rows, columns, spacing_mm: [fromDown, fromAcross] } = from.instance, [ontoDown, ontoAcross] = onto.instance.spacing_mm;
  const corners = [[0, 0], [columns, 0], [columns, rows], [0, rows]].map(([x, y]) =>
    a.origin.map((n, i) => n + a.along[i] * (x - 0.5) * fromAcross + a.down[i] * (y - 0.5) * fromDown));
  const heights = corners.map((corner) => dot(b.normal, minus(corner, b.origin)));
  const ends = [];
  corners.forEach((corner, n) => {
    const next = (n + 1) % 4, h = heights[n], k = heights[next];
    if (h === k || h * k > 0) return;
    const part = h / (h - k), point = corner.map((c, i) => c + (corners[next][i] - c) * part), off = minus(point, b.origin);
    ends.push([dot(off, b.along) / ontoAcross + 0.5, dot(off, b.down) / ontoDown + 0.5]);
  });
  return ends.length >= 2 ? [ends[0], ends.find((end) => apart(end, ends[0]) > 1e-6) ?? ends[1]] : null;
}

// The place of another stack that shows the same slice; why not by position, if it cannot be.
export function beside(place, places) {
  const own = planeOf(place);
  if (!own) return { why: "no position is known" };
  const planes = places.map(planeOf);
  if (planes.some((plane) => !plane)) return { why: "no position is known" };
  if (planes.some((plane) => plane.frame !== own.frame)) return { why: "another frame of reference" };
  if (planes.some((plane) => Math.abs(dot(plane.normal, own.normal)) < 0.99)) return { why: "another direction" };
  const height = dot(own.normal, own.origin);
  const heights = planes.map((plane) => dot(own.normal, plane.origin));
  const off = heights.map((one) => Math.abs(one - height)), least = Math.min(...off);
  return least > reach(heights) ? { far: least } : { index: off.indexOf(least) };
}

// How far a slice may lie from a place and still stand for it: the widest step between slices.
const ALONE_MM = 5;
function reach(heights) {
  const sorted = [...heights].sort((a, b) => a - b);
  return Math.max(...sorted.slice(1).map((one, n) => one - sorted[n]), 0) || ALONE_MM;
}

// What to load next: the picture itself, then three ahead in the direction of travel for one behind.
export function loadOrder(index, count, direction, most) {
  const order = [index];
  let ahead = index, behind = index;
  const take = (place) => { if (place >= 0 && place < count) order.push(place); };
  for (let step = 0; step < count && order.length < most; step += 1) {
    for (let n = 0; n < 3; n += 1) take((ahead += direction));
    take((behind -= direction));
  }
  return order.slice(0, most);
}
