// One pane: a picture, what is drawn over it, and what a person must know about it in the corners.
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useHand } from "./viewer_hand.jsx";
import { valuesOf } from "./viewer_frames.jsx";
import { Marks, told } from "./viewer_marks.jsx";
import { ownWindow, seenBy } from "./viewer_greys.js";
import { mapping } from "./viewer_maths.js";
import { placesOf } from "./viewer_panes.js";
import { instantText } from "./viewer_sources.jsx";
import { SPACING_WORDS } from "./viewer_words.js";
import { RenderedFrame, steppedWindow } from "./viewer_pictures.jsx";
import { Screen } from "./viewer_screen.jsx";

const SIDES = { R: "Right", L: "Left", B: "Both sides" };
const SHADE_STEP = 1 / 300, DOUBLES_PX = 160; // a window twice as wide after so many pixels
const AHEAD_RENDERED = 3;

function useBox(element) {
  const [box, setBox] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const seen = new ResizeObserver(([entry]) => setBox({ width: entry.contentRect.width, height: entry.contentRect.height }));
    seen.observe(element.current);
    return () => seen.disconnect();
  }, [element]);
  return box;
}

// One screen per mount, taken apart whole. What is really on it is `shown`; what went wrong is `state`.
function useScreen({ number, stack, index, direction, look, base, isRendered, card, hear }) {
  const canvas = useRef(null), screen = useRef(null);
  const [shown, setShown] = useState(null);
  const [state, setState] = useState({ kind: "loading" });
  const [isBroken, setBroken] = useState(false);
  const isPlain = isRendered || isBroken;
  const listen = useCallback((news) => {
    if (news.kind === "image") { setState({ kind: "shown" }); setShown(news); hear(number, news); }
    else if (news.kind === "loading") setState({ kind: "loading" });
    else if (news.kind === "failure") { setState(news); setShown(null); hear(number, news); }
    else if (news.kind === "broken") setBroken(true);
    else if (news.kind === "lost") hear(number, news);
  }, [number, hear]);
  useEffect(() => {
    if (isPlain) return undefined;
    const made = new Screen(canvas.current, base, card, listen);
    screen.current = made;
    return () => { made.destroy(); screen.current = null; };
  }, [isPlain, base, card, listen]);
  useEffect(() => { setShown(null); setState({ kind: "loading" }); setBroken(false); }, [stack?.id]);
  useEffect(() => { screen.current?.setLook(look); }, [look, isPlain]);
  useEffect(() => {
    if (!stack || isPlain) return;
    screen.current?.open(stack, index, direction).catch((error) => listen({ kind: "broken", text: error.message }));
  }, [stack, index, direction, isPlain, listen]);
  const retry = () => { setState({ kind: "loading" }); screen.current?.retry(); };
  return { canvas, screen, shown, state, isPlain, listen, retry };
}

function defaultWindow(place, shown) {
  const described = shown?.description, own = described ? ownWindow(described) : place?.instance.windows?.[0];
  if (described?.table_length) return { center: described.table_first + described.table_length / 2, width: described.table_length };
  return described?.samples === 3 ? null : own ?? (described ? { center: (described.minimum + described.maximum) / 2, width: Math.max(1, described.maximum - described.minimum) } : { center: 127.5, width: 255 });
}

export const Pane = memo(function Pane(given) {
  const { number, stack, pane, index, subject, isActive, isAlone, isLinked, follows, tool, marks, mayMark, selected, cutBy, base, isRendered, card, acts } = given;
  const stage = useRef(null), box = useBox(stage), { look } = pane;
  const places = placesOf(stack), place = places[index];
  const { canvas, screen, shown, state, isPlain, listen, retry } = useScreen({ number, stack, index, direction: pane.direction, look, base, isRendered, card, hear: acts.hear });
  const [writing, setWriting] = useState(null);
  const at = shown ?? null;
  const isThere = Boolean(at && place && at.instance.id === place.instance.id && at.frame === place.frame);
  const description = at?.description;
  const picture = useMemo(() => (at ? { ...at.instance, rows: description?.rows || at.instance.rows, columns: description?.columns || at.instance.columns } : place?.instance), [at, place, description]);
  const map = useMemo(() => (picture && box.width ? mapping(box, picture, look) : null), [picture, box, look]);
  const window_ = look.window ?? defaultWindow(at ?? place, at);

  const seen = useMemo(() => seenBy({ ...look, window: look.window && isPlain ? steppedWindow(look.window) : look.window }, description), [look, isPlain, description]);
  useEffect(() => acts.ready(number, { isReady: (n) => isPlain || Boolean(screen.current?.isReady(n)), window: window_, seen }), [number, isPlain, window_, seen, acts, screen]);

  const here = useMemo(() => marks.filter((mark) => at && mark.instance === at.instance.id && mark.frame === at.frame), [marks, at]);
  const isKey = here.some((mark) => mark.tool === "key" && !mark.isGone);
  const values = at?.id ? valuesOf(at.id) : null;
  const keep = (mark) => at && acts.keep({ ...told({ ...mark, id: undefined }, picture, values), instance: at.instance.id, frame: at.frame });
  const shade = (from, x, y) => {
    if (!from || description?.samples === 3) return;
    acts.look(number, { window: { center: from.center + y * from.width * SHADE_STEP, width: Math.max(1, from.width * 2 ** (x / DOUBLES_PX)) } });
  };
  const hand = useHand(stage, {
    tool, look, window: window_, place: at, map: map ?? mapping({ width: 1, height: 1 }, picture ?? { rows: 1, columns: 1 }, look), marks: here, mayMark, isThere,
    activate: () => acts.activate(number), select: acts.select, setLook: (change) => acts.look(number, change), shade, page: (step) => acts.page(number, step), keep, write: setWriting,
  });
  const isBlank = state.kind === "failure" || !at;
  const drawn = useMemo(() => here.filter((mark) => !mark.isGone && mark.id !== hand.draft?.replaces).map((mark) => told(mark, picture, values)), [here, hand.draft, picture, values]);
  const draft = hand.draft && picture ? told({ ...hand.draft, id: undefined }, picture, values) : null;

  return (
    <div className={`vv-stage${isBlank ? " vv-blank" : ""}${isActive && !isAlone ? " vv-active" : ""}`} ref={stage} data-pane={number} data-stack={stack?.id ?? ""} data-index={index} data-state={!stack ? "empty" : isThere || state.kind === "failure" ? state.kind : "loading"} data-shown={at ? `${at.instance.id}/${at.frame}` : ""} data-tool={tool}>
      {isPlain ? <RenderedFrame base={base} place={place} index={index} ahead={places.slice(index + 1, index + 1 + AHEAD_RENDERED)} look={look} box={box} tell={listen} /> : <div className="vv-canvas" ref={canvas} />}
      {map && !isBlank && <Marks marks={drawn} draft={draft} map={map} box={box} selected={selected} mayChange={mayMark} lines={cutBy} />}
      {stack && <Corners stack={stack} subject={subject} at={at} place={place} look={look} window_={window_} isColor={description?.samples === 3} isPlain={isPlain} isKey={isKey} count={places.length} index={at?.index ?? index} link={isLinked && !isActive ? follows : null} />}
      {writing && map && <Writing mark={writing} at={map.toScreen(writing.tool === "arrow" ? writing.points_px[1] : writing.points_px[0])} box={box} close={() => setWriting(null)} keep={keep} />}
      <Refused refused={hand.refused} box={box} />
      {!stack && <div className="vv-center vv-dim"><p>Choose a series for this pane.</p></div>}
      {stack && state.kind === "loading" && !isThere && <div className="vv-center vv-waiting" role="status" aria-label="Loading"><div className="vv-spin" /></div>}
      {state.kind === "failure" && (
        <div className="vv-center" role="alert"><p><strong>This image cannot be shown</strong>{state.text}</p>{state.canRetry && <button type="button" className="vv-again" onClick={retry}>Try again</button>}</div>
      )}
    </div>
  );
});

// Why what a hand did was not kept, where the hand let go.
function Refused({ refused, box }) {
  const style = refused && { left: Math.max(4, Math.min(refused.at[0] + 12, box.width - 244)), top: Math.max(4, Math.min(refused.at[1] + 12, box.height - 40)) };
  return <div role="status">{refused && <div className="vv-refused" style={style}>{refused.words}</div>}</div>;
}

// The words of an arrow or a text, written where they will stand.
function Writing({ mark, at, box, close, keep }) {
  const input = useRef(null), isDone = useRef(false);
  useEffect(() => input.current?.focus(), []);
  const finish = (isKept) => {
    if (isDone.current) return;
    isDone.current = true;
    const label = input.current?.value.trim() ?? "";
    if (isKept && (label || mark.tool === "arrow")) keep({ ...mark, label });
    close();
  };
  return (
    <form className="vv-writing" style={{ left: Math.max(4, Math.min(at[0], box.width - 190)), top: Math.max(4, Math.min(at[1], box.height - 44)) }} onSubmit={(event) => { event.preventDefault(); finish(true); }}>
      <input ref={input} aria-label="Words of the mark" defaultValue={mark.label} maxLength={200} placeholder={mark.tool === "arrow" ? "Words, or nothing" : "Words"} onBlur={() => finish(true)} onKeyDown={(event) => { event.stopPropagation(); if (event.key === "Escape") finish(false); }} />
    </form>
  );
}

// How old somebody was when a picture was taken.
const years = (birth, taken) => { const age = Math.floor((new Date(taken) - new Date(birth)) / 31_557_600_000); return Number.isFinite(age) && age >= 0 ? `${age} y` : ""; };

function linkWords({ why, far, index }) {
  if (far !== undefined) return `Linked by position: no slice here, the nearest is ${Math.round(far)} mm away`;
  if (why) return `Linked by image number: ${why}`;
  return index === undefined ? "Linked" : "Linked by position";
}

function Corners({ stack, subject, at, place, look, window_, isColor, isPlain, isKey, count, index, link }) {
  const { instance } = at ?? place ?? {};
  if (!instance) return null;
  const person = [subject?.patient || subject?.patient_code || "Unknown patient", subject?.birth_on && years(subject.birth_on, instance.acquired_at ?? subject.taken_at), subject?.sex].filter(Boolean).join(" · ");
  return (
    <>
      <div className="vv-corner vv-tl">
        <div className="vv-person">{person}</div>
        {subject?.patient_code && subject.patient && <div className="vv-dim vv-more">{subject.patient_code}</div>}
        <div>{stack.label}</div>
        {instance.laterality && <div className="vv-side">{SIDES[instance.laterality] ?? instance.laterality}</div>}
      </div>
      <div className="vv-corner vv-tr">
        {subject && <div>{subject.number}</div>}
        {subject && <div className="vv-dim vv-more">{instantText(instance.acquired_at ?? subject.taken_at, subject.time_zone)}</div>}
        {instance.technique && <div className="vv-dim vv-more">{instance.technique}</div>}
        <div>{isKey && <span className="vv-tag vv-tag-key">Key image</span>}{instance.is_lossy && <span className="vv-tag">Lossy</span>}{isPlain && <span className="vv-tag">Simplified view</span>}</div>
      </div>
      <div className="vv-corner vv-bl">
        {link && <div className="vv-link">{linkWords(link)}</div>}
        {at && !isColor && window_ && <div>{at.description?.table_length && !look.window ? "Table of the image" : `W ${Math.round(window_.width)} · C ${Math.round(window_.center)}${at.description?.unit ? ` ${at.description.unit}` : ""}`}</div>}
        <div className="vv-dim">{instance.spacing_source === "pixel_spacing" ? "mm by pixel spacing" : SPACING_WORDS[instance.spacing_source] ?? "px"}</div>
      </div>
      <div className="vv-corner vv-br">
        <div>{index + 1} / {count}{instance.number != null && <span className="vv-more"> · image {instance.number}</span>}{instance.frames > 1 && ` · frame ${(at ?? place).frame}`}</div>
        <div>{Math.round(look.zoom * 100)}%</div>
      </div>
    </>
  );
}
