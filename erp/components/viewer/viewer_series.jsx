// The strip of series, with those of a session that is laid beside.
import { placesOf } from "./viewer_panes.js";
import { instantText } from "./viewer_sources.jsx";

function Series({ stack, base, isCurrent, isShown, open }) {
  const places = placesOf(stack), middle = places[Math.floor(places.length / 2)];
  return (
    <button type="button" className={`vv-stack${isShown ? " vv-on-screen" : ""}`} aria-current={isCurrent} onClick={open} title={stack.label}>
      {middle?.instance.is_renderable === false ? <div className="vv-dim vv-thumb">no picture</div> : <img className="vv-thumb" loading="lazy" alt="" src={`${base}/instances/${middle?.instance.id}/rendered?frame=${middle?.frame}&edge=160`} />}
      <span>{stack.label}</span><span className="vv-dim">{[stack.modality, `${places.length} image${places.length === 1 ? "" : "s"}`].filter(Boolean).join(" · ")}</span>
    </button>
  );
}

export function SeriesStrip({ stacks, base, current, shown, comparison, open, compare }) {
  const own = stacks.filter((stack) => !stack.isCompared), others = stacks.filter((stack) => stack.isCompared);
  if (own.length < 2 && comparison.sessions.length === 0) return null;
  const strip = (list) => list.map((stack) => <Series key={stack.id} stack={stack} base={base} isCurrent={stack.id === current} isShown={shown.has(stack.id)} open={() => open(stack.id)} />);
  return (
    <nav className="vv-stacks" aria-label="Series">
      {strip(own)}
      {comparison.sessions.length > 0 && (
        <label className="vv-compare">Compare with
          <select className="vv-select" value={comparison.other.id} onChange={(event) => compare(event.target.value)}>
            <option value="">None</option>
            {comparison.sessions.map((one) => <option key={one.id} value={one.id}>{`${instantText(one.taken_at, comparison.timeZone, true)} · ${one.number}${one.modality ? ` · ${one.modality}` : ""}`}</option>)}
          </select>
        </label>
      )}
      {comparison.other.text && <p className="vv-dim" role="alert">{comparison.other.text}</p>}
      {strip(others)}
    </nav>
  );
}
