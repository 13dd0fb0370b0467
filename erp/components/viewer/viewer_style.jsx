// The viewer is dark in both themes: eyes adapt to the image, not to the page.
export const STYLE = `
.vv { --vv-ink: #e6edf1; --vv-dim: #93a1ab; --vv-line: #26313a; --vv-panel: #10171d; position: relative; display: flex; flex-direction: column; height: 100%; min-height: 320px; background: #000; color: var(--vv-ink); border-radius: var(--radius-4, 8px); overflow: hidden; font: 13px/1.4 var(--default-font-family, system-ui); user-select: none; outline: none; }
.vv:focus-visible { box-shadow: inset 0 0 0 2px var(--accent-9, #12a594); }
.vv-bar { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 4px 8px; background: var(--vv-panel); border-bottom: 1px solid var(--vv-line); }
.vv-set { display: flex; } .vv-end { margin-left: auto; }
.vv-press { width: 36px; height: 36px; display: grid; place-items: center; border: 0; border-radius: 6px; background: none; color: var(--vv-ink); cursor: pointer; flex: none; }
.vv-press:hover:not(:disabled) { background: #1d2830; } .vv-press:disabled { opacity: .35; cursor: default; }
.vv-press[aria-pressed="true"] { background: var(--accent-9, #12a594); color: #fff; }
.vv-press:focus-visible, .vv-select:focus-visible, .vv-stack:focus-visible { outline: 2px solid var(--accent-8, #53b9ab); outline-offset: -2px; }
.vv-select { height: 32px; max-width: 130px; border: 1px solid var(--vv-line); border-radius: 6px; background: #182129; color: var(--vv-ink); padding: 0 8px; font: inherit; }
.vv-body { flex: 1; display: flex; min-height: 0; }
.vv-stacks { width: 116px; flex: none; overflow-y: auto; background: var(--vv-panel); border-right: 1px solid var(--vv-line); padding: 8px; display: flex; flex-direction: column; gap: 8px; }
.vv-stack { border: 1px solid var(--vv-line); border-radius: 6px; background: #000; color: var(--vv-dim); padding: 4px; cursor: pointer; text-align: left; font: inherit; font-size: 11px; }
.vv-stack[aria-current="true"] { border-color: var(--accent-9, #12a594); color: var(--vv-ink); }
.vv-stack img { width: 100%; aspect-ratio: 1; object-fit: contain; display: block; background: #000; }
.vv-stack span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.vv-stage { position: relative; flex: 1; min-width: 0; background: #000; overflow: hidden; touch-action: none; }
.vv-canvas { position: absolute; inset: 0; } .vv-blank .vv-canvas, .vv-blank .vv-picture { visibility: hidden; }
.vv-picture { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; transition: opacity .12s; }
.vv-corner { position: absolute; pointer-events: none; padding: 8px 10px; text-shadow: 0 0 3px #000, 0 0 3px #000; font-size: 12px; font-variant-numeric: tabular-nums; max-width: 48%; }
.vv-corner > div { width: fit-content; max-width: 100%; padding: 0 4px; border-radius: 3px; background: rgb(0 0 0 / .68); } .vv-tr > div, .vv-br > div { margin-left: auto; }
.vv-corner div { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .vv-dim { color: var(--vv-dim); }
.vv-tl { top: 0; left: 0; } .vv-tr { top: 0; right: 0; text-align: right; } .vv-bl { bottom: 0; left: 0; } .vv-br { bottom: 0; right: 0; text-align: right; }
.vv-mark { display: inline-block; background: #7a4b00; color: #ffe2b0; border-radius: 4px; padding: 0 6px; font-size: 11px; font-weight: 600; }
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
.vv-card { background: #151d24; border: 1px solid var(--vv-line); border-radius: 10px; padding: 16px 20px; max-width: 620px; max-height: 100%; overflow: auto; box-sizing: border-box; }
.vv-card h3 { margin: 0 0 8px; font-size: 15px; } .vv-card p { color: var(--vv-dim); margin: 12px 0; }
.vv-card dl { columns: 2; column-gap: 28px; margin: 0; } .vv-card dl > div { display: flex; gap: 10px; justify-content: space-between; padding: 2px 0; break-inside: avoid; } .vv-card dt { order: 2; white-space: nowrap; } .vv-card dd { margin: 0; color: var(--vv-ink); }
.vv-card kbd { border: 1px solid #3a4853; border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; margin-left: 3px; font: 11px var(--code-font-family, monospace); }
@media (pointer: coarse) { .vv-press { width: 44px; height: 44px; } .vv-select { height: 44px; } .vv input[type="range"] { height: 44px; } }
@media (max-width: 640px) {
  .vv-body { flex-direction: column-reverse; } .vv-stacks { width: auto; flex-direction: row; overflow: auto hidden; border-right: 0; border-top: 1px solid var(--vv-line); } .vv-stack { width: 76px; flex: none; }
  .vv-bar { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; } .vv-end { margin-left: 0; } .vv-card dl { columns: 1; } .vv-bl .vv-dim { display: none; }
}`;
