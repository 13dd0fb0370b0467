// The viewer of a study: its series in panes, what hands and keys do to them, and what the page is told.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Slider, Steps, Toolbar } from "./viewer_controls.jsx";
import { enterFrames } from "./viewer_frames.jsx";
import { DRAWING } from "./viewer_hand.jsx";
import { Unsaved, useMarks } from "./viewer_keeping.jsx";
import { Help, actionOf } from "./viewer_keys.jsx";
import { forgetRefused } from "./viewer_loading.jsx";
import { PLAIN_LOOK, cutLine, isTurn, turned, zoomed } from "./viewer_maths.js";
import { graphics } from "./viewer_painters.jsx";
import { Pane } from "./viewer_pane.jsx";
import { LAYOUTS, START, activated, countOf, filled, following, gone, laidOut, linked, looked, opened, placesOf } from "./viewer_panes.js";
import { presetsOf } from "./viewer_presets.js";
import { SeriesStrip } from "./viewer_series.jsx";
import { useComparison, useSession, useStacks } from "./viewer_sources.jsx";
import { STYLE } from "./viewer_style.jsx";

const DEFAULT_RATE = 10, REST_MS = 300;
const NOTHING = [];

// Cine: the next image only once it is there, so the speed never lies about content.
function useCine({ isPlaying, rate, count, step }) {
  useEffect(() => {
    if (!isPlaying || count < 2) return undefined;
    let frame = 0, last = performance.now();
    const tick = (now) => {
      frame = requestAnimationFrame(tick);
      if (now - last < 1000 / rate - 2) return;
      if (step()) last = Math.max(last + 1000 / rate, now - 1000 / rate);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, rate, count, step]);
}

// Another session is another viewer: nothing of one is left in the next.
export function ImageViewer(given) {
  const session = useSession(given.base);
  return <SessionViewer key={session} session={session} {...given} />;
}

function SessionViewer({ session, source = "", base = "/api/erp/imaging", start, presets: given, marks, markNews, marksTurn, mayMark: mayMarkHere = false, canUndo = false, canRedo = false, layout = "1x1", lookAt, onImage, onMark, onUnmark, onUndo, onRedo, onLayout, onFailure }) {
  const [{ stacks: own, status, text }, fetchAgain, isFilled] = useStacks(source, session);
  const mayMark = mayMarkHere && isFilled; // before, the page may still speak of the session that was open last
  const comparison = useComparison(isFilled ? source : "", base);
  const stacks = useMemo(() => [...own, ...comparison.other.stacks], [own, comparison.other.stacks]);
  const [board, setBoard] = useState(START);
  const [tool, setTool] = useState("window");
  const [isPlaying, setPlaying] = useState(false);
  const [isLooped, setLooped] = useState(true);
  const [rate, setRate] = useState(DEFAULT_RATE);
  const [selected, setSelected] = useState(null);
  const [isHelp, setHelp] = useState(false);
  const [isFull, setFull] = useState(false);
  const [card] = useState(graphics);
  const [isRendered, setRendered] = useState(!card.has);
  const [onScreen, setOnScreen] = useState({}); // what each pane really shows
  const [failure, setFailure] = useState({});
  const root = useRef(null), isInside = useRef(false), hasChosen = useRef(false), telling = useRef(0), ready = useRef({}), landed = useRef({});
  const tell = useRef({}), data = useRef({});
  tell.current = isFilled ? { onImage, onMark, onUnmark, onUndo, onRedo, onLayout, onFailure } : {};
  const kept = useMarks({ marks: isFilled ? marks : NOTHING, news: markNews, turn: marksTurn, tell });
  const allMarks = useMemo(() => [...kept.shown, ...comparison.other.marks], [kept.shown, comparison.other.marks]);
  data.current = { stacks, board, keep: kept.keep };

  useEffect(enterFrames, []);
  useEffect(() => { setBoard((now) => filled(now, stacks, start)); }, [stacks, start]);
  useEffect(() => { // the page knows it from last time; what was chosen since stands, however late the page answers
    if (layout in LAYOUTS && !hasChosen.current) setBoard((now) => laidOut(now, layout));
  }, [layout]);
  useEffect(() => { // keys go on when what had the focus is gone, or is switched off
    const focused = document.activeElement;
    if (isInside.current && (focused === document.body || focused?.disabled)) root.current?.focus({ preventScroll: true });
  });
  useEffect(() => {
    const note = () => setFull(document.fullscreenElement === root.current);
    document.addEventListener("fullscreenchange", note);
    return () => document.removeEventListener("fullscreenchange", note);
  }, []);

  const hear = useCallback((number, news) => {
    if (news.kind === "lost") { setRendered(true); return; }
    if (news.kind === "failure") {
      setFailure((now) => ({ ...now, [number]: true })); setOnScreen((now) => ({ ...now, [number]: null }));
      setPlaying(false);
      tell.current.onFailure?.(news.instance?.id ?? "", news.text);
      return;
    }
    landed.current[number] = `${news.instance.id}/${news.frame}`;
    setOnScreen((now) => ({ ...now, [number]: news })); setFailure((now) => (now[number] ? { ...now, [number]: false } : now));
    clearTimeout(telling.current); // one event when paging rests, not one per frame
    telling.current = setTimeout(() => tell.current.onImage?.(news.instance.id, news.frame), REST_MS);
  }, []);
  const acts = useMemo(() => ({
    hear,
    ready: (number, one) => { ready.current[number] = one; },
    activate: (number) => setBoard((now) => activated(now, number)),
    select: setSelected,
    look: (number, change) => setBoard((now) => looked(now, number, change)),
    page: (number, step) => setBoard((now) => gone(now, number, now.panes[number].index + step, data.current.stacks)),
    keep: (mark) => data.current.keep(mark),
  }), [hear]);

  const active = board.active, pane = board.panes[active];
  const stack = stacks.find((one) => one.id === pane.stack), places = placesOf(stack), count = places.length, index = pane.index;
  const shown = onScreen[active], wanted = places[index];
  const isThere = Boolean(shown && wanted && shown.instance.id === wanted.instance.id && shown.frame === wanted.frame);
  const presets = presetsOf(isThere ? shown : wanted, stack?.modality, given);
  const mayDraw = mayMark && !stack?.isCompared;
  const keyMark = kept.shown.find((mark) => mark.tool === "key" && wanted && mark.instance === wanted.instance.id && mark.frame === wanted.frame);
  const window_ = ready.current[active]?.window;

  const goTo = (next) => setBoard((now) => gone(now, now.active, next, stacks));
  const openStack = (stackId, at = 0) => { setPlaying(false); setBoard((now) => opened(now, now.active, stackId, at)); };
  const openNext = (step) => {
    const next = stacks[stacks.findIndex((one) => one.id === pane.stack) + step];
    if (next) openStack(next.id);
  };
  useEffect(() => {
    const time = stack?.instances[0]?.frame_time_ms;
    setRate(time ? Math.min(60, Math.max(1, Math.round(1000 / time))) : DEFAULT_RATE);
  }, [stack?.id]);
  useEffect(() => { // the page asks for one picture
    const found = lookAt?.instance && stacks.find((one) => one.instances.some((instance) => instance.id === lookAt.instance));
    if (!found || !isFilled) return;
    const at = placesOf(found).findIndex((place) => place.instance.id === lookAt.instance && place.frame === lookAt.frame);
    setBoard((now) => {
      const there = now.panes.slice(0, countOf(now.layout)).findIndex((one) => one.stack === found.id);
      const next = there < 0 ? opened(now, now.active, found.id, Math.max(0, at)) : gone(activated(now, there), there, at, stacks);
      return looked(next, next.active, lookAt.look ?? {});
    });
    setSelected(lookAt.id ?? null);
    root.current?.scrollIntoView?.({ block: "nearest" });
  }, [lookAt?.turn]);

  const cineStep = useCallback(() => {
    const { board: now, stacks: known } = data.current, one = now.panes[now.active];
    const all = placesOf(known.find((each) => each.id === one.stack)), place = all[one.index];
    const next = (one.index + 1) % all.length;
    if (next === 0 && !isLooped) { setPlaying(false); return true; }
    if (landed.current[now.active] !== `${place?.instance.id}/${place?.frame}` || !ready.current[now.active]?.isReady(next)) return false;
    setBoard((board_) => gone(board_, board_.active, next, known));
    return true;
  }, [isLooped]);
  useCine({ isPlaying, rate, count, step: cineStep });

  const compare = async (id) => {
    const others = await comparison.compare(id);
    if (others.length === 0) { setBoard((now) => filled(linked(now, false), own, start)); return; }
    const match = others.find((one) => one.modality === stack?.modality) ?? others[0];
    setBoard((now) => {
      const first = stack?.isCompared ? now.panes[0] : now.panes[now.active];
      hasChosen.current = true;
      const wide = countOf(now.layout) < 2 ? laidOut(now, "1x2") : now;
      const panes = wide.panes.map((one, n) => (n === 0 ? { ...first } : n === 1 ? { ...START.panes[1], stack: match.id } : one));
      return linked({ ...wide, panes, active: 0 }, true);
    });
  };
  const setLayout = (name) => { hasChosen.current = true; setBoard((now) => laidOut(now, name)); tell.current.onLayout?.(name); };
  const shadeBy = (widths) => {
    if (!window_) return;
    const [grow, shift] = widths.split(",").map(Number);
    acts.look(active, { window: { center: window_.center + shift * window_.width, width: Math.max(1, window_.width * (1 + grow)) } });
  };

  const act = (name) => {
    const [what, value] = name.split(":");
    const { look } = pane;
    const names = Object.keys(LAYOUTS);
    const doing = {
      previous: () => goTo(index - 1), next: () => goTo(index + 1), first: () => goTo(0), last: () => goTo(count - 1), go: () => goTo(Number(value)),
      previousStack: () => openNext(-1), nextStack: () => openNext(1), nextPane: () => setBoard((now) => activated(now, (now.active + 1) % countOf(now.layout))),
      tool: () => (mayDraw || !DRAWING.has(value)) && setTool(value),
      key: () => mayDraw && isThere && (keyMark ? keyMark.id && kept.remove(keyMark.id) : kept.keep({ tool: "key", points_px: [], label: "", instance: wanted.instance.id, frame: wanted.frame, look: ready.current[active]?.seen })),
      undo: () => canUndo && tell.current.onUndo?.(), redo: () => canRedo && tell.current.onRedo?.(),
      deleteMark: () => { const one = kept.shown.find((mark) => mark.id && mark.id === selected); if (one && mayMark) { setSelected(null); kept.remove(one.id); } },
      escape: () => { setSelected(null); setTool((now) => (DRAWING.has(now) ? "window" : now)); },
      cine: () => setPlaying((on) => count > 1 && !on), loop: () => setLooped((on) => !on), rate: () => setRate(Number(value)),
      layout: () => setLayout(value), nextLayout: () => setLayout(names[(names.indexOf(board.layout) + 1) % names.length]),
      link: () => setBoard((now) => linked(now, !now.isLinked)), lines: () => setBoard((now) => ({ ...now, hasLines: !now.hasLines })),
      help: () => setHelp((on) => !on), fullScreen: () => (document.fullscreenElement ? document.exitFullscreen() : root.current.requestFullscreen?.()),
      preset: () => presets[value] && acts.look(active, { window: { center: presets[value].center, width: presets[value].width } }), shade: () => shadeBy(value),
      zoomIn: () => acts.look(active, { zoom: zoomed(look.zoom * 1.25) }), zoomOut: () => acts.look(active, { zoom: zoomed(look.zoom / 1.25) }), fit: () => acts.look(active, { zoom: 1, pan: [0, 0] }),
      invert: () => acts.look(active, { isInverted: !look.isInverted }), reset: () => acts.look(active, PLAIN_LOOK),
    };
    if (doing[what]) doing[what]();
    else if (isTurn(what)) { const { matrix, pan } = turned(look, what); acts.look(active, { matrix, pan }); }
  };
  const onKey = (event) => {
    if (isHelp && event.key === "Escape") { setHelp(false); return; }
    const name = actionOf(event);
    if (name && !((event.key === " " || event.key === "Enter") && event.target.tagName === "BUTTON")) { event.preventDefault(); event.stopPropagation(); act(name); } // the page has keys of its own: G begins the way to another
  };

  const panes = board.panes.slice(0, countOf(board.layout)), [rows, columns] = LAYOUTS[board.layout];
  const onPanes = new Set(panes.map((one) => one.stack));
  const stateNow = status !== "ready" ? status : failure[active] ? "failure" : isThere ? "shown" : "loading";
  return (
    <div className="vv" ref={root} tabIndex={0} onKeyDown={onKey} onFocus={() => { isInside.current = true; }} onBlur={() => { isInside.current = false; }} aria-label="Image viewer" data-state={stateNow} data-filled={isFilled ? "yes" : ""} data-index={index} data-shown={isThere ? `${shown.instance.id}/${shown.frame}` : ""} data-layout={board.layout} data-unsaved={kept.shown.filter((mark) => mark.status).length}>
      <style>{STYLE}</style>
      <Toolbar mayMark={mayDraw} tool={tool} isPlaying={isPlaying} isFull={isFull} isInverted={pane.look.isInverted} isKey={Boolean(keyMark)} isLinked={board.isLinked} hasLines={board.hasLines} layout={board.layout} presets={presets} count={count} canUndo={canUndo} canRedo={canRedo} hasSelection={kept.shown.some((mark) => mark.id && mark.id === selected)} act={act} />
      <Unsaved failed={kept.failed} again={kept.again} drop={kept.drop} />
      <div className="vv-body">
        <SeriesStrip stacks={stacks} base={base} current={pane.stack} shown={onPanes} comparison={comparison} open={openStack} compare={compare} />
        <div className="vv-panes" style={{ gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }} onPointerDown={(event) => event.target.closest("form, button") || root.current?.focus({ preventScroll: true })}>
          {status === "ready" && stacks.length > 0 && panes.map((one, number) => {
            const held = stacks.find((each) => each.id === one.stack);
            return (
              <Pane
                key={number} number={number} stack={held} pane={one} index={one.index} subject={held?.subject} isActive={number === active} isAlone={panes.length === 1} isLinked={board.isLinked} follows={board.isLinked && number !== active ? following(board, number, stacks) : null}
                tool={tool} marks={allMarks} mayMark={mayMark && !held?.isCompared} selected={selected} cutBy={linesOver(board, number, stacks)} base={base} isRendered={isRendered} card={card} acts={acts}
              />
            );
          })}
          {status === "loading" && <div className="vv-center vv-waiting" role="status" aria-label="Loading"><div className="vv-spin" /></div>}
          {status === "failed" && <div className="vv-center" role="alert"><p><strong>No images</strong>{text}</p><button type="button" className="vv-again" onClick={() => { forgetRefused(); fetchAgain(); }}>Try again</button></div>}
          {status === "ready" && stacks.length === 0 && <div className="vv-center"><p><strong>No images yet</strong>They appear here as soon as the device delivers them.</p></div>}
        </div>
      </div>
      {isRendered && presets.length > 0 && <Steps act={act} />}
      <Slider index={index} count={count} isPlaying={isPlaying} isLooped={isLooped} rate={rate} act={act} />
      {isHelp && <Help close={() => { setHelp(false); root.current?.focus({ preventScroll: true }); }} />}
    </div>
  );
}

// Where the other panes' pictures cut that of a pane.
function linesOver(board, number, stacks) {
  const pane = board.panes[number], places = (one) => placesOf(stacks.find((stack) => stack.id === one.stack));
  const onto = places(pane)[pane.index];
  if (!board.hasLines || !onto || board.layout === "1x1") return NOTHING;
  const cuts = board.panes.slice(0, countOf(board.layout)).flatMap((one, n) => {
    const from = n !== number && places(one)[one.index], ends = from && cutLine(from, onto);
    return ends ? [ends] : [];
  });
  return cuts.length ? cuts : NOTHING;
}
