// The viewer is dark in both themes: eyes adapt to the image, not to the page.
export const STYLE = `
.vv { --vv-ink: #e6edf1; --vv-dim: #93a1ab; --vv-line: #26313a; --vv-panel: #10171d; position: relative; display: flex; flex-direction: column; height: 100%; min-height: 320px; background: #000; color: var(--vv-ink); border-radius: var(--radius-4, 8px); overflow: hidden; font: 13px/1.4 var(--default-font-family, system-ui); user-select: none; outline: none; }
.vv:focus-visible { box-shadow: inset 0 0 0 2px var(--accent-9, #12a594); }
.vv-bar { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; padding: 4px 8px; background: var(--vv-panel); border-bottom: 1px solid var(--vv-line); }
.vv-set { display: flex; } .vv-end { margin-left: auto; }
.vv-press { width: 34px; height: 34px; display: grid; place-items: center; border: 0; border-radius: 6px; background: none; color: var(--vv-ink); cursor: pointer; flex: none; }
.vv-press:hover:not(:disabled) { background: #1d2830; } .vv-press:disabled { opacity: .35; cursor: default; }
.vv-press[aria-pressed="true"] { background: var(--accent-9, #12a594); color: #fff; }
.vv-press:focus-visible, .vv-select:focus-visible, .vv-stack:focus-visible { outline: 2px solid var(--accent-8, #53b9ab); outline-offset: -2px; }
.vv-select { height: 32px; max-width: 130px; border: 1px solid var(--vv-line); border-radius: 6px; background: #182129; color: var(--vv-ink); padding: 0 8px; font: inherit; }
.vv-body { flex: 1; display: flex; min-height: 0; }
.vv-stacks { width: 128px; flex: none; overflow-y: auto; background: var(--vv-panel); border-right: 1px solid var(--vv-line); padding: 8px; display: flex; flex-direction: column; gap: 8px; }
.vv-stack { border: 1px solid var(--vv-line); border-radius: 6px; background: #000; color: var(--vv-ink); padding: 4px; cursor: pointer; text-align: left; font: inherit; font-size: 11px; flex: none; }
.vv-stack:hover { border-color: #3a4853; } .vv-on-screen { border-color: #4d6270; } .vv-stack[aria-current="true"] { border-color: var(--accent-9, #12a594); box-shadow: 0 0 0 1px var(--accent-9, #12a594); }
.vv-thumb { width: 100%; aspect-ratio: 1; object-fit: contain; display: grid; place-content: center; background: #000; border-radius: 3px; }
.vv-stack span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.vv-compare { display: block; font-size: 11px; color: var(--vv-dim); border-top: 1px solid var(--vv-line); padding-top: 8px; flex: none; } .vv-compare .vv-select { display: block; width: 100%; margin: 4px 0 0; font-size: 12px; }
.vv-panes { position: relative; flex: 1; min-width: 0; display: grid; gap: 2px; background: #1a232b; }
.vv-stage { position: relative; min-width: 0; min-height: 0; background: #000; overflow: hidden; touch-action: none; container-type: size; cursor: default; }
.vv-active::after { content: ""; position: absolute; inset: 0; border: 1px solid var(--accent-9, #12a594); pointer-events: none; }
.vv-stage:is([data-tool="length"], [data-tool="angle"], [data-tool="rectangle"], [data-tool="ellipse"], [data-tool="arrow"]) { cursor: crosshair; } .vv-stage[data-tool="text"] { cursor: text; } .vv-stage[data-tool="pan"] { cursor: grab; } .vv-stage[data-tool="zoom"] { cursor: zoom-in; } .vv-stage[data-tool="page"] { cursor: ns-resize; }
.vv-canvas { position: absolute; inset: 0; } .vv-blank .vv-canvas, .vv-blank .vv-picture { visibility: hidden; }
.vv-paper { position: absolute; inset: 0; width: 100%; height: 100%; }
.vv-picture { position: absolute; left: 0; top: 0; transform-origin: 0 0; max-width: none; }
.vv-blank .vv-marks { visibility: hidden; } .vv-marks { position: absolute; inset: 0; overflow: hidden; pointer-events: none; }
.vv-outline, .vv-outline-under { fill: none; stroke: #ffd54a; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; } .vv-outline-under { stroke: rgb(0 0 0 / .65); stroke-width: 4; }
.vv-reach { fill: none; stroke: transparent; stroke-width: 14; pointer-events: stroke; cursor: move; } .vv-grip { fill: transparent; pointer-events: all; cursor: grab; }
.vv-handle circle:not(.vv-grip) { fill: #000; stroke: #ffd54a; stroke-width: 1.5; opacity: 0; } .vv-mark-shape:hover .vv-handle circle:not(.vv-grip), .vv-selected .vv-handle circle:not(.vv-grip) { opacity: 1; }
.vv-selected .vv-outline { stroke: #fff; } .vv-saving .vv-outline { stroke-dasharray: 5 4; } .vv-failed .vv-outline { stroke: #ff8a80; stroke-dasharray: 5 4; }
.vv-words { fill: #ffe28a; font: 500 13px var(--default-font-family, system-ui); font-variant-numeric: tabular-nums; paint-order: stroke; stroke: rgb(0 0 0 / .85); stroke-width: 3.5px; stroke-linejoin: round; white-space: pre; } .vv-selected .vv-words { fill: #fff; } .vv-failed .vv-words { fill: #ffb4ab; }
.vv-cut { stroke: #5ad1ff; stroke-width: 1; stroke-dasharray: 7 4; opacity: .9; }
.vv-writing { position: absolute; z-index: 3; margin: 0; } .vv-writing input { width: 180px; height: 34px; box-sizing: border-box; border: 1px solid var(--accent-9, #12a594); border-radius: 6px; background: #10171d; color: #fff; padding: 0 10px; font: inherit; font-size: 14px; outline: none; }
.vv-refused { position: absolute; z-index: 3; max-width: 232px; padding: 5px 10px; border-radius: 6px; background: #4a1512; color: #ffd9d4; pointer-events: none; }
.vv-unsaved { display: flex; align-items: center; gap: 10px; padding: 6px 10px; background: #4a1512; color: #ffd9d4; font-size: 13px; } .vv-unsaved span { flex: 1; } .vv-unsaved .vv-again { height: 30px; } .vv-drop { height: 30px; padding: 0 12px; border: 1px solid #8a4a44; border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer; }
.vv-menu { position: relative; } .vv-menu-list { position: fixed; z-index: 9; width: 240px; padding: 4px; border: 1px solid var(--vv-line); border-radius: 8px; background: #151d24; box-shadow: 0 8px 24px rgb(0 0 0 / .5); }
.vv-menu-list button { display: flex; align-items: center; gap: 10px; width: 100%; height: 36px; padding: 0 10px; border: 0; border-radius: 6px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; } .vv-menu-list button:hover, .vv-menu-list button:focus-visible { background: #1d2830; outline: none; } .vv-menu-list [aria-checked="true"] { color: #6fe0d0; }
.vv-steps { display: flex; flex-wrap: wrap; gap: 6px; padding: 6px 10px; background: var(--vv-panel); border-top: 1px solid var(--vv-line); } .vv-steps button { height: 32px; padding: 0 12px; border: 1px solid var(--vv-line); border-radius: 6px; background: #182129; color: inherit; font: inherit; cursor: pointer; }
.vv-corner { position: absolute; pointer-events: none; padding: 8px 10px; text-shadow: 0 0 3px #000, 0 0 3px #000; font-size: 12px; font-variant-numeric: tabular-nums; max-width: 48%; }
.vv-corner > div { width: fit-content; max-width: 100%; padding: 0 4px; border-radius: 3px; background: rgb(0 0 0 / .68); } .vv-tr > div, .vv-br > div { margin-left: auto; }
.vv-corner div { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .vv-dim { color: var(--vv-dim); }
.vv-tl { top: 0; left: 0; } .vv-tr { top: 0; right: 0; text-align: right; } .vv-bl { bottom: 0; left: 0; } .vv-br { bottom: 0; right: 0; text-align: right; }
.vv-person { font-weight: 600; } .vv-side { color: #6fe0d0; font-weight: 600; } .vv-corner .vv-link { color: #5ad1ff; white-space: normal; }
.vv-tag { display: inline-block; background: #7a4b00; color: #ffe2b0; border-radius: 4px; padding: 0 6px; margin-left: 4px; font-size: 11px; font-weight: 600; } .vv-tag-key { background: #0d5f55; color: #c9fff5; }
@container (max-width: 420px) or (max-height: 300px) { .vv-more { display: none; } .vv-corner { font-size: 11px; padding: 5px 6px; } }
.vv-center { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 10px; text-align: center; padding: 24px; }
.vv-center p { margin: 0; max-width: 40ch; } .vv-center strong { display: block; font-size: 15px; }
.vv-waiting { pointer-events: none; }
.vv-spin { width: 28px; height: 28px; border-radius: 50%; border: 3px solid #33424d; border-top-color: var(--accent-9, #12a594); animation: vv-turn .8s linear infinite; } @keyframes vv-turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .vv-spin { animation-duration: 3s; } }
.vv-again, .vv-close { height: 36px; padding: 0 16px; border: 0; border-radius: 6px; background: var(--accent-9, #12a594); color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
.vv-slider { display: flex; align-items: center; gap: 6px; padding: 2px 10px; background: var(--vv-panel); border-top: 1px solid var(--vv-line); }
.vv-slider > input { flex: 1; min-width: 60px; } .vv input[type="range"] { accent-color: var(--accent-9, #12a594); height: 32px; }
.vv-count { min-width: 64px; text-align: right; font-variant-numeric: tabular-nums; } .vv-rate { display: flex; gap: 6px; align-items: center; font-variant-numeric: tabular-nums; } .vv-rate input { width: 80px; }
.vv-help { position: absolute; inset: 0; z-index: 5; background: rgb(0 0 0 / .6); display: grid; place-items: center; padding: 12px; }
.vv-card { background: #151d24; border: 1px solid var(--vv-line); border-radius: 10px; padding: 14px 20px; width: min(880px, 100%); max-height: 100%; overflow: auto; box-sizing: border-box; font-size: 12.5px; }
.vv-card-top { display: flex; align-items: center; justify-content: space-between; gap: 12px; } .vv-card h3 { margin: 0; font-size: 15px; } .vv-card h4 { margin: 8px 0 2px; font-size: 12px; color: #6fe0d0; font-weight: 600; } .vv-card p { color: var(--vv-dim); margin: 10px 0 0; }
.vv-keys { columns: 3 190px; column-gap: 28px; } .vv-keys section { break-inside: avoid; } .vv-card dl { margin: 0; } .vv-card dl > div { display: flex; gap: 10px; justify-content: space-between; padding: 2px 0; } .vv-card dt { order: 2; white-space: nowrap; } .vv-card dd { margin: 0; color: var(--vv-ink); }
.vv-card kbd { border: 1px solid #3a4853; border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; margin-left: 3px; font: 11px var(--code-font-family, monospace); }
@media (pointer: coarse) { .vv-press { width: 44px; height: 44px; } .vv-select, .vv-menu-list button, .vv-steps button { height: 44px; } .vv input[type="range"] { height: 44px; } }
@media (max-width: 640px) {
  .vv-body { flex-direction: column-reverse; } .vv-stacks { width: auto; flex-direction: row; align-items: center; overflow: auto hidden; border-right: 0; border-top: 1px solid var(--vv-line); } .vv-stack { width: 70px; } .vv-compare { border: 0; padding: 0; width: 150px; }
  .vv-bar { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; -webkit-mask-image: linear-gradient(to right, #000 calc(100% - 28px), transparent); mask-image: linear-gradient(to right, #000 calc(100% - 28px), transparent); } .vv-bar > :last-child { padding-right: 28px; } .vv-end { margin-left: 0; } .vv-bl .vv-dim { display: none; }
}`;
