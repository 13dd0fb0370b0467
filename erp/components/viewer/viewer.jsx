// The viewer of a study: fetches its list of images, shows one stack at a time, and tells the page.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { Help, Slider, Toolbar, actionOf } from "./viewer_controls.jsx";
import { SPACING_WORDS } from "./viewer_frames.jsx";
import { RenderedFrame } from "./viewer_pictures.jsx";
import { Screen, hasWebGL } from "./viewer_screen.jsx";
import { STYLE } from "./viewer_style.jsx";

const DEFAULT_RATE = 10;
const REST_MS = 300;
const PLAIN_LOOK = { zoom: 1, rotation: 0, flipX: false, flipY: false, isInverted: false, window: null };
const VIEW_ACTS = new Set(["zoomIn", "zoomOut", "fit", "invert", "rotateLeft", "rotateRight", "flipHorizontal", "flipVertical"]);

const placesOf = (stack) => (stack?.instances ?? []).flatMap((instance) => Array.from({ length: Math.max(1, instance.frames ?? 1) }, (_, n) => ({ instance, frame: n + 1 })));

function useStacks(source) {
  const [found, setFound] = useState({ stacks: [], status: "loading" });
  const [turn, again] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const stop = new AbortController();
    setFound({ stacks: [], status: "loading" });
    if (source) {
      fetch(source, { signal: stop.signal, credentials: "same-origin" })
        .then(async (answer) => { if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || "The list of images could not be loaded."); return answer.json(); })
        .then((body) => setFound({ stacks: body.stacks ?? [], status: "ready" }))
        .catch((error) => error.name !== "AbortError" && setFound({ stacks: [], status: "failed", text: error.message }));
    }
    return () => stop.abort();
  }, [source, turn]);
  return [found, again];
}

const adjusted = (look, act) => ({
  zoomIn: { ...look, zoom: look.zoom * 1.25 }, zoomOut: { ...look, zoom: look.zoom / 1.25 }, fit: { ...look, zoom: 1 }, invert: { ...look, isInverted: !look.isInverted },
  rotateRight: { ...look, rotation: (look.rotation + 90) % 360 }, rotateLeft: { ...look, rotation: (look.rotation + 270) % 360 },
  flipHorizontal: { ...look, flipX: !look.flipX }, flipVertical: { ...look, flipY: !look.flipY },
})[act];

function presetsOf(place, given) {
  const own = (place?.description?.windows ?? place?.instance.windows ?? []).map((w, n) => ({ center: w.center, width: w.width, label: w.label || (n === 0 ? "Default" : `Window ${n + 1}`) }));
  return place?.description?.samples === 3 ? [] : [...own, ...(given ?? [])];
}

export function ImageViewer({ source, base = "/api/erp/imaging", start, presets: given, lengths, lengthsTurn, mayMeasure = false, onImage, onMeasure, onUnmeasure, onFailure }) {
  const [{ stacks, status, text }, fetchAgain] = useStacks(source);
  const [stackNumber, setStackNumber] = useState(0);
  const [index, setIndex] = useState(0);
  const [shown, setShown] = useState(null); // what is really on the screen
  const [state, setState] = useState({ kind: "loading" });
  const [shade, setShade] = useState(null);
  const [zoom, setZoom] = useState(1);
  const [tool, setTool] = useState("window");
  const [isPlaying, setPlaying] = useState(false);
  const [rate, setRate] = useState(DEFAULT_RATE);
  const [isHelp, setHelp] = useState(false);
  const [isFull, setFull] = useState(false);
  const [isRendered, setRendered] = useState(() => !hasWebGL());
  const [look, setLook] = useState(PLAIN_LOOK);
  const root = useRef(null), stage = useRef(null), canvas = useRef(null), screen = useRef(null), tellers = useRef({}), telling = useRef(0);
  tellers.current = { onImage, onMeasure, onUnmeasure, onFailure };
  const stack = stacks[stackNumber];
  const places = useMemo(() => placesOf(stack), [stack]);
  const count = places.length;

  const hear = useCallback((news) => {
    if (news.kind === "image") {
      setState({ kind: "shown" }); setShown(news);
      clearTimeout(telling.current); // one event when paging rests, not one per frame
      telling.current = setTimeout(() => tellers.current.onImage?.(news.instance.id, news.frame), REST_MS);
    }
    else if (news.kind === "loading") setState({ kind: "loading" });
    else if (news.kind === "failure") { setState(news); setShown(null); setPlaying(false); tellers.current.onFailure?.(news.instance?.id ?? "", news.text); }
    else if (news.kind === "window") setShade(news.isColor ? null : news);
    else if (news.kind === "view") setZoom(news.zoom);
    else if (news.kind === "measure") { const { kind, ...measure } = news; tellers.current.onMeasure?.(measure); }
    else if (news.kind === "unmeasure") tellers.current.onUnmeasure?.(news.id);
    else if (news.kind === "lost") setRendered(true);
  }, []);

  useEffect(() => { // one screen per mount, taken apart whole
    if (isRendered) return undefined;
    const made = new Screen(canvas.current, base, hear);
    screen.current = made;
    return () => { made.destroy(); screen.current = null; };
  }, [isRendered, base, hear]);

  useEffect(() => screen.current?.setLengths(lengths ?? [], mayMeasure), [lengths, lengthsTurn, mayMeasure, isRendered]);

  useEffect(() => { // open at the image the page asks for
    const wanted = stacks.findIndex((one) => one.instances.some((instance) => instance.id === start));
    setStackNumber(Math.max(0, wanted));
    setIndex(wanted < 0 ? 0 : placesOf(stacks[wanted]).findIndex((place) => place.instance.id === start));
  }, [stacks, start]);

  const go = useCallback((next) => setIndex(Math.min(Math.max(0, next), Math.max(0, count - 1))), [count]);
  const openStack = (number) => { if (number >= 0 && number < stacks.length) { setPlaying(false); setStackNumber(number); setIndex(0); } };

  const opened = useRef(null);
  useEffect(() => {
    if (!stack || isRendered || !screen.current) return;
    if (opened.current === stack && screen.current.engine) { screen.current.show(index); return; }
    opened.current = stack;
    setShown(null); setState({ kind: "loading" });
    screen.current.open(stack, index).catch((error) => { hear({ kind: "failure", text: error.message, canRetry: false }); setRendered(true); });
    const time = stack.instances[0]?.frame_time_ms;
    setRate(time ? Math.min(60, Math.max(1, Math.round(1000 / time))) : DEFAULT_RATE);
  }, [stack, index, isRendered, hear]);

  useEffect(() => { // cine: the next image only once it is there, so the speed never lies about content
    if (!isPlaying || count < 2) return undefined;
    const timer = setInterval(() => setIndex((now) => { const next = (now + 1) % count; if (isRendered || screen.current?.isWarm(next)) return next; screen.current?.warm(next); return now; }), 1000 / rate);
    return () => clearInterval(timer);
  }, [isPlaying, rate, count, isRendered]);

  useEffect(() => {
    const note = () => setFull(document.fullscreenElement === root.current);
    document.addEventListener("fullscreenchange", note);
    return () => document.removeEventListener("fullscreenchange", note);
  }, []);

  const place = isRendered ? places[index] : shown;
  const presets = presetsOf(place, given);
  const act = (name) => {
    const [what, value] = name.split(":");
    const acts = {
      previous: () => go(index - 1), next: () => go(index + 1), first: () => go(0), last: () => go(count - 1), go: () => go(Number(value)),
      previousStack: () => openStack(stackNumber - 1), nextStack: () => openStack(stackNumber + 1),
      tool: () => { if (value === "length" && !mayMeasure) return; setTool(value); screen.current?.use(value); }, cine: () => setPlaying((on) => count > 1 && !on), rate: () => setRate(Number(value)),
      help: () => setHelp((on) => !on), deleteMeasure: () => screen.current?.deleteMeasure(),
      fullScreen: () => (document.fullscreenElement ? document.exitFullscreen() : root.current.requestFullscreen?.()),
      preset: () => presets[value] && (isRendered ? setLook((now) => ({ ...now, window: presets[value] })) : screen.current?.setWindow(presets[value])),
      reset: () => { setLook(PLAIN_LOOK); screen.current?.engine && screen.current.reset(); },
    };
    if (acts[what]) acts[what]();
    else if (VIEW_ACTS.has(what)) { setLook((now) => adjusted(now, what)); if (screen.current?.engine && shown) screen.current.change(what); }
  };
  const actNow = useRef(act);
  actNow.current = act;

  useEffect(() => { // not passive, so the page does not scroll with the stack
    const element = stage.current;
    let rest = 0;
    const wheel = (event) => {
      event.preventDefault();
      rest += event.deltaMode === 1 ? event.deltaY * 40 : event.deltaY;
      if (Math.abs(rest) >= 40) { actNow.current(rest > 0 ? "next" : "previous"); rest = 0; }
    };
    const noMenu = (event) => event.preventDefault();
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("contextmenu", noMenu);
    return () => { element.removeEventListener("wheel", wheel); element.removeEventListener("contextmenu", noMenu); };
  }, []);

  const onKey = (event) => {
    if (isHelp && event.key === "Escape") { setHelp(false); return; }
    const name = actionOf(event);
    if (name && !(event.key === " " && event.target.tagName === "BUTTON")) { event.preventDefault(); act(name); }
  };
  const isBlank = state.kind === "failure" || (!isRendered && !shown);
  const wanted = places[index];
  const isBehind = !isRendered && state.kind === "shown" && (shown?.instance.id !== wanted?.instance.id || shown?.frame !== wanted?.frame);
  const instance = place?.instance;
  const window_ = isRendered ? look.window : shade;

  return (
    <div className="vv" ref={root} tabIndex={0} onKeyDown={onKey} aria-label="Image viewer" data-state={status !== "ready" ? status : isBehind ? "loading" : state.kind} data-index={index} data-shown={shown ? `${shown.instance.id}/${shown.frame}` : ""}>
      <style>{STYLE}</style>
      <Toolbar mayMeasure={mayMeasure} tool={tool} isRendered={isRendered} isPlaying={isPlaying} isFull={isFull} isInverted={look.isInverted} presets={presets} count={count} act={act} />
      <div className="vv-body">
        {stacks.length > 1 && (
          <nav className="vv-stacks" aria-label="Series">
            {stacks.map((one, number) => (
              <button type="button" key={one.id} className="vv-stack" aria-current={number === stackNumber} onClick={() => openStack(number)}>
                {one.instances[0]?.is_renderable === false ? <div className="vv-dim">no picture</div> : <img loading="lazy" alt="" src={`${base}/instances/${one.instances[0]?.id}/rendered?frame=1&edge=160`} />}
                <span title={one.label}>{one.label}</span><span>{placesOf(one).length} images</span>
              </button>
            ))}
          </nav>
        )}
        <div className={`vv-stage${isBlank ? " vv-blank" : ""}`} ref={stage} onPointerDown={() => root.current?.focus({ preventScroll: true })}>
          {isRendered ? <RenderedFrame base={base} place={places[index]} look={look} tell={hear} /> : <div className="vv-canvas" ref={canvas} />}
          <div className="vv-corner vv-tl"><div>{stack?.label}</div>{instance?.laterality && <div>{{ R: "Right", L: "Left" }[instance.laterality] ?? instance.laterality}</div>}</div>
          <div className="vv-corner vv-tr">{instance?.is_lossy && <span className="vv-mark">Lossy</span>}{isRendered && <span className="vv-mark">Simplified view</span>}</div>
          <div className="vv-corner vv-bl">{place && window_ && <div>W {Math.round(window_.width)} · C {Math.round(window_.center)}</div>}{place && <div className="vv-dim">{SPACING_WORDS[instance.spacing_source] ?? "px"}</div>}</div>
          <div className="vv-corner vv-br">{place && <><div>{instance.number != null && `Image ${instance.number}`}{instance.frames > 1 && ` · frame ${place.frame}`}</div><div>{Math.round((isRendered ? look.zoom : zoom) * 100)}%</div></>}</div>
          {status === "loading" || (status === "ready" && count > 0 && state.kind === "loading" && !isRendered) ? <div className="vv-center vv-waiting" role="status" aria-label="Loading"><div className="vv-spin" /></div> : null}
          {status === "failed" && <div className="vv-center" role="alert"><p><strong>No images</strong>{text}</p><button type="button" className="vv-again" onClick={fetchAgain}>Try again</button></div>}
          {status === "ready" && count === 0 && <div className="vv-center"><p><strong>No images yet</strong>They appear here as soon as the device delivers them.</p></div>}
          {status === "ready" && state.kind === "failure" && (
            <div className="vv-center" role="alert"><p><strong>This image cannot be shown</strong>{state.text}</p>{state.canRetry && <button type="button" className="vv-again" onClick={() => { setState({ kind: "loading" }); screen.current?.retry(); }}>Try again</button>}</div>
          )}
        </div>
      </div>
      <Slider index={index} count={count} isPlaying={isPlaying} rate={rate} act={act} />
      {isHelp && <Help close={() => setHelp(false)} />}
    </div>
  );
}
