// One screen: a painter on a pane, made and taken apart as a whole. What is seen of the picture is told to it (`look`);
// it never changes that by itself.
import { Enums, cache, eventTarget, init as initCore } from "@cornerstonejs/core";
import { FrameError, frameOf, installFrames, registerStack } from "./viewer_frames.jsx";
import { isStraight, ownWindow } from "./viewer_greys.js";
import { CACHE_BYTES, isLoaded, loadNow, mostAhead, wish } from "./viewer_loading.jsx";
import { PLAIN_LOOK, loadOrder } from "./viewer_maths.js";
import { CanvasPainter, CardPainter } from "./viewer_painters.jsx";

const RETRIES = 2, RETRY_MS = 400, PATIENCE_MS = 120;
const ONE_CONTEXT = { rendering: { webGlContextCount: 1 } }; // each screen has its own engine
let frames, core;
let screens = 0;

function startFrames() {
  frames ??= (cache.setMaxCacheSize(CACHE_BYTES), installFrames(), true);
}

export class Screen {
  // `tell` receives {kind: "image" | "loading" | "failure" | "lost" | "broken", ...}.
  constructor(element, base, card, tell) {
    screens += 1;
    this.number = screens;
    this.element = element; this.base = base; this.card = card; this.tell = tell;
    this.isDead = false; this.ids = []; this.wanted = 0; this.shown = -1; this.isBusy = false; this.generation = 0;
    this.look = PLAIN_LOOK; this.direction = 1;
    startFrames();
  }

  async open(stack, index, direction = 1) {
    const isFirst = this.stack !== stack;
    if (isFirst) {
      this.stack = stack;
      this.generation += 1;
      this.ids = registerStack(this.base, stack);
      this.shown = -1; this.isNewStack = true;
    }
    this.direction = direction;
    this.wanted = Math.min(Math.max(0, index), this.ids.length - 1);
    if (isFirst) wish(this.number, [this.ids[this.wanted]]); // under way while the card wakes up, and nothing beside it
    else this.lookAhead();
    if (!this.card.isImitated) await (core ??= initCore(ONE_CONTEXT));
    if (this.isDead) return;
    if (!this.listeners) this.listen();
    await this.show(this.wanted);
    if (isFirst && !this.isDead) this.lookAhead();
  }

  // Takes the painter that can draw a frame; the one before leaves nothing behind.
  equip(id) {
    const { description } = frameOf(id), isTooLarge = Math.max(description.rows, description.columns) > this.card.largest;
    const Kind = this.card.isImitated || isTooLarge || !isStraight(description) ? CanvasPainter : CardPainter;
    if (this.painter instanceof Kind) return;
    this.painter?.destroy();
    this.painter = new Kind(this.element, (image) => cache.getImage(image));
  }

  listen() {
    this.listeners = [
      [this.element, Enums.Events.IMAGE_LOAD_ERROR, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.IMAGE_LOAD_FAILED, (event) => this.fail(event.detail?.imageId, event.detail?.error)],
      [eventTarget, Enums.Events.WEBGL_CONTEXT_LOST, () => this.tell({ kind: "lost" })],
    ];
    for (const [target, name, act] of this.listeners) target.addEventListener(name, act);
    this.resizer = new ResizeObserver(() => { this.painter?.resize(); this.draw(); });
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
    const id = this.ids[index], isStale = () => this.isDead || generation !== this.generation;
    const timer = isLoaded(id) ? 0 : setTimeout(() => this.tell({ kind: "loading" }), PATIENCE_MS);
    try {
      await loadNow(id);
      if (isStale()) return;
      this.equip(id);
      await this.painter.put(this.ids, index, this.isNewStack);
      if (isStale()) return;
      this.isNewStack = false;
      this.shown = index;
      if (this.painter.shownId !== id) { this.painter.forget(); throw new FrameError("The screen still shows another image.", true); }
      this.draw();
      this.tell({ kind: "image", index, id, ...frameOf(id) });
    } catch (error) {
      if (isStale()) return;
      const isOurs = error instanceof FrameError;
      if ((error.canRetry ?? true) && tries < RETRIES && this.wanted === index) {
        await new Promise((wake) => setTimeout(wake, RETRY_MS * 2 ** tries));
        return await this.step(index, generation, tries + 1);
      }
      this.shown = index;
      this.painter?.forget();
      if (isOurs) this.tell({ kind: "failure", index, ...frameOf(id), text: error.message, canRetry: error.canRetry });
      else this.tell({ kind: "broken", text: error.message });
    } finally { clearTimeout(timer); }
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

  // Brings window, inversion and position in line with `look`.
  draw() {
    const id = this.painter?.shownId, image = id && cache.getImage(id), entry = id && frameOf(id);
    if (!image || !entry?.description || this.shown < 0) return;
    const said = entry.description, window = this.look.window ?? (image.table ? null : { center: image.windowCenter, width: image.windowWidth });
    const invert = this.look.isInverted !== (said.photometric === "MONOCHROME1");
    this.painter.draw(image, { ...entry.instance, rows: image.rows, columns: image.columns }, this.look, { said, window, invert });
  }

  destroy() {
    this.isDead = true;
    wish(this.number, []);
    for (const [target, name, act] of this.listeners ?? []) target.removeEventListener(name, act);
    this.resizer?.disconnect();
    this.painter?.destroy();
  }
}
