// Which series lies in which pane, at which picture, looked at how. Plain functions of plain data.
import { PLAIN_LOOK, beside, bounded } from "./viewer_maths.js";

export const LAYOUTS = { "1x1": [1, 1], "1x2": [1, 2], "2x1": [2, 1], "2x2": [2, 2] }; // rows, columns
export const MOST_PANES = 4;
const PANE = { stack: null, index: 0, look: PLAIN_LOOK, anchor: 0, direction: 1 };
const placed = new WeakMap();

// Every frame of a stack, in order.
export function placesOf(stack) {
  if (!stack) return [];
  if (!placed.has(stack)) placed.set(stack, stack.instances.flatMap((instance) => Array.from({ length: Math.max(1, instance.frames ?? 1) }, (_, n) => ({ instance, frame: n + 1 }))));
  return placed.get(stack);
}

export const countOf = (layout) => LAYOUTS[layout][0] * LAYOUTS[layout][1];
export const START = { layout: "1x1", active: 0, isLinked: false, hasLines: true, panes: Array.from({ length: MOST_PANES }, () => PANE) };

const stackOf = (pane, stacks) => stacks.find((stack) => stack.id === pane.stack);
const withPane = (state, number, change) => ({ ...state, panes: state.panes.map((pane, n) => (n === number ? { ...pane, ...change } : pane)) });
export const shownPanes = (state) => state.panes.slice(0, countOf(state.layout));

// Fills empty panes with the series that are not shown yet, and forgets series that are gone.
export function filled(state, stacks, start) {
  const own = stacks.filter((stack) => !stack.isCompared);
  const panes = state.panes.map((pane) => (stackOf(pane, stacks) ? { ...pane, index: bounded(pane.index, 0, placesOf(stackOf(pane, stacks)).length - 1) } : PANE));
  const wanted = own.find((stack) => start && stack.instances.some((one) => one.id === start));
  if (!panes[0].stack && wanted) panes[0] = { ...PANE, stack: wanted.id, index: placesOf(wanted).findIndex((place) => place.instance.id === start) };
  panes.forEach((pane, n) => {
    const free = own.find((stack) => !panes.some((one) => one.stack === stack.id));
    if (!pane.stack && free) panes[n] = { ...PANE, stack: free.id };
  });
  return { ...state, panes };
}

export const opened = (state, number, stackId, index = 0) => ({ ...withPane(state, number, { stack: stackId, index, look: PLAIN_LOOK, anchor: index, direction: 1 }), active: number });
export const activated = (state, number) => (state.active === number ? state : { ...state, active: number });
export const laidOut = (state, layout) => ({ ...state, layout, active: Math.min(state.active, countOf(layout) - 1) });

// Links the panes; series without a common frame of reference keep step from where they are now.
export function linked(state, isLinked) {
  return { ...state, isLinked, panes: state.panes.map((pane) => ({ ...pane, anchor: pane.index })) };
}

// How a pane follows the active one: by position, or by number and why; it stays where it has no slice near.
export function following(state, number, stacks) {
  const from = stackOf(state.panes[state.active], stacks), to = stackOf(state.panes[number], stacks);
  if (!from || !to || from === to) return { why: "" };
  return beside(placesOf(from)[state.panes[state.active].index] ?? placesOf(from)[0], placesOf(to));
}

export function gone(state, number, index, stacks) {
  const pane = state.panes[number], places = placesOf(stackOf(pane, stacks));
  const next = bounded(index, 0, Math.max(0, places.length - 1));
  if (next === pane.index) return state;
  const moved = { ...withPane(state, number, { index: next, direction: next > pane.index ? 1 : -1 }), active: number };
  if (!state.isLinked) return moved;
  return { ...moved, panes: moved.panes.map((other, n) => (n === number || n >= countOf(state.layout) ? other : follower(other, n, moved, stacks, next - pane.anchor))) };
}

function follower(pane, number, state, stacks, steps) {
  const stack = stackOf(pane, stacks);
  if (!stack) return pane;
  const found = following(state, number, stacks);
  if (found.far !== undefined) return pane;
  const index = found.index ?? bounded(pane.anchor + steps, 0, placesOf(stack).length - 1);
  return index === pane.index ? pane : { ...pane, index, direction: index > pane.index ? 1 : -1 };
}

// Changes how a pane is looked at; linked panes zoom and move along.
export function looked(state, number, change) {
  const look = { ...state.panes[number].look, ...change };
  const changed = withPane(state, number, { look });
  if (!state.isLinked || !("zoom" in change || "pan" in change)) return changed;
  return { ...changed, panes: changed.panes.map((pane) => ({ ...pane, look: { ...pane.look, zoom: look.zoom, pan: look.pan } })) };
}
