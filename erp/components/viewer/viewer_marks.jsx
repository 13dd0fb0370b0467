// What is drawn over a picture: saved marks, the one under the hand, and lines where other panes cut it.
import { counted, gauged, isArea } from "./viewer_maths.js";
import { linesOf } from "./viewer_words.js";

const HANDLE = 5, REACH = 14, LINE = 15, NARROW = 420;

// A mark with its size and figures: the server's where it is saved, else worked out here.
export function told(mark, picture, values) {
  if (mark.id && mark.unit !== undefined) return mark;
  const size = gauged(mark.tool, mark.points_px, picture);
  const isMm = size.unit.startsWith("mm");
  const statistics = isArea(mark.tool) && values ? counted(mark.tool, mark.points_px, values) : null;
  return { ...mark, ...size, statistics, spacing_source: isMm || picture.spacing_source === "invalid" ? picture.spacing_source : "none" };
}

function outlineOf(tool, points) {
  const [p, q, r] = points;
  if (tool === "rectangle") return <rect x={Math.min(p[0], q[0])} y={Math.min(p[1], q[1])} width={Math.abs(q[0] - p[0])} height={Math.abs(q[1] - p[1])} />;
  if (tool === "ellipse") return <ellipse cx={(p[0] + q[0]) / 2} cy={(p[1] + q[1]) / 2} rx={Math.abs(q[0] - p[0]) / 2} ry={Math.abs(q[1] - p[1]) / 2} />;
  if (tool === "angle") return <polyline points={points.map((point) => point.join(",")).join(" ")} />;
  if (tool === "arrow") return <><line x1={q[0]} y1={q[1]} x2={p[0]} y2={p[1]} /><polyline points={headOf(p, q)} /></>;
  if (tool === "text") return <circle cx={p[0]} cy={p[1]} r={3} />;
  return q ? <line x1={p[0]} y1={p[1]} x2={q[0]} y2={q[1]} /> : null;
}

function headOf([x, y], [fromX, fromY]) {
  const turn = Math.atan2(fromY - y, fromX - x);
  const side = (off) => `${x + 12 * Math.cos(turn + off)},${y + 12 * Math.sin(turn + off)}`;
  return `${side(0.45)} ${x},${y} ${side(-0.45)}`;
}

// Words stand beside the mark, inside the pane.
function wordsAt(mark, points, lines, box) {
  const widest = Math.max(...lines.map((line) => line.length)) * 7.2 + 8, tall = lines.length * LINE;
  const right = Math.max(...points.map((p) => p[0])), low = Math.max(...points.map((p) => p[1]));
  const start = mark.tool === "arrow" ? points[1] : mark.tool === "text" ? points[0] : [right, low];
  return [Math.max(6, Math.min(start[0] + 10, box.width - widest)), Math.max(LINE, Math.min(start[1] + LINE, box.height - tall - 4))];
}

function Mark({ mark, map, box, isSelected, mayChange }) {
  if (!mark.points_px.length) return null;
  const points = mark.points_px.map(map.toScreen);
  const all = linesOf(mark), lines = box.width < NARROW && !isSelected ? all.slice(0, 1) : all; // all of it once it is touched
  const at = lines.length ? wordsAt(mark, points, lines, box) : null;
  const standing = mark.status === "failed" || mark.isSmall ? " vv-failed" : mark.status ? " vv-saving" : "";
  return (
    <g className={`vv-mark-shape${isSelected ? " vv-selected" : ""}${standing}`} data-mark={mark.id ?? mark.key ?? "draft"} data-tool={mark.tool}>
      {mark.author && <title>{mark.author}</title>}
      <g className="vv-outline-under">{outlineOf(mark.tool, points)}</g>
      <g className="vv-outline">{outlineOf(mark.tool, points)}</g>
      {mayChange && <g className="vv-reach">{outlineOf(mark.tool, points)}</g>}
      {at && <text className="vv-words" x={at[0]} y={at[1]}>{lines.map((line, n) => <tspan key={n} x={at[0]} dy={n ? LINE : 0}>{line}</tspan>)}</text>}
      {mayChange && points.map((p, n) => <g key={n} data-handle={n} className="vv-handle"><circle className="vv-grip" cx={p[0]} cy={p[1]} r={REACH} /><circle cx={p[0]} cy={p[1]} r={HANDLE} /></g>)}
    </g>
  );
}

export function Marks({ marks, draft, map, box, selected, mayChange, lines }) {
  return (
    <svg className="vv-marks" width={box.width} height={box.height} aria-hidden="true">
      {lines.map((ends, n) => { const [p, q] = ends.map(map.toScreen); return <line key={n} className="vv-cut" x1={p[0]} y1={p[1]} x2={q[0]} y2={q[1]} />; })}
      {marks.map((mark) => <Mark key={mark.key ?? mark.id} mark={mark} map={map} box={box} isSelected={selected === mark.id} mayChange={mayChange && !mark.status} />)}
      {draft && <Mark mark={draft} map={map} box={box} isSelected mayChange={false} />}
    </svg>
  );
}
