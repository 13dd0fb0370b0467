// A button that reads a text file or a workbook (as Base64) here in the browser; nothing is uploaded by itself.
import { useRef } from "react";

export function TextFile({ label, accept, mostBytes, onText, onRefuse, children }) {
  const field = useRef(null);
  const read = async (event) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) return;
    if (file.size > mostBytes) { onRefuse?.(`${file.name} is larger than ${Math.round(mostBytes / 1000)} kB. Split it.`); return; }
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes.length * 4 > mostBytes * 3 - 12) { onRefuse?.(`${file.name} is larger than ${Math.round(mostBytes * 3 / 4000)} kB. Split it, or save it as CSV.`); return; }
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) { onText?.(file.name, btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""))); return; }
    if (bytes.includes(0)) { onRefuse?.(`${file.name} is no text. Save the sheet as CSV and choose that.`); return; }
    try { onText?.(file.name, new TextDecoder("utf-8", { fatal: true }).decode(bytes)); }
    catch { onText?.(file.name, new TextDecoder("windows-1252").decode(bytes)); }
  };
  return (
    <>
      <input ref={field} type="file" accept={accept} onChange={read} className="sr-only" tabIndex={-1} aria-label={label} />
      <button type="button" className="button button-outline" onClick={() => field.current?.click()}>{children}{label}</button>
    </>
  );
}
