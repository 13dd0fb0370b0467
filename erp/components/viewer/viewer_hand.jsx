// What pointers do over a picture: the chosen tool under one, moving and zooming under two, marks where touched.
import { useEffect, useRef, useState } from "react";
import { isLarge, LEAST_PX, movedWithin, within, zoomedAt } from "./viewer_maths.js";

export const DRAWING = new Set(["length", "angle", "rectangle", "ellipse", "arrow", "text"]);
const STANDING = { 1: "pan", 2: "zoom" }; // the middle and the right button, whatever tool is chosen
const WHEEL = 40, PAGE_PX = 12, TOLD_MS = 4000;
const TOO_SMALL = { new: "Too small to measure: drag further", changed: "Too small: the mark is as it was" };
const LOADING = "This picture is still loading";

export function useHand(stage, given) {
  const now = useRef(given);
  now.current = given;
  const [draft, setDraft] = useState(null);
  const [refused, setRefused] = useState(null);
  const held = useRef({ pointers: new Map(), act: null, rest: 0, draft: null });
  const put = (next) => { held.current.draft = next; setDraft(next); };
  useEffect(() => { put(null); setRefused(null); }, [given.tool, given.place?.instance.id, given.place?.frame]);
  useEffect(() => {
    if (!refused) return undefined;
    const timer = setTimeout(() => setRefused(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [refused]);

  useEffect(() => {
    const element = stage.current, hand = held.current;
    const at = (event) => { const box = element.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const fromMiddle = ([x, y]) => [x - element.clientWidth / 2, y - element.clientHeight / 2];
    const toPicture = (point) => now.current.map.toPicture(point);
    const pair = () => { const [p, q] = [...hand.pointers.values()]; return { apart: Math.hypot(q[0] - p[0], q[1] - p[1]) || 1, middle: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2] }; };

    const down = (event) => {
      if (event.target.closest("button, input, textarea, form, .vv-center")) return;
      const point = at(event);
      setRefused(null);
      now.current.activate();
      hand.pointers.set(event.pointerId, point);
      element.setPointerCapture?.(event.pointerId);
      if (hand.pointers.size === 2) { hand.act = { kind: "pinch", ...pair(), look: now.current.look }; put(null); return; }
      if (hand.pointers.size > 2 || !now.current.place) return;
      const begun = begin(event, point);
      hand.act = begun && { ...begun, look: now.current.look, window: now.current.window };
    };

    const begin = (event, point) => {
      const { tool, mayMark, map } = now.current;
      if (STANDING[event.button]) return { kind: STANDING[event.button], point };
      const shape = event.target.closest("[data-mark]");
      const mark = shape && now.current.marks.find((one) => one.id === shape.dataset.mark);
      if (mark && mayMark && now.current.isThere && !hand.draft) {
        now.current.select(mark.id);
        const handle = event.target.closest("[data-handle]")?.dataset.handle;
        return { kind: "change", mark, handle: handle === undefined ? null : Number(handle), from: toPicture(point), start: point };
      }
      now.current.select(null);
      if (DRAWING.has(tool) && mayMark && !now.current.isThere) { refuse(point, LOADING); return null; }
      if (!DRAWING.has(tool) || !mayMark) return { kind: DRAWING.has(tool) ? "window" : tool, point };
      const [place] = within([map.toPicture(point)], now.current.place.instance);
      if (tool === "text") return { kind: "write", place };
      if (hand.draft?.stage === "second") { put({ ...hand.draft, points_px: [...hand.draft.points_px.slice(0, 2), place] }); return { kind: "draw", start: point }; }
      put({ tool, points_px: [place, place], stage: "first" });
      return { kind: "draw", start: point };
    };

    const move = (event) => {
      const point = at(event), known = hand.pointers.has(event.pointerId);
      if (known) hand.pointers.set(event.pointerId, point);
      if (!known && hand.draft?.stage === "second") { follow(point); return; }
      if (!known || !hand.act) return;
      MOVES[hand.act.kind]?.(point);
    };

    const follow = (point) => {
      const [place] = within([toPicture(point)], now.current.place.instance);
      put({ ...hand.draft, points_px: [...hand.draft.points_px.slice(0, -1), place] });
    };

    // Counted from where the gesture began: a browser may send several moves before anything is drawn again.
    const since = (point) => [point[0] - hand.act.point[0], point[1] - hand.act.point[1]];
    const MOVES = {
      window: (point) => { const [x, y] = since(point); now.current.shade(hand.act.window, x, y); },
      pan: (point) => { const [x, y] = since(point), { pan } = hand.act.look; now.current.setLook({ pan: [pan[0] + x, pan[1] + y] }); },
      zoom: (point) => { const { zoom, pan } = zoomedAt(hand.act.look, 2 ** (-since(point)[1] / 120), [0, 0]); now.current.setLook({ zoom, pan }); },
      page: (point) => {
        const steps = Math.trunc(since(point)[1] / PAGE_PX), moved = steps - (hand.act.paged ?? 0);
        hand.act.paged = steps;
        if (moved) now.current.page(moved);
      },
      pinch: () => {
        if (hand.pointers.size !== 2) return;
        const { apart, middle } = pair(), from = hand.act;
        const { zoom, pan } = zoomedAt(from.look, apart / from.apart, fromMiddle(from.middle));
        now.current.setLook({ zoom, pan: [pan[0] + middle[0] - from.middle[0], pan[1] + middle[1] - from.middle[1]] });
      },
      draw: follow,
      change: (point) => {
        const { mark, handle, from } = hand.act, [x, y] = toPicture(point), picture = now.current.place.instance;
        const { points_px } = mark;
        hand.act.points = handle === null ? movedWithin(points_px, [x - from[0], y - from[1]], picture) : within(points_px.map((p, n) => (n === handle ? [x, y] : p)), picture);
        put({ ...mark, id: undefined, replaces: mark.id, unit: undefined, points_px: hand.act.points, isSmall: handle !== null && isSmall(mark.tool, hand.act.points) });
      },
    };

    const up = (event) => {
      if (!hand.pointers.delete(event.pointerId)) return;
      const { act } = hand, point = at(event);
      if (act?.kind === "pinch") { hand.act = null; return; }
      hand.act = null;
      if (act?.kind === "write") now.current.write({ tool: "text", points_px: [act.place], label: "" });
      if (act?.kind === "change") finishChange(act, point);
      if (act?.kind === "draw") finishDraw(act, point);
    };

    const isMoved = (start, point) => Math.hypot(point[0] - start[0], point[1] - start[1]) >= LEAST_PX;
    const isSmall = (tool, points) => !isLarge(tool, points.map(now.current.map.toScreen));
    const refuse = (point, words) => setRefused({ at: point, words });
    const finishChange = (act, point) => {
      const { isSmall: isRefused } = hand.draft ?? {};
      put(null);
      if (!act.points || !isMoved(act.start, point)) return;
      if (isRefused) refuse(point, TOO_SMALL.changed);
      else now.current.keep({ tool: act.mark.tool, label: act.mark.label, points_px: act.points, replaces: act.mark.id });
    };

    const finishDraw = (act, point) => {
      const mark = hand.draft;
      if (!mark) return;
      const last = mark.points_px[mark.points_px.length - 1];
      if (isSmall(mark.tool, mark.points_px)) {
        put(mark.stage === "second" ? mark : null);
        if (isMoved(act.start, point) || mark.stage === "second") refuse(point, TOO_SMALL.new);
        return;
      }
      if (mark.tool === "angle" && mark.stage === "first") { put({ ...mark, stage: "second", points_px: [...mark.points_px, last] }); return; }
      put(null);
      const done = { tool: mark.tool, label: "", points_px: mark.points_px };
      if (mark.tool === "arrow") now.current.write({ ...done, points_px: [done.points_px[1], done.points_px[0]] });
      else now.current.keep(done);
    };

    const cancel = (event) => { hand.pointers.delete(event.pointerId); hand.act = null; put(null); };
    const giveUp = (event) => { if (event.key === "Escape" && hand.act) { hand.act = null; put(null); } };
    const twice = (event) => {
      const shape = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-mark]"); // the event itself names the stage, which holds the pointer
      const mark = now.current.marks.find((one) => one.id === shape?.dataset.mark);
      if (mark && now.current.mayMark && ["arrow", "text"].includes(mark.tool)) now.current.write({ ...mark, id: undefined, replaces: mark.id });
    };
    const wheel = (event) => { // not passive, so the page does not scroll with the stack
      event.preventDefault();
      if (event.ctrlKey) { const { zoom, pan } = zoomedAt(now.current.look, 2 ** (-event.deltaY / 200), fromMiddle(at(event))); now.current.setLook({ zoom, pan }); return; }
      hand.rest += event.deltaMode === 1 ? event.deltaY * WHEEL : event.deltaY;
      if (Math.abs(hand.rest) >= WHEEL) { now.current.activate(); now.current.page(hand.rest > 0 ? 1 : -1); hand.rest = 0; }
    };
    const noMenu = (event) => event.preventDefault();
    const heard = [["pointerdown", down], ["pointermove", move], ["pointerup", up], ["pointercancel", cancel], ["dblclick", twice], ["wheel", wheel, { passive: false }], ["contextmenu", noMenu]];
    for (const [name, act, options] of heard) element.addEventListener(name, act, options);
    window.addEventListener("keydown", giveUp, true);
    return () => {
      for (const [name, act] of heard) element.removeEventListener(name, act);
      window.removeEventListener("keydown", giveUp, true);
    };
  }, [stage]);

  return { draft, refused };
}
