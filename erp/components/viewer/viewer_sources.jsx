// What the viewer fetches: the series of a session, sessions to compare with, and their marks.
import { useCallback, useEffect, useReducer, useState } from "react";

// An instant as the pages write it: 22-11-2026 11:35, in the clinic's own time.
export function instantText(instant, timeZone, isDay = false) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date(instant));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const day = `${part.day}-${part.month}-${part.year}`;
  return isDay ? day : `${day} ${part.hour}:${part.minute}`;
}

async function read(address, signal) {
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || "The list of images could not be loaded.");
  return answer.json();
}

const NONE = { stacks: [], subject: null };

export function useStacks(source) {
  const [found, setFound] = useState({ ...NONE, status: "loading" });
  const [turn, again] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const stop = new AbortController();
    setFound((before) => (before.status === "ready" ? before : { ...NONE, status: "loading" }));
    if (source) {
      read(source, stop.signal)
        .then((body) => setFound({ stacks: (body.stacks ?? []).map((stack) => ({ ...stack, subject: body.subject })), subject: body.subject, status: "ready" }))
        .catch((error) => error.name !== "AbortError" && setFound({ ...NONE, status: "failed", text: error.message }));
    }
    return () => stop.abort();
  }, [source, turn]);
  return [found, again];
}

// Other sessions of the same patient, and the one that is laid beside: its marks are shown, not changed.
export function useComparison(source, base) {
  const [{ sessions, timeZone }, setSessions] = useState({ sessions: [] });
  const [other, setOther] = useState({ id: "", stacks: [], marks: [], text: "" });
  const own = source.split("/images")[0];
  useEffect(() => {
    const stop = new AbortController();
    setOther({ id: "", stacks: [], marks: [], text: "" });
    if (own) read(`${own}/comparable`, stop.signal).then((body) => setSessions({ sessions: body.sessions ?? [], timeZone: body.time_zone })).catch(() => setSessions({ sessions: [] }));
    return () => stop.abort();
  }, [own]);
  const compare = useCallback(async (id) => {
    if (!id) { setOther({ id: "", stacks: [], marks: [], text: "" }); return []; }
    try {
      const [found, drawn] = await Promise.all([read(`${base}/sessions/${id}/images`), read(`${base}/sessions/${id}/marks`)]);
      const stacks = (found.stacks ?? []).map((stack) => ({ ...stack, subject: found.subject, isCompared: true }));
      const marks = (drawn.marks ?? []).map((mark) => ({ ...mark, instance: mark.instance_id, author: mark.author_name }));
      setOther({ id, stacks, marks, text: "" });
      return stacks;
    } catch (error) {
      setOther({ id: "", stacks: [], marks: [], text: error.message });
      return [];
    }
  }, [base]);
  return { sessions, timeZone, other, compare };
}
