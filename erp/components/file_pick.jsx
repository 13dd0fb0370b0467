// A button, and a place to drop a file, that sends the file itself and tells what the server made of it.
import { useRef, useState } from "react";

export function FilePick({ url, accept, label, hint, largest, capture, onDone }) {
  const input = useRef(null);
  const [isOver, setOver] = useState(false);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const send = async (file) => {
    if (!file || busy) return;
    setProblem("");
    if (file.size > largest) { setProblem(`This file is larger than ${Math.floor(largest / 1e6)} MB. Choose a smaller one.`); return; }
    setBusy(file.name);
    try {
      const join = url.includes("?") ? "&" : "?";
      const answer = await fetch(`${url}${join}file_name=${encodeURIComponent(file.name.slice(0, 120))}`, { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } });
      const body = await answer.json();
      if (answer.ok) onDone?.(String(body.id), body.is_known ? "yes" : "");
      else setProblem(body.detail ?? "The file was refused.");
    } catch { setProblem("The server cannot be reached. Try again."); }
    setBusy("");
    if (input.current) input.current.value = "";
  };
  return (
    <div className="file-pick" data-over={isOver || undefined} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(e) => { e.preventDefault(); setOver(false); send(e.dataTransfer.files?.[0]); }}>
      <input ref={input} type="file" accept={accept} capture={capture} className="sr-only" tabIndex={-1} aria-label={label} onChange={(e) => send(e.target.files?.[0])} />
      <button type="button" className="button button-outline" disabled={busy !== ""} onClick={() => input.current?.click()}>{busy ? `Sending ${busy}` : label}</button>
      <span className="soft">{hint}</span>
      {problem && <p role="alert" className="error">{problem}</p>}
    </div>
  );
}
