// Loads frames ahead of the eye: a few at a time, nearest first, and stops what nobody waits for any more.
import { cache, imageLoader } from "@cornerstonejs/core";

export const CACHE_BYTES = 512 * 1024 * 1024;
const AT_ONCE = 5;
const AHEAD_BYTES = CACHE_BYTES * 0.6;
const wishes = new Map(); // pane -> image ids, nearest first
const running = new Set();
const refused = new Set();

export const isLoaded = (id) => Boolean(cache.getImage(id));
export const mostAhead = (picture) => Math.max(8, Math.floor(AHEAD_BYTES / Math.max(1, picture.rows * picture.columns * 2)));

// Says what a pane wants, and no longer wants; nothing at all when it leaves.
export function wish(pane, ids) {
  if (ids.length) wishes.set(pane, ids);
  else wishes.delete(pane);
  const wanted = new Set([...wishes.values()].flat());
  for (const id of running) if (!wanted.has(id)) drop(id);
  next();
}

// Loads one frame at once, whatever else is under way.
export async function loadNow(id) {
  try {
    return await imageLoader.loadAndCacheImage(id);
  } catch (error) {
    forget(id);
    throw error;
  }
}

export function forgetRefused() {
  refused.clear();
}

function drop(id) {
  running.delete(id);
  if (isLoaded(id)) return;
  cache.getImageLoadObject(id)?.cancelFn?.();
  forget(id);
}

function forget(id) {
  if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
}

// Panes take turns, so that two linked stacks run ahead together.
function* inTurn() {
  const lists = [...wishes.values()];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let n = 0; n < longest; n += 1) for (const list of lists) if (n < list.length) yield list[n];
}

function next() {
  if (running.size >= AT_ONCE) return;
  for (const id of inTurn()) {
    if (running.size >= AT_ONCE) return;
    if (running.has(id) || refused.has(id) || cache.getImageLoadObject(id)) continue;
    running.add(id);
    imageLoader.loadAndCacheImage(id)
      .catch((error) => { if (error?.canRetry === false) refused.add(id); forget(id); })
      .finally(() => { running.delete(id); next(); });
  }
}
