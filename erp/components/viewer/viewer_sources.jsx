// What the viewer fetches: the series of a session, sessions to compare with, and their marks.
import { useCallback, useEffect, useReducer, useState } from "react";
import { useLocation } from "react-router";
import { takeList } from "./viewer_asked.js";

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

const NONE = { stacks: [], subject: null, stored: -1 };
const seenIn = (source) => Number(new URLSearchParams(source.split("?")[1]).get("seen") ?? -1);

// Where the session is that the page's address names.
export function useSession(base = "/api/erp/imaging") {
  return `${base}/sessions/${useLocation().pathname.replace(/\/+$/, "").split("/").pop()}`;
}

// The pictures of the session that the page's address names, before the page itself is filled. `source` is what
// the page says once it is: another address asks anew only where it knows of objects that the list has not.
export function useStacks(source, session) {
  const address = `${session}/images`;
  const isFilled = Boolean(source) && source.split("?")[0] === address;
  const [found, setFound] = useState({ ...NONE, status: "loading" });
  const [turn, again] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    const stop = new AbortController();
    setFound((before) => (before.status === "ready" ? before : { ...NONE, status: "loading" }));
    const ahead = turn === 0 ? takeList(address) : undefined;
    (ahead?.catch(() => read(address, stop.signal)) ?? read(address, stop.signal))
      .then((body) => stop.signal.aborted || setFound({ stacks: (body.stacks ?? []).map((stack) => ({ ...stack, subject: body.subject })), subject: body.subject, stored: body.stored, status: "ready" }))
      .catch((error) => stop.signal.aborted || setFound({ ...NONE, status: "failed", text: error.message }));
    return () => stop.abort();
  }, [address, turn]);
  const isBehind = isFilled && found.status === "ready" && found.stored < seenIn(source);
  useEffect(() => { if (isBehind) again(); }, [isBehind]);
  return [found, again, isFilled];
}

// Other sessions of the same patient, and the one that is laid beside: its marks are shown, not changed.
export function useComparison(source, base) {
  const [{ sessions, timeZone }, setSessions] = useState({ sessions: [] });
  const [other, setOther] = useState({ id: "", stacks: [], marks: [], text: "" });
  const own = source.split("/images")[0]; // once the page is filled: it is not in the first picture's way
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
