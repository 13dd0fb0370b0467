// Files and folders from this computer into the archive: each is sent by itself, and each answer is shown.
import { useEffect, useRef, useState } from "react";

const AT_ONCE = 3, SHOWN = 300;
const WORDS = { waiting: "Waits", sending: "Sending", stored: "Stored", duplicate: "There already", conflict: "Conflict", quarantined: "Held back", rejected: "Refused", failed: "Not sent", cancelled: "Cancelled" };
const TONES = { stored: "green", duplicate: "gray", conflict: "amber", quarantined: "amber", rejected: "red", failed: "red", sending: "blue" };
const ENDED = new Set(["stored", "duplicate", "conflict", "quarantined", "rejected", "failed", "cancelled"]);
const PROBLEMS = new Set(["conflict", "quarantined", "rejected", "failed"]);
const sized = (bytes) => bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MB` : `${(bytes / 1024 ** 3).toFixed(2)} GB`;

async function filesIn(entry, into) {
  if (entry.isFile) into.push(await new Promise((done, fail) => entry.file(done, fail)));
  if (!entry.isDirectory) return;
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    for (const one of some) await filesIn(one, into);
  }
}

function send(job, tell) {
  const mark = `vantage-${crypto.randomUUID()}`;
  const head = `--${mark}\r\nContent-Type: application/dicom\r\n\r\n`;
  const request = new XMLHttpRequest();
  job.request = request;
  request.open("POST", "/api/dicom-web/studies?upload=true");
  request.setRequestHeader("Content-Type", `multipart/related; type="application/dicom"; boundary=${mark}`);
  request.upload.onprogress = (event) => { job.sent = Math.min(event.loaded, job.file.size); tell(); };
  return new Promise((done) => {
    const end = (status, text, session = "") => { Object.assign(job, { status, text, session, request: null, sent: job.file.size }); tell(); done(); };
    request.onload = () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
      const one = said.objects?.[0];
      if (one) end(one.status === "failed" ? "failed" : one.status, one.text, one.session_id);
      else end("failed", said.detail ?? `The server answered ${request.status}. Try again.`);
    };
    request.onerror = () => end("failed", "The connection broke. Send it again; what is there already stays.");
    request.onabort = () => end("cancelled", "");
    request.send(new Blob([head, job.file, `\r\n--${mark}--\r\n`]));
  });
}

function useUploads() {
  const jobs = useRef([]), running = useRef(0), paused = useRef(false), drawing = useRef(0);
  const [, draw] = useState(0);
  const tell = () => { if (!drawing.current) drawing.current = requestAnimationFrame(() => { drawing.current = 0; draw((n) => n + 1); }); };
  const work = () => {
    while (!paused.current && running.current < AT_ONCE) {
      const job = jobs.current.find((one) => one.status === "waiting");
      if (!job) break;
      job.status = "sending"; running.current += 1;
      send(job, tell).then(() => { running.current -= 1; work(); });
    }
    tell();
  };
  const busy = jobs.current.some((job) => !ENDED.has(job.status));
  useEffect(() => {
    if (!busy) return undefined;
    const warn = (event) => { event.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [busy]);
  useEffect(() => () => jobs.current.forEach((job) => job.request?.abort()), []);
  return {
    jobs: jobs.current, busy, paused: paused.current,
    add: (files) => {
      const wanted = files.filter((file) => !file.name.startsWith("."));
      jobs.current.push(...wanted.map((file) => ({ file, name: file.webkitRelativePath || file.name, status: "waiting", sent: 0, text: "", session: "" })));
      work();
    },
    hold: () => { paused.current = !paused.current; work(); },
    cancel: () => { for (const job of jobs.current) { if (job.status === "waiting") job.status = "cancelled"; job.request?.abort(); } paused.current = false; tell(); },
    again: () => { for (const job of jobs.current) if (job.status === "failed" || job.status === "cancelled") Object.assign(job, { status: "waiting", sent: 0, text: "" }); work(); },
    clear: () => { jobs.current = []; tell(); },
  };
}

async function endSession(id) {
  const answer = await fetch(`/api/erp/imaging/sessions/${id}/end`, { method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() }, body: "{}" });
  if (!answer.ok) throw new Error((await answer.json()).detail);
}

function Studies({ sessions, busy }) {
  const [ended, setEnded] = useState({});
  if (!sessions.length || busy) return null;
  const end = async (id) => {
    try { await endSession(id); setEnded((known) => ({ ...known, [id]: "Marked as complete" })); }
    catch (error) { setEnded((known) => ({ ...known, [id]: error.message })); }
  };
  return (
    <section className="card upload-studies" aria-label="Studies">
      <div className="card-head"><h2 className="card-title">Studies of this upload</h2></div>
      <ul className="imaging-rows upload-sessions">
        {sessions.map(([id, count], index) => (
          <li key={id}>
            <a href={`/imaging/sessions/${id}`}>{`Session ${index + 1}, ${count} ${count === 1 ? "object" : "objects"}`}</a>
            {ended[id] ? <span className="soft" role="status">{ended[id]}</span>
              : <button type="button" className="button button-outline" onClick={() => end(id)}>All of it is here</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ job }) {
  const share = job.file.size ? Math.round(100 * job.sent / job.file.size) : 0;
  return (
    <tr data-status={job.status}>
      <td><span className="upload-name" title={job.name}>{job.name}</span>{job.text && <span className="soft upload-text">{job.text}</span>}</td>
      <td className="numeric upload-size">{sized(job.file.size)}</td>
      <td>{job.status === "sending" && share < 100
        ? <progress max="100" value={share} aria-label={`${job.name}: ${share} percent`} />
        : <span className="badge" data-tone={TONES[job.status] ?? "gray"}>{job.status === "sending" ? "Checking" : WORDS[job.status]}</span>}</td>
      <td className="upload-link">{job.session && <a href={`/imaging/sessions/${job.session}`}>Session</a>}</td>
    </tr>
  );
}

function Whole({ up, counts, clear }) {
  const total = up.jobs.reduce((sum, job) => sum + job.file.size, 0);
  const sent = up.jobs.reduce((sum, job) => sum + job.sent, 0);
  const done = up.jobs.filter((job) => ENDED.has(job.status)).length;
  const failed = (counts.failed ?? 0) + (counts.cancelled ?? 0);
  return (
    <div className="upload-whole">
      <div className="upload-counts" role="status">
        <strong className="numeric">{`${done} of ${up.jobs.length}`}</strong>
        {Object.entries(counts).filter(([status]) => ENDED.has(status)).map(([status, count]) => (
          <span key={status} className="badge" data-tone={TONES[status] ?? "gray"}>{`${count} ${WORDS[status].toLowerCase()}`}</span>
        ))}
        <span className="soft numeric">{`${sized(sent)} of ${sized(total)}`}</span>
      </div>
      <progress max={total || 1} value={sent} aria-label="The whole upload" />
      <div className="actions">
        {up.busy && <button type="button" className="button button-outline" onClick={up.hold}>{up.paused ? "Resume" : "Pause"}</button>}
        {up.busy && <button type="button" className="button button-outline" onClick={up.cancel}>Cancel the rest</button>}
        {!up.busy && failed > 0 && <button type="button" className="button button-solid" onClick={up.again}>{`Send ${failed} again`}</button>}
        {!up.busy && <button type="button" className="button button-ghost" onClick={clear}>Clear the list</button>}
      </div>
    </div>
  );
}

export function ObjectUpload() {
  const up = useUploads();
  const [over, setOver] = useState(false), [only, setOnly] = useState(false);
  const files = useRef(null), folder = useRef(null);
  const clear = () => { setOnly(false); up.clear(); };
  const counts = {}, sessions = new Map();
  for (const job of up.jobs) {
    counts[job.status] = (counts[job.status] ?? 0) + 1;
    if (job.session) sessions.set(job.session, (sessions.get(job.session) ?? 0) + 1);
  }
  const drop = async (event) => {
    event.preventDefault(); setOver(false);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = [];
    for (const entry of entries) await filesIn(entry, found);
    up.add(entries.length ? found : [...event.dataTransfer.files]);
  };
  const chosen = (event) => { up.add([...event.target.files]); event.target.value = ""; };
  const listed = up.jobs.filter((job) => !only || PROBLEMS.has(job.status));
  return (
    <div className="stack">
      <div className="file-box upload-box" data-over={over} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}>
        <p className="upload-lead">Drop files or folders here</p>
        <div className="actions">
          <button type="button" className="button button-solid" onClick={() => files.current?.click()}>Choose files</button>
          <button type="button" className="button button-outline" onClick={() => folder.current?.click()}>Choose a folder</button>
        </div>
        <p className="soft">DICOM objects of any kind, up to 4 GB each. Whatever is there already is not stored twice.</p>
        <input ref={files} type="file" multiple aria-label="Files" onChange={chosen} hidden />
        <input ref={folder} type="file" multiple webkitdirectory="" aria-label="Folder" onChange={chosen} hidden />
      </div>
      {up.jobs.length > 0 && (
        <section className="card list" aria-label="Files of this upload">
          <Whole up={up} counts={counts} clear={clear} />
          <table className="table upload-table">
            <thead><tr><th>File</th><th className="numeric upload-size">Size</th><th>What became of it</th><th className="upload-link" /></tr></thead>
            <tbody>{listed.slice(0, SHOWN).map((job, index) => <Line key={index} job={job} />)}</tbody>
          </table>
          <div className="upload-foot">
            <label><input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} /> Only what was not stored</label>
            {listed.length > SHOWN && <span className="soft">{`The first ${SHOWN} of ${listed.length} are shown.`}</span>}
          </div>
        </section>
      )}
      <Studies sessions={[...sessions]} busy={up.busy} />
    </div>
  );
}
