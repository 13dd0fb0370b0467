// Marks on their way: shown as they are drawn, until the server has them; kept on the screen if it refuses.
import { useCallback, useEffect, useState } from "react";

const fresh = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
const sent = ({ key, tries, tool, instance, frame, points_px, label, statistics, look, replaces }) => ({ key, tries, tool, instance, frame, points_px, label: label ?? "", statistics: statistics ?? null, look: look ?? null, replaces: replaces ?? "" });

export function useMarks({ marks, news, turn, tell }) {
  const [waiting, setWaiting] = useState([]);

  useEffect(() => { // each sending is told once what came of it
    const outcomeOf = (one) => (news ?? []).find(({ key, tries }) => key === one.key && Number(tries) === one.tries)?.problem;
    setWaiting((before) => {
      const after = before.flatMap((one) => {
        const problem = outcomeOf(one);
        if (problem === undefined || one.status === "failed") return [one];
        return problem && !one.isGone ? [{ ...one, status: "failed", problem }] : [];
      });
      return after.length === before.length && after.every((one, n) => one === before[n]) ? before : after;
    });
  }, [news, turn]);

  const keep = useCallback((mark) => {
    const one = { ...mark, id: undefined, key: fresh(), status: "saving", tries: 1 };
    setWaiting((before) => [...before, one]);
    tell.current.onMark?.(sent(one));
  }, [tell]);
  const remove = useCallback((id) => {
    const key = fresh();
    setWaiting((before) => [...before, { key, replaces: id, isGone: true, status: "saving", tries: 1 }]);
    tell.current.onUnmark?.(id, key);
  }, [tell]);
  const failed = waiting.filter((one) => one.status === "failed");
  const again = () => {
    setWaiting((before) => before.map((one) => (one.status === "failed" ? { ...one, status: "saving", tries: one.tries + 1 } : one)));
    failed.forEach((one) => tell.current.onMark?.(sent(one)));
  };
  const drop = () => setWaiting((before) => before.filter((one) => one.status !== "failed"));

  useEffect(() => { // what is not saved yet is not left without asking
    if (waiting.length === 0) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [waiting.length]);

  const replaced = new Set(waiting.map((one) => one.replaces).filter(Boolean));
  const shown = [...(marks ?? []).filter((mark) => !replaced.has(mark.id)), ...waiting.filter((one) => !one.isGone)];
  return { shown, failed, keep, remove, again, drop };
}

export function Unsaved({ failed, again, drop }) {
  if (failed.length === 0) return null;
  return (
    <div className="vv-unsaved" role="alert">
      <span>{failed.length === 1 ? "A mark is not saved: " : `${failed.length} marks are not saved: `}{failed[0].problem}</span>
      <button type="button" className="vv-again" onClick={again}>Save again</button>
      <button type="button" className="vv-drop" onClick={drop}>Drop</button>
    </div>
  );
}
