// Ctrl-K: pages and commands from the server's list, records from the search route.
import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";

const WAIT_MS = 120;

function entryOf(hit, destinations) {
  const place = destinations?.[hit.kind];
  return place && { group: place.group, label: hit.title, detail: hit.subtitle, href: place.route.replace("{id}", encodeURIComponent(hit.id)) };
}

function useFound(text, destinations) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    if (text.trim().length < 2) return setFound([]);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      fetch(`/api/erp/search?q=${encodeURIComponent(text.trim())}`, { signal: stop.signal })
        .then((answer) => (answer.ok ? answer.json() : { hits: [] }))
        .then((body) => setFound((body.hits ?? []).map((hit) => entryOf(hit, destinations)).filter(Boolean)))
        .catch((error) => error.name !== "AbortError" && setFound([]));
    }, WAIT_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text]);
  return found;
}

const matches = (entry, text) => text.toLowerCase().split(/\s+/).every((word) => `${entry.label} ${entry.detail} ${entry.group}`.toLowerCase().includes(word));

function byGroup(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups];
}

export function Palette({ commands, destinations }) {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const found = useFound(isOpen ? text : "", destinations);
  useEffect(() => {
    const show = () => { setText(""); setOpen(true); };
    window.addEventListener("vantage:palette", show);
    return () => window.removeEventListener("vantage:palette", show);
  }, []);
  const go = (entry) => { setOpen(false); entry.href.startsWith("/api/") ? window.location.assign(entry.href) : navigate(entry.href); };
  const shown = [...(commands ?? []).filter((entry) => matches(entry, text)), ...found];
  return (
    <Command.Dialog open={isOpen} onOpenChange={setOpen} shouldFilter={false} label="Find anything" className="radix-themes" aria-describedby={undefined}>
      <Command.Input value={text} onValueChange={setText} placeholder="Find pages, products, people, documents…" />
      <Command.List>
        <Command.Empty>Nothing by that name. Try fewer letters.</Command.Empty>
        {byGroup(shown).map(([group, entries]) => (
          <Command.Group key={group} heading={group}>
            {entries.map((entry) => (
              <Command.Item key={`${group} ${entry.href} ${entry.label}`} value={`${group} ${entry.href} ${entry.label}`} onSelect={() => go(entry)}>
                <span>{entry.label}</span>
                {entry.detail && <small>{entry.detail}</small>}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}

export function PaletteButton({ children }) {
  const open = () => window.dispatchEvent(new CustomEvent("vantage:palette"));
  return (
    <button type="button" className="find-button" onClick={open} aria-label="Find anything" aria-keyshortcuts="Control+K Meta+K">
      {children}
      <span>Find anything</span>
      <kbd>Ctrl K</kbd>
    </button>
  );
}
