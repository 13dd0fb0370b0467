// What is asked of the server the moment a hand goes to a session's link: its list of pictures, and the first picture.
// Each answer is taken once, by the viewer that opens a moment later; what nobody takes is forgotten.
const BASE = "/api/erp/imaging", KEPT_MS = 8000;
const SESSION = /^\/imaging\/sessions\/([0-9a-f-]{36})\/?$/;
const lists = new Map(), frames = new Map(); // address -> promise

function keep(map, address, asked) {
  map.set(address, asked);
  asked.catch(() => map.delete(address));
  setTimeout(() => map.get(address) === asked && map.delete(address), KEPT_MS);
  return asked;
}

function take(map, address) {
  const asked = map.get(address);
  map.delete(address);
  return asked;
}

async function answered(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error("Not now.");
  return answer;
}

export const takeList = (address) => take(lists, address);
export const takeFrame = (address) => take(frames, address);

// Asks for the pictures of the session that a path leads to, once.
export function askAhead(path) {
  const id = SESSION.exec(path)?.[1], address = `${BASE}/sessions/${id}/images`;
  if (!id || lists.has(address)) return;
  keep(lists, address, answered(address).then((answer) => answer.json())).then((body) => {
    const first = body.stacks?.[0]?.instances[0];
    if (!first?.is_renderable) return;
    const frame = `${BASE}/instances/${first.id}/frames/1`;
    if (!frames.has(frame)) keep(frames, frame, answered(frame)).catch(() => {});
  }).catch(() => {});
}
