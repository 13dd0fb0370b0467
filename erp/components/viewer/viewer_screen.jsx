// One screen: an engine, a viewport and its tools, made and taken apart as a whole.
import { Enums, RenderingEngine, cache, eventTarget, imageLoader, init as initCore, utilities } from "@cornerstonejs/core";
import * as tools from "@cornerstonejs/tools";
import { SHARED_PLANE, SPACING_WORDS, forgetFrames, frameOf, installFrames, registerStack } from "./viewer_frames.jsx";

const CACHE_BYTES = 512 * 1024 * 1024;
const AHEAD = 6, BEHIND = 2;
const SAME_PLACE_PX = 0.01;
const RETRIES = 2, RETRY_MS = 400;
const { MouseBindings } = tools.Enums;
const TOOLS = { window: tools.WindowLevelTool, pan: tools.PanTool, zoom: tools.ZoomTool, length: tools.LengthTool };
let started;
let screens = 0;

export function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch { return false; }
}

// Lines and figures that stay readable over bright and dark tissue.
const deepened = (styles) => ({ ...styles, global: { ...styles.global, color: "#ffd54a", colorSelected: "#fff", colorHighlighted: "#fff3c4", lineWidth: "2", textBoxColor: "#ffd54a", textBoxColorSelected: "#fff", textBoxColorHighlighted: "#fff3c4", textBoxBackground: "rgb(0 0 0 / .72)", textBoxFontSize: "14px", textBoxFontFamily: "system-ui" } });

function start() {
  started ??= (async () => {
    await initCore();
    tools.init();
    tools.annotation.config.style.setDefaultToolStyles(deepened(tools.annotation.config.style.getDefaultToolStyles()));
    Object.values(TOOLS).forEach((tool) => tools.addTool(tool));
    cache.setMaxCacheSize(CACHE_BYTES);
    installFrames();
  })();
  return started;
}

export class Screen {
  // `tell` receives {kind: "image" | "loading" | "failure" | "window" | "view" | "measure" | "unmeasure" | "lost", ...}.
  constructor(element, base, tell) {
    screens += 1;
    this.number = screens; // unique for the life of the page: two mounts never share an engine
    this.element = element; this.base = base; this.tell = tell;
    this.refused = new Set(); this.isDead = false; this.ids = []; this.wanted = 0; this.shown = -1; this.isBusy = false; this.generation = 0;
    this.lengths = []; this.saved = new Map(); this.moved = new Set(); this.mayMeasure = false;
  }

  async open(stack, index = 0) {
    await start();
    if (this.isDead) return;
    if (!this.engine) this.build();
    this.generation += 1;
    const old = this.ids;
    this.ids = registerStack(this.number, this.base, stack);
    forgetFrames(old.filter((id) => !this.ids.includes(id)));
    this.shown = -1; this.isStackSet = false;
    this.drawLengths();
    await this.show(index);
  }

  build() {
    const id = `vantage-${this.number}`;
    this.engine = new RenderingEngine(id);
    this.engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element: this.element, defaultOptions: { background: [0, 0, 0] } });
    this.viewport = this.engine.getViewport(id);
    this.group = tools.ToolGroupManager.createToolGroup(id);
    for (const tool of Object.values(TOOLS)) this.group.addTool(tool.toolName, tool === tools.LengthTool ? { getTextLines: lengthText } : {});
    this.group.addViewport(id, id);
    this.use("window");
    this.listeners = [
      [this.element, Enums.Events.VOI_MODIFIED, () => this.tellWindow()],
      [this.element, Enums.Events.CAMERA_MODIFIED, () => this.tell({ kind: "view", zoom: this.viewport.getZoom() })],
      [this.element, Enums.Events.IMAGE_LOAD_ERROR, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.IMAGE_LOAD_FAILED, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.WEBGL_CONTEXT_LOST, () => this.tell({ kind: "lost" })],
      [eventTarget, tools.Enums.Events.ANNOTATION_COMPLETED, (event) => this.tellMeasure(event.detail.annotation)],
      [eventTarget, tools.Enums.Events.ANNOTATION_MODIFIED, ({ detail: { annotation } }) => this.saved.has(annotation.annotationUID) && this.moved.add(annotation)],
      [window, "pointerup", () => setTimeout(() => this.tellMoved())],
    ];
    for (const [target, name, act] of this.listeners) target.addEventListener(name, act);
    this.resizer = new ResizeObserver(() => this.engine?.resize(true, true));
    this.resizer.observe(this.element);
  }

  // Shows a frame; calls made meanwhile end at the last one asked for.
  async show(index) {
    this.wanted = Math.min(Math.max(0, index), this.ids.length - 1);
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (!this.isDead && this.shown !== this.wanted) await this.step(this.wanted, this.generation);
    } finally { this.isBusy = false; }
  }

  // A server that is busy is asked again before anybody is troubled.
  async step(index, generation, tries = 0) {
    const id = this.ids[index];
    const timer = setTimeout(() => this.tell({ kind: "loading" }), 120);
    try {
      const image = await imageLoader.loadAndCacheImage(id);
      if (this.isDead || generation !== this.generation) return;
      if (this.isStackSet) await this.viewport.setImageIdIndex(index);
      else { await this.viewport.setStack(this.ids, index); this.isStackSet = true; this.reset(); }
      if (this.isDead || generation !== this.generation) return;
      this.shown = index;
      if (this.viewport.getCornerstoneImage()?.imageId !== image.imageId) { this.isStackSet = false; throw new Error("The screen still shows another image."); }
      this.tell({ kind: "image", index, count: this.ids.length, ...frameOf(id) });
      this.tellWindow();
      this.prefetch(index);
    } catch (error) {
      if (this.isDead || generation !== this.generation) return;
      cache.getImageLoadObject(id) && cache.removeImageLoadObject(id, { force: true });
      if ((error.canRetry ?? true) && tries < RETRIES && this.wanted === index) {
        await new Promise((wake) => setTimeout(wake, RETRY_MS * 2 ** tries));
        return await this.step(index, generation, tries + 1);
      }
      this.shown = index;
      this.tell({ kind: "failure", index, count: this.ids.length, ...frameOf(id), text: error.message, canRetry: error.canRetry ?? true });
    } finally { clearTimeout(timer); }
  }

  fail(id, error) {
    if (!this.isBusy && this.ids.includes(id) && this.ids[this.wanted] === id) this.tell({ kind: "failure", index: this.wanted, count: this.ids.length, ...frameOf(id), text: error?.message ?? "The image could not be loaded.", canRetry: error?.canRetry ?? true });
  }

  retry() { this.shown = -1; return this.show(this.wanted); }

  prefetch(index) {
    for (let step = 1; step <= AHEAD; step += 1) this.warm(index + step);
    for (let step = 1; step <= BEHIND; step += 1) this.warm(index - step);
  }

  warm(index) {
    const id = this.ids[index];
    if (!id || this.refused.has(id) || cache.getImageLoadObject(id)) return;
    imageLoader.loadAndCacheImage(id).catch((error) => {
      if (error?.canRetry === false) this.refused.add(id);
      if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
    });
  }

  isWarm(index) { return Boolean(cache.getImage(this.ids[index])); }

  use(name) {
    this.tool = name;
    const primary = [{ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 }];
    const standing = { pan: [{ mouseButton: MouseBindings.Auxiliary }], zoom: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }] };
    for (const [key, tool] of Object.entries(TOOLS)) {
      const bindings = [...(key === name ? primary : []), ...(standing[key] ?? [])];
      if (bindings.length) this.group.setToolActive(tool.toolName, { bindings });
      else if (key === "length") this.mayMeasure ? this.group.setToolPassive(tool.toolName) : this.group.setToolEnabled(tool.toolName);
      else this.group.setToolDisabled(tool.toolName);
    }
  }

  setWindow({ center, width }) {
    this.viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center) });
    this.viewport.render();
  }

  change(act) {
    const view = this.viewport, camera = view.getCamera();
    const acts = {
      zoomIn: () => view.setZoom(view.getZoom() * 1.25), zoomOut: () => view.setZoom(view.getZoom() / 1.25),
      fit: () => view.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true }),
      invert: () => view.setProperties({ invert: !view.getProperties().invert }),
      rotateRight: () => view.setViewPresentation({ rotation: ((view.getViewPresentation().rotation ?? 0) + 90) % 360 }),
      rotateLeft: () => view.setViewPresentation({ rotation: ((view.getViewPresentation().rotation ?? 0) + 270) % 360 }),
      flipHorizontal: () => view.setCamera({ flipHorizontal: !camera.flipHorizontal }), flipVertical: () => view.setCamera({ flipVertical: !camera.flipVertical }),
    };
    acts[act]?.();
    view.render();
  }

  reset() {
    this.viewport.resetProperties();
    this.viewport.setCamera({ flipHorizontal: false, flipVertical: false });
    this.viewport.setViewPresentation({ rotation: 0 });
    this.viewport.resetCamera();
    this.viewport.render();
  }

  setLengths(lengths, mayMeasure) {
    this.lengths = lengths; this.mayMeasure = mayMeasure;
    if (!this.engine) return;
    this.use(this.tool);
    this.drawLengths();
    if (this.isStackSet) this.viewport.render();
  }

  // Draws what is saved, and nothing else but the length under the pointer.
  drawLengths() {
    const held = this.group.getToolInstance(tools.LengthTool.toolName).editData?.annotation.annotationUID;
    const selected = new Set(tools.annotation.selection.getAnnotationsSelected());
    for (const annotation of this.ownAnnotations()) if (annotation.annotationUID !== held) tools.annotation.state.removeAnnotation(annotation.annotationUID);
    this.saved.clear(); this.moved.clear();
    for (const { id, instance, frame, points_px: ends } of this.lengths) {
      const image = this.ids.find((one) => frameOf(one).instance.id === instance && frameOf(one).frame === frame);
      if (!image) continue;
      this.saved.set(id, ends);
      if (id === held) continue;
      tools.annotation.state.addAnnotation(lengthAnnotation(id, image, ends), SHARED_PLANE);
      if (selected.has(id)) tools.annotation.selection.setAnnotationSelected(id);
    }
  }

  ownAnnotations() {
    const own = new Set(this.ids);
    return tools.annotation.state.getAllAnnotations().filter((one) => own.has(one.metadata?.referencedImageId));
  }

  deleteMeasure() {
    if (!this.mayMeasure) return;
    for (const uid of tools.annotation.selection.getAnnotationsSelected()) {
      tools.annotation.state.removeAnnotation(uid);
      if (this.saved.delete(uid)) this.tell({ kind: "unmeasure", id: uid });
    }
    this.viewport.render();
  }

  tellWindow() {
    const range = this.viewport.getProperties().voiRange, image = this.viewport.getCornerstoneImage();
    if (!range || !image) return;
    const { windowCenter, windowWidth } = utilities.windowLevel.toWindowLevel(range.lower, range.upper);
    this.tell({ kind: "window", center: windowCenter, width: windowWidth, isColor: image.color });
  }

  tellMoved() {
    for (const annotation of this.moved) {
      const before = this.saved.get(annotation.annotationUID);
      const { points } = lengthOf(annotation.metadata.referencedImageId, annotation.data.handles.points);
      if (before && points.some(([x, y], n) => Math.hypot(x - before[n][0], y - before[n][1]) > SAME_PLACE_PX)) this.tellMeasure(annotation, annotation.annotationUID);
    }
    this.moved.clear();
  }

  tellMeasure(annotation, replaces = "") {
    const id = annotation.metadata.referencedImageId, entry = frameOf(id);
    if (this.isDead || !this.ids.includes(id)) return;
    const { points, value, unit } = lengthOf(id, annotation.data.handles.points);
    this.tell({ kind: "measure", replaces, tool: "length", instance: entry.instance.id, frame: entry.frame, points_px: points, value, unit, spacing_source: unit === "mm" ? entry.instance.spacing_source : "none" });
  }

  destroy() {
    this.isDead = true;
    for (const [target, name, act] of this.listeners ?? []) target.removeEventListener(name, act);
    this.resizer?.disconnect();
    for (const annotation of this.ownAnnotations()) tools.annotation.state.removeAnnotation(annotation.annotationUID);
    if (this.group) tools.ToolGroupManager.destroyToolGroup(this.group.id);
    this.engine?.destroy();
    forgetFrames(this.ids);
    for (const id of this.ids) if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
  }
}

function lengthAnnotation(uid, image, ends) {
  const textBox = { hasMoved: false, worldPosition: [0, 0, 0], worldBoundingBox: { topLeft: [0, 0, 0], topRight: [0, 0, 0], bottomLeft: [0, 0, 0], bottomRight: [0, 0, 0] } };
  return {
    annotationUID: uid, highlighted: false, invalidated: true, isLocked: false, isVisible: true,
    metadata: { toolName: tools.LengthTool.toolName, FrameOfReferenceUID: SHARED_PLANE, referencedImageId: image },
    data: { handles: { points: ends.map((end) => utilities.imageToWorldCoords(image, end)), activeHandleIndex: null, textBox }, label: "", cachedStats: {} },
  };
}

// A length always says where its millimetres come from.
function lengthText(data, target) {
  const id = target.replace(/^imageId:/, ""), entry = frameOf(id);
  if (!entry) return undefined;
  const { value, unit } = lengthOf(id, data.handles.points);
  const words = unit === "mm" ? SPACING_WORDS[entry.instance.spacing_source]?.replace(/^mm,? ?/, "") : "no spacing here";
  return [`${value.toFixed(unit === "mm" ? 2 : 0)} ${unit}${words ? ` (${words})` : ""}`];
}

// Millimetres only where the object says how large a pixel is; elsewhere pixels, never a guess.
function lengthOf(id, worldPoints) {
  const { instance } = frameOf(id);
  const points = worldPoints.map((point) => utilities.worldToImageCoords(id, point));
  const [[x1, y1], [x2, y2]] = points;
  const [left, top, right, bottom] = instance.spacing_region ?? [-Infinity, -Infinity, Infinity, Infinity];
  const isInside = points.every(([x, y]) => x >= left && x <= right && y >= top && y <= bottom);
  if (!instance.spacing_mm || !isInside) return { points, value: Math.hypot(x2 - x1, y2 - y1), unit: "px" };
  const [row, column] = instance.spacing_mm;
  return { points, value: Math.hypot((x2 - x1) * column, (y2 - y1) * row), unit: "mm" };
}
