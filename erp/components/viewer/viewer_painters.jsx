// Two ways to put a frame on a pane: the graphics card through cornerstone, or a plain canvas, where WebGL only imitates a
// card and is several times as slow, and for what a card cannot draw: tables, sigmoids, overlays and pictures larger than it holds.
// Both draw what `look` says and nothing else.
import { Enums, RenderingEngine } from "@cornerstonejs/core";
import { eachMarked, levelBy, rangeOf } from "./viewer_greys.js";
import { cameraOver, mapping } from "./viewer_maths.js";

const IMITATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const OPAQUE = 0xff000000;
const TABLE_TYPES = [Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array];
const EMPTY = { has: false, isImitated: false, largest: 0 };
let paintersMade = 0;

// Whether there is WebGL 2, whether a processor only imitates the card behind it, and the longest side of a picture on it.
export function graphics() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return EMPTY;
    const named = context.getExtension("WEBGL_debug_renderer_info");
    const name = named ? String(context.getParameter(named.UNMASKED_RENDERER_WEBGL)) : "";
    const largest = context.getParameter(context.MAX_TEXTURE_SIZE);
    context.getExtension("WEBGL_lose_context")?.loseContext();
    return { has: true, isImitated: IMITATED.test(name), largest };
  } catch { return EMPTY; }
}

const boxOf = (element) => ({ width: element.clientWidth, height: element.clientHeight });

export class CardPainter {
  constructor(element) {
    paintersMade += 1;
    const id = `vantage-${paintersMade}`; // unique for the life of the page: two mounts never share an engine
    this.element = element;
    this.engine = new RenderingEngine(id);
    this.engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element, defaultOptions: { background: [0, 0, 0] } });
    this.viewport = this.engine.getViewport(id);
  }

  async put(ids, index, isNewStack) {
    if (isNewStack || !this.isSet) await this.viewport.setStack(ids, index);
    else await this.viewport.setImageIdIndex(index);
    this.isSet = true;
    this.drawn = null;
  }

  get shownId() { return this.isSet ? this.viewport.getCornerstoneImage()?.imageId : undefined; }

  forget() { this.isSet = false; }

  draw(image, picture, look, { said, window, invert }) {
    const range = rangeOf(window, said), shade = `${range.lower} ${range.upper} ${invert}`, box = boxOf(this.element);
    if (this.drawn !== shade) this.viewport.setProperties({ voiRange: range, invert });
    this.drawn = shade;
    if (box.width && box.height) this.viewport.setCamera(cameraOver(box, picture, look));
    this.viewport.render();
  }

  resize() { this.engine.resize(true, true); }

  destroy() { this.engine.destroy(); this.element.replaceChildren(); }
}

export class CanvasPainter {
  constructor(element, imageOf) {
    this.element = element; this.imageOf = imageOf;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "vv-paper";
    element.append(this.canvas);
    this.source = document.createElement("canvas");
  }

  async put(ids, index) { this.image = this.imageOf(ids[index]); }

  get shownId() { return this.image?.imageId; }

  forget() { this.image = undefined; }

  draw(image, picture, look, shading) {
    const shade = `${image.imageId} ${shadeOf(shading)}`, box = boxOf(this.element), ratio = window.devicePixelRatio || 1;
    if (!box.width || !box.height) return;
    if (this.drawn !== shade) this.develop(image, shading);
    this.drawn = shade;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const { toScreen } = mapping(box, picture, look), pen = this.canvas.getContext("2d");
    const [x, y] = toScreen([0, 0]), [ax, ay] = toScreen([1, 0]), [bx, by] = toScreen([0, 1]);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, width, height);
    pen.setTransform((ax - x) * ratio, (ay - y) * ratio, (bx - x) * ratio, (by - y) * ratio, x * ratio, y * ratio);
    pen.drawImage(this.source, 0, 0);
  }

  // Turns values into grey levels of the screen.
  develop(image, shading) {
    const { rows, columns } = image, values = image.getPixelData();
    const isResized = this.source.width !== columns || this.source.height !== rows;
    if (isResized) Object.assign(this.source, { width: columns, height: rows });
    const pen = this.source.getContext("2d"), paper = pen.createImageData(columns, rows), out = new Uint32Array(paper.data.buffer);
    if (image.color) colors(values, out, shading.invert);
    else greys(values, out, this.levels(image, values, shading));
    if (image.overlay) eachMarked(image.overlay, out.length, (n) => { out[n] = grey(255); });
    pen.putImageData(paper, 0, 0);
    if (isResized && pen.getImageData(columns - 1, rows - 1, 1, 1).data[3] === 0) { // beyond its own limit a browser leaves a canvas empty and says nothing
      this.source.width = 0;
      throw new Error("This picture is larger than the browser can draw.");
    }
  }

  levels(image, values, shading) {
    const { said, window, invert } = shading, levelOf = levelBy(window, said, image.table, invert), level = (value) => grey(levelOf(value));
    if (!TABLE_TYPES.some((Kind) => values instanceof Kind)) return { level };
    const key = `${values.constructor.name} ${shadeOf(shading)} ${window ? "" : image.imageId}`;
    if (this.table?.key === key) return this.table;
    const size = 2 ** (8 * values.BYTES_PER_ELEMENT), isSigned = values instanceof Int8Array || values instanceof Int16Array;
    const table = new Uint32Array(size);
    for (let n = 0; n < size; n += 1) table[n] = level(isSigned && n >= size / 2 ? n - size : n);
    this.table = { key, table, mask: size - 1 };
    return this.table;
  }

  resize() {}

  destroy() { this.canvas.remove(); }
}

const shadeOf = ({ said, window, invert }) => `${said.voi_function} ${window?.center} ${window?.width} ${invert}`;

const grey = (level) => (OPAQUE | (level << 16) | (level << 8) | level) >>> 0;

function greys(values, out, { table, mask, level }) {
  if (table) for (let n = 0; n < out.length; n += 1) out[n] = table[values[n] & mask];
  else for (let n = 0; n < out.length; n += 1) out[n] = level(values[n]);
}

function colors(values, out, invert) {
  const turn = invert ? 0x00ffffff : 0;
  for (let n = 0, at = 0; n < out.length; n += 1, at += 3) out[n] = (OPAQUE | (((values[at + 2] << 16) | (values[at + 1] << 8) | values[at]) ^ turn)) >>> 0;
}
