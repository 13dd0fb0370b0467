// One screen: an engine and a viewport, made and taken apart as a whole. What is seen of the picture is
// told to it (`look`); it never changes that by itself.
import { Enums, RenderingEngine, cache, eventTarget, init as initCore, utilities } from "@cornerstonejs/core";
import { FrameError, frameOf, installFrames, registerStack } from "./viewer_frames.jsx";
import { CACHE_BYTES, isLoaded, loadNow, mostAhead, wish } from "./viewer_loading.jsx";
import { PLAIN_LOOK, cameraOver, loadOrder } from "./viewer_maths.js";

const RETRIES = 2, RETRY_MS = 400, PATIENCE_MS = 120;
const ONE_CONTEXT = { rendering: { webGlContextCount: 1 } }; // each screen has its own engine
let started;
let screens = 0;

export function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch { return false; }
}

function start() {
  started ??= (async () => {
    await initCore(ONE_CONTEXT);
    cache.setMaxCacheSize(CACHE_BYTES);
    installFrames();
  })();
  return started;
}

export class Screen {
  // `tell` receives {kind: "image" | "loading" | "failure" | "lost" | "broken", ...}.
  constructor(element, base, tell) {
    screens += 1;
    this.number = screens; // unique for the life of the page: two mounts never share an engine
    this.element = element; this.base = base; this.tell = tell;
    this.isDead = false; this.ids = []; this.wanted = 0; this.shown = -1; this.isBusy = false; this.generation = 0;
    this.look = PLAIN_LOOK; this.direction = 1;
  }

  async open(stack, index, direction = 1) {
    await start();
    if (this.isDead) return;
    if (!this.engine) this.build();
    if (this.stack !== stack) {
      this.stack = stack;
      this.generation += 1;
      this.ids = registerStack(this.base, stack);
      this.shown = -1; this.isStackSet = false;
    }
    this.direction = direction;
    await this.show(index);
  }

  build() {
    const id = `vantage-${this.number}`;
    this.engine = new RenderingEngine(id);
    this.engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element: this.element, defaultOptions: { background: [0, 0, 0] } });
    this.viewport = this.engine.getViewport(id);
    this.listeners = [
      [this.element, Enums.Events.IMAGE_LOAD_ERROR, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.IMAGE_LOAD_FAILED, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.WEBGL_CONTEXT_LOST, () => this.tell({ kind: "lost" })],
    ];
    for (const [target, name, act] of this.listeners) target.addEventListener(name, act);
    this.resizer = new ResizeObserver(() => { this.engine?.resize(true, true); this.draw(); });
    this.resizer.observe(this.element);
  }

  // Shows a frame; calls made meanwhile end at the last one asked for.
  async show(index) {
    this.wanted = Math.min(Math.max(0, index), this.ids.length - 1);
    this.lookAhead();
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (!this.isDead && this.shown !== this.wanted) await this.step(this.wanted, this.generation);
    } finally { this.isBusy = false; }
  }

  // A server that is busy is asked again before anybody is troubled.
  async step(index, generation, tries = 0) {
    const id = this.ids[index], isStale = () => this.isDead || generation !== this.generation;
    const timer = isLoaded(id) ? 0 : setTimeout(() => this.tell({ kind: "loading" }), PATIENCE_MS);
    try {
      await loadNow(id);
      if (isStale()) return;
      await this.put(index, id);
      if (isStale()) return;
      this.shown = index;
      if (this.viewport.getCornerstoneImage()?.imageId !== id) { this.isStackSet = false; throw new FrameError("The screen still shows another image.", true); }
      this.draw(true);
      this.tell({ kind: "image", index, id, ...frameOf(id) });
    } catch (error) {
      if (isStale()) return;
      const isOurs = error instanceof FrameError;
      if ((error.canRetry ?? true) && tries < RETRIES && this.wanted === index) {
        await new Promise((wake) => setTimeout(wake, RETRY_MS * 2 ** tries));
        return await this.step(index, generation, tries + 1);
      }
      this.shown = index;
      if (isOurs) this.tell({ kind: "failure", index, ...frameOf(id), text: error.message, canRetry: error.canRetry });
      else this.tell({ kind: "broken", text: error.message });
    } finally { clearTimeout(timer); }
  }

  async put(index, id) {
    if (this.isStackSet) return void (await this.viewport.setImageIdIndex(index));
    await this.viewport.setStack(this.ids, index);
    this.isStackSet = true;
    this.drawn = null;
  }

  fail(id, error) {
    if (!this.isBusy && this.ids.includes(id) && this.ids[this.wanted] === id) this.tell({ kind: "failure", index: this.wanted, ...frameOf(id), text: error?.message ?? "The image could not be loaded.", canRetry: error?.canRetry ?? true });
  }

  retry() { this.shown = -1; return this.show(this.wanted); }

  lookAhead() {
    const picture = this.stack?.instances[0];
    if (!picture) return;
    const order = loadOrder(this.wanted, this.ids.length, this.direction, mostAhead(picture));
    wish(this.number, order.map((n) => this.ids[n]));
  }

  isReady(index) { return isLoaded(this.ids[index]); }

  setLook(look) {
    if (this.look === look) return;
    this.look = look;
    this.draw();
  }

  // Brings window, inversion and camera in line with `look`; what is unchanged is left alone.
  draw(isNewImage = false) {
    const image = this.engine && this.isStackSet && this.viewport.getCornerstoneImage();
    const entry = image && frameOf(image.imageId);
    if (!entry?.description) return;
    const { center, width } = this.look.window ?? { center: image.windowCenter, width: image.windowWidth };
    const invert = this.look.isInverted !== (entry.description.photometric === "MONOCHROME1");
    const shade = `${center} ${width} ${invert}`;
    if (isNewImage || this.drawn !== shade) {
      this.viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center), invert });
      this.drawn = shade;
    }
    const box = { width: this.element.clientWidth, height: this.element.clientHeight };
    const picture = { ...entry.instance, rows: image.rows, columns: image.columns };
    if (box.width && box.height) this.viewport.setCamera(cameraOver(box, picture, this.look));
    this.viewport.render();
  }

  destroy() {
    this.isDead = true;
    wish(this.number, []);
    for (const [target, name, act] of this.listeners ?? []) target.removeEventListener(name, act);
    this.resizer?.disconnect();
    this.engine?.destroy();
  }
}
