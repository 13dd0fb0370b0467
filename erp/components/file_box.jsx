// A field for one file: its name and its content in base 64 go to the server, no bytes anywhere else.
import { useRef, useState } from "react";

export function FileBox({ onFile, accept, label, mostBytes, children }) {
  const field = useRef(null);
  const [problem, setProblem] = useState("");
  const [over, setOver] = useState(false);
  const take = (file) => {
    if (!file) return;
    if (file.size > mostBytes) { setProblem(`The file is larger than ${Math.floor(mostBytes / 1000)} KB.`); return; }
    setProblem("");
    const reader = new FileReader();
    reader.onload = () => onFile?.(file.name, String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => setProblem("The file cannot be read here. Try again.");
    reader.readAsDataURL(file);
  };
  const drop = (event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files[0]); };
  const change = (event) => { take(event.target.files[0]); event.target.value = ""; };
  return (
    <div className="file-box" data-over={over} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}>
      {children}
      <button type="button" className="button button-outline" onClick={() => field.current?.click()}>{label}</button>
      <span className="soft">or drop it here</span>
      <input ref={field} type="file" accept={accept} aria-label={label} onChange={change} hidden />
      {problem && <p className="error" role="alert">{problem}</p>}
    </div>
  );
}
