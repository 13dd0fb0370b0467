// Toolbar and slider of the viewer: what every key does is shown where it is.
import { useEffect, useRef, useState } from "react";
import { ChevronLeft, ChevronRight, Circle, CircleHelp, Columns2, Contrast, DraftingCompass, FlipHorizontal2, FlipVertical2, Grid2x2, Hand, Layers, Link2, Maximize, Minimize, Minimize2, MoveUpRight, Pause, Play, Redo2, RefreshCcw, Repeat, RotateCcw, RotateCw, Rows2, Ruler, ScanLine, Search, Square, Star, SunMedium, Trash2, Type, Undo2, ZoomIn, ZoomOut } from "lucide-react";
import { shortcutOf } from "./viewer_keys.jsx";

const HANDS = [["window", "Window", SunMedium], ["pan", "Pan", Hand], ["zoom", "Zoom tool", Search], ["page", "Scroll", Layers]];
const PENS = [["length", "Length", Ruler], ["angle", "Angle", DraftingCompass], ["rectangle", "Rectangle", Square], ["ellipse", "Ellipse", Circle], ["arrow", "Arrow", MoveUpRight], ["text", "Text", Type]];
const VIEWS = [["zoomIn", "Zoom in", ZoomIn], ["zoomOut", "Zoom out", ZoomOut], ["fit", "Fit", Minimize2], ["invert", "Invert", Contrast], ["rotateLeft", "Rotate left", RotateCcw], ["rotateRight", "Rotate right", RotateCw], ["flipHorizontal", "Flip sideways", FlipHorizontal2], ["flipVertical", "Flip upside down", FlipVertical2]];
const GRIDS = [["1x1", "One pane", Square], ["1x2", "Two panes side by side", Columns2], ["2x1", "Two panes one above the other", Rows2], ["2x2", "Four panes", Grid2x2]];

function Press({ label, name, icon: Icon, on, act, off }) {
  const key = name && shortcutOf(name), words = key ? `${label} (${key})` : label;
  return (
    <button type="button" className="vv-press" aria-label={words} title={words} aria-pressed={on} disabled={off} onClick={act}>
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}

// Layouts behind one button: they are chosen once, and would take the room of four.
function Layouts({ layout, act }) {
  const [isOpen, setOpen] = useState(false), box = useRef(null);
  const [, label, Icon] = GRIDS.find(([name]) => name === layout);
  useEffect(() => {
    const away = (event) => !box.current?.contains(event.target) && setOpen(false);
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, []);
  const place = isOpen ? box.current?.getBoundingClientRect() : null; // fixed: the bar scrolls on a phone, and would clip it
  return (
    <div className="vv-menu" ref={box} onKeyDown={(event) => { if (isOpen && event.key === "Escape") { event.stopPropagation(); setOpen(false); } }}>
      <button type="button" className="vv-press" aria-label={`Layout: ${label} (G)`} title={`Layout: ${label} (G)`} aria-haspopup="true" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Icon size={18} aria-hidden="true" /></button>
      {isOpen && (
        <div className="vv-menu-list" role="menu" style={{ top: place.bottom + 4, left: Math.max(8, Math.min(place.left, window.innerWidth - 248)) }}>
          {GRIDS.map(([name, words, Part]) => <button type="button" role="menuitemradio" aria-checked={name === layout} key={name} onClick={() => { act(`layout:${name}`); setOpen(false); }}><Part size={16} aria-hidden="true" />{words}</button>)}
        </div>
      )}
    </div>
  );
}

export function Toolbar({ mayMark, tool, isPlaying, isFull, isInverted, isKey, isLinked, hasLines, layout, presets, count, canUndo, canRedo, hasSelection, act }) {
  const isMany = layout !== "1x1";
  return (
    <div className="vv-bar" role="toolbar" aria-label="Viewer tools">
      <div className="vv-set">{HANDS.map(([name, label, icon]) => <Press key={name} label={label} name={`tool:${name}`} icon={icon} on={tool === name} act={() => act(`tool:${name}`)} />)}</div>
      {mayMark && (
        <div className="vv-set">
          {PENS.map(([name, label, icon]) => <Press key={name} label={label} name={`tool:${name}`} icon={icon} on={tool === name} act={() => act(`tool:${name}`)} />)}
          <Press label="Key image" name="key" icon={Star} on={isKey} act={() => act("key")} />
        </div>
      )}
      {mayMark && (
        <div className="vv-set">
          <Press label="Undo" name="undo" icon={Undo2} off={!canUndo} act={() => act("undo")} />
          <Press label="Redo" name="redo" icon={Redo2} off={!canRedo} act={() => act("redo")} />
          <Press label="Delete the selected mark" name="deleteMark" icon={Trash2} off={!hasSelection} act={() => act("deleteMark")} />
        </div>
      )}
      <div className="vv-set">{VIEWS.map(([name, label, icon]) => <Press key={name} label={label} name={name} icon={icon} on={name === "invert" ? isInverted : undefined} act={() => act(name)} />)}</div>
      {presets.length > 0 && (
        <select className="vv-select" aria-label="Window preset" value="" onChange={(event) => act(`preset:${event.target.value}`)}>
          <option value="" disabled>Window</option>
          {presets.map((preset, number) => <option key={preset.label} value={number}>{number < 4 ? `${number + 1}  ` : ""}{preset.label}</option>)}
        </select>
      )}
      <div className="vv-set vv-end">
        {count > 1 && <Press label="Play or stop" name="cine" icon={isPlaying ? Pause : Play} on={isPlaying} act={() => act("cine")} />}
        <Layouts layout={layout} act={act} />
        {isMany && <Press label="Link panes" name="link" icon={Link2} on={isLinked} act={() => act("link")} />}
        {isMany && <Press label="Reference lines" name="lines" icon={ScanLine} on={hasLines} act={() => act("lines")} />}
        <Press label="Reset" name="reset" icon={RefreshCcw} act={() => act("reset")} />
        <Press label={isFull ? "Leave full screen" : "Full screen"} name="fullScreen" icon={isFull ? Minimize : Maximize} on={isFull} act={() => act("fullScreen")} />
        <Press label="Keys" name="help" icon={CircleHelp} act={() => act("help")} />
      </div>
    </div>
  );
}

// Where a hand cannot drag a window finely: steps, as the server draws each picture anew.
export function Steps({ act }) {
  const steps = [["Darker", "shade:0,0.1"], ["Brighter", "shade:0,-0.1"], ["Less contrast", "shade:0.2,0"], ["More contrast", "shade:-0.2,0"]];
  return <div className="vv-steps" role="group" aria-label="Window by steps">{steps.map(([words, name]) => <button type="button" key={name} onClick={() => act(name)}>{words}</button>)}</div>;
}

export function Slider({ index, count, isPlaying, isLooped, rate, act }) {
  if (count < 2) return null;
  return (
    <div className="vv-slider">
      <Press label="Previous image" icon={ChevronLeft} act={() => act("previous")} off={index <= 0} />
      <input type="range" min={1} max={count} value={index + 1} aria-label="Image" onChange={(event) => act(`go:${event.target.value - 1}`)} />
      <Press label="Next image" icon={ChevronRight} act={() => act("next")} off={index >= count - 1} />
      <output className="vv-count">{index + 1} / {count}</output>
      {isPlaying && (
        <>
          <label className="vv-rate">{rate} /s<input type="range" min={1} max={60} value={rate} aria-label="Images per second" onChange={(event) => act(`rate:${event.target.value}`)} /></label>
          <Press label="Loop: start again at the end" icon={Repeat} on={isLooped} act={() => act("loop")} />
        </>
      )}
    </div>
  );
}
