// Toolbar, slider and help of the viewer: what every key does is shown where it is.
import { useEffect, useRef } from "react";
import { ChevronLeft, ChevronRight, CircleHelp, Contrast, FlipHorizontal2, FlipVertical2, Hand, Maximize, Minimize2, Pause, Play, RefreshCcw, RotateCcw, RotateCw, Ruler, Search, SunMedium, ZoomIn, ZoomOut } from "lucide-react";

export const KEYS = [
  ["ArrowUp ArrowLeft", "Previous image", "previous"], ["ArrowDown ArrowRight", "Next image", "next"], ["Home", "First image", "first"], ["End", "Last image", "last"],
  ["PageUp", "Previous series", "previousStack"], ["PageDown", "Next series", "nextStack"], ["1 2 3 4", "Window presets", "preset"],
  ["w", "Window tool", "tool:window"], ["p", "Pan tool", "tool:pan"], ["z", "Zoom tool", "tool:zoom"], ["m", "Length tool", "tool:length"], ["Backspace Delete", "Delete the selected length", "deleteMeasure"],
  ["+", "Zoom in", "zoomIn"], ["-", "Zoom out", "zoomOut"], ["=", "Fit", "fit"], ["i", "Invert", "invert"], ["r", "Rotate right", "rotateRight"], ["l", "Rotate left", "rotateLeft"],
  ["h", "Flip sideways", "flipHorizontal"], ["v", "Flip upside down", "flipVertical"], ["c", "Play or stop", "cine"], ["f", "Full screen", "fullScreen"], [" ", "Reset", "reset"], ["?", "This help", "help"],
];

export const actionOf = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range") return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = KEYS.find(([keys]) => (keys === " " ? key === " " : keys.split(" ").includes(key)));
  if (!found) return undefined;
  return found[2] === "preset" ? `preset:${Number(key) - 1}` : found[2];
};

function Press({ label, icon: Icon, on, act, off }) {
  return (
    <button type="button" className="vv-press" aria-label={label} title={label} aria-pressed={on} disabled={off} onClick={act}>
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}

export function Toolbar({ mayMeasure, tool, isRendered, isPlaying, isFull, isInverted, presets, count, act }) {
  return (
    <div className="vv-bar" role="toolbar" aria-label="Viewer tools">
      {!isRendered && (
        <div className="vv-set">
          <Press label="Window: drag to change brightness and contrast (W)" icon={SunMedium} on={tool === "window"} act={() => act("tool:window")} />
          <Press label="Pan (P)" icon={Hand} on={tool === "pan"} act={() => act("tool:pan")} />
          <Press label="Zoom tool (Z)" icon={Search} on={tool === "zoom"} act={() => act("tool:zoom")} />
          {mayMeasure && <Press label="Length (M)" icon={Ruler} on={tool === "length"} act={() => act("tool:length")} />}
        </div>
      )}
      <div className="vv-set">
        <Press label="Zoom in (+)" icon={ZoomIn} act={() => act("zoomIn")} />
        <Press label="Zoom out (-)" icon={ZoomOut} act={() => act("zoomOut")} />
        <Press label="Fit (=)" icon={Minimize2} act={() => act("fit")} />
        <Press label="Invert (I)" icon={Contrast} on={isInverted} act={() => act("invert")} />
        <Press label="Rotate left (L)" icon={RotateCcw} act={() => act("rotateLeft")} />
        <Press label="Rotate right (R)" icon={RotateCw} act={() => act("rotateRight")} />
        <Press label="Flip sideways (H)" icon={FlipHorizontal2} act={() => act("flipHorizontal")} />
        <Press label="Flip upside down (V)" icon={FlipVertical2} act={() => act("flipVertical")} />
      </div>
      {presets.length > 0 && (
        <select className="vv-select" aria-label="Window preset" value="" onChange={(event) => act(`preset:${event.target.value}`)}>
          <option value="" disabled>Window</option>
          {presets.map((preset, number) => <option key={preset.label} value={number}>{number < 4 ? `${number + 1}  ` : ""}{preset.label}</option>)}
        </select>
      )}
      <div className="vv-set vv-end">
        {count > 1 && <Press label="Play or stop (C)" icon={isPlaying ? Pause : Play} on={isPlaying} act={() => act("cine")} />}
        <Press label="Reset (space)" icon={RefreshCcw} act={() => act("reset")} />
        <Press label={isFull ? "Leave full screen (F)" : "Full screen (F)"} icon={Maximize} on={isFull} act={() => act("fullScreen")} />
        <Press label="Keys (?)" icon={CircleHelp} act={() => act("help")} />
      </div>
    </div>
  );
}

export function Slider({ index, count, isPlaying, rate, act }) {
  if (count < 2) return null;
  return (
    <div className="vv-slider">
      <Press label="Previous image" icon={ChevronLeft} act={() => act("previous")} off={index <= 0} />
      <input type="range" min={1} max={count} value={index + 1} aria-label="Image" onChange={(event) => act(`go:${event.target.value - 1}`)} />
      <Press label="Next image" icon={ChevronRight} act={() => act("next")} off={index >= count - 1} />
      <output className="vv-count">{index + 1} / {count}</output>
      {isPlaying && (
        <label className="vv-rate">{rate} /s<input type="range" min={1} max={60} value={rate} aria-label="Images per second" onChange={(event) => act(`rate:${event.target.value}`)} /></label>
      )}
    </div>
  );
}

export function Help({ close }) {
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const shown = (keys) => (keys === " " ? ["Space"] : keys.split(" ").map((key) => key.replace("Arrow", "")));
  return (
    <div className="vv-help" role="dialog" aria-modal="true" aria-label="Keys of the viewer" onClick={close}>
      <div className="vv-card" onClick={(event) => event.stopPropagation()}>
        <h3>Keys and gestures</h3>
        <dl>{KEYS.map(([keys, words]) => <div key={words}><dt>{shown(keys).map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{words}</dd></div>)}</dl>
        <p>Wheel pages through images. The left button or one finger uses the chosen tool, the middle button pans, the right button zooms, two fingers zoom and pan.</p>
        <button type="button" ref={first} className="vv-close" onClick={close}>Close</button>
      </div>
    </div>
  );
}
