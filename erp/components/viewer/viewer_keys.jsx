// What every key does; the help and the tooltips say the same.
import { useEffect, useRef } from "react";

export const KEYS = [
  ["Pictures", [
    ["ArrowUp ArrowLeft", "Previous image", "previous"], ["ArrowDown ArrowRight", "Next image", "next"], ["Home", "First image", "first"], ["End", "Last image", "last"],
    ["PageUp", "Previous series", "previousStack"], ["PageDown", "Next series", "nextStack"], ["c", "Play or stop", "cine"], ["Tab", "Next pane", "nextPane"],
  ]],
  ["View", [
    ["w", "Window tool", "tool:window"], ["p", "Pan tool", "tool:pan"], ["z", "Zoom tool", "tool:zoom"], ["s", "Scroll tool", "tool:page"], ["1 2 3 4", "Window presets", "preset"],
    ["+", "Zoom in", "zoomIn"], ["-", "Zoom out", "zoomOut"], ["=", "Fit", "fit"], ["i", "Invert", "invert"], ["r", "Rotate right", "rotateRight"], ["l", "Rotate left", "rotateLeft"],
    ["h", "Flip sideways", "flipHorizontal"], ["v", "Flip upside down", "flipVertical"], [" ", "Reset", "reset"],
  ]],
  ["Marks", [
    ["m", "Length", "tool:length"], ["a", "Angle", "tool:angle"], ["b", "Rectangle with figures", "tool:rectangle"], ["e", "Ellipse with figures", "tool:ellipse"], ["d", "Arrow", "tool:arrow"], ["t", "Text", "tool:text"],
    ["k", "Key image for the report", "key"], ["Ctrl+z", "Undo", "undo"], ["Ctrl+y", "Redo", "redo"], ["Backspace Delete", "Delete the selected mark", "deleteMark"], ["Escape", "Drop what is being drawn", "escape"],
  ]],
  ["Screen", [
    ["g", "Next layout", "nextLayout"], ["o", "Link panes", "link"], ["x", "Reference lines", "lines"], ["f", "Full screen", "fullScreen"], ["?", "This help", "help"],
  ]],
];
const FLAT = KEYS.flatMap(([, keys]) => keys);

export const shortcutOf = (action) => {
  const keys = FLAT.find(([, , name]) => name === action)?.[0];
  return keys === undefined ? "" : keys === " " ? "space" : keys.split(" ")[0].replace(/^.$/, (key) => key.toUpperCase());
};

export function actionOf(event) {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range";
  if (isTyping || event.altKey) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
  if (key === "Tab" && (event.shiftKey || event.target.tagName === "BUTTON")) return undefined; // leaving by keyboard stays possible
  const found = FLAT.find(([keys]) => (keys === " " ? key === " " : keys.split(" ").includes(key)));
  return found?.[2] === "preset" ? `preset:${Number(key) - 1}` : found?.[2];
}

export function Help({ close }) {
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const shown = (keys) => (keys === " " ? ["Space"] : keys.split(" ").map((key) => key.replace("Arrow", "").replace(/^.$/, (one) => one.toUpperCase())));
  return (
    <div className="vv-help" role="dialog" aria-modal="true" aria-label="Keys of the viewer" onClick={close}>
      <div className="vv-card" onClick={(event) => event.stopPropagation()}>
        <div className="vv-card-top"><h3>Keys and gestures</h3><button type="button" ref={first} className="vv-close" onClick={close}>Close</button></div>
        <div className="vv-keys">
          {KEYS.map(([title, keys]) => (
            <section key={title}><h4>{title}</h4><dl>{keys.map(([names, words]) => <div key={words}><dt>{shown(names).map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{words}</dd></div>)}</dl></section>
          ))}
        </div>
        <p>The wheel pages through images, with Ctrl it zooms. The left button or one finger uses the chosen tool, the middle button pans, the right button zooms, two fingers zoom and pan. Marks are saved as they are drawn; drag one to move it, its ends to change it.</p>
      </div>
    </div>
  );
}
