// Navigation that knows where it is without asking the server.
import { Children, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";

const plain = (path) => path.replace(/\/+$/, "") || "/";

export function NavItem({ to, section, label, nested, children }) {
  const here = plain(useLocation().pathname);
  const own = plain(section || to);
  const isIn = (place) => here === place || (place !== "/" && here.startsWith(place + "/"));
  const isHere = isIn(own) && !(nested ?? []).some((place) => isIn(plain(place)));
  const item = useRef(null);
  useEffect(() => { if (isHere) item.current.scrollIntoView({ block: "nearest" }); }, [isHere]);
  return (
    <Link ref={item} to={to} className="nav-item" aria-current={isHere ? "page" : undefined} title={label}>
      {children}
      <span className="nav-label">{label}</span>
    </Link>
  );
}

export function Opened({ at, isLoaded, children }) {
  const [content, waiting] = Children.toArray(children);
  const place = plain(useLocation().pathname);
  const [shown, setShown] = useState("");
  const isHere = shown === place || (isLoaded && plain(at) === place);
  useEffect(() => {
    if (isHere) setShown(place);
  }, [isHere, place]);
  return isHere ? content : waiting;
}

export function NavToggle({ children }) {
  const toggle = () => {
    const next = document.documentElement.dataset.nav === "narrow" ? "wide" : "narrow";
    document.documentElement.dataset.nav = next;
    localStorage.setItem("nav", next);
  };
  return (
    <button type="button" className="nav-item" style={{ border: 0, background: "none", width: "100%", cursor: "pointer" }} onClick={toggle} title="Narrow or widen the navigation">
      {children}
      <span className="nav-label">Collapse</span>
    </button>
  );
}

export function NavDrawer({ children }) {
  const [isOpen, setOpen] = useState(false);
  const dialog = useRef(null);
  const place = useLocation().pathname;
  useEffect(() => setOpen(false), [place]);
  useEffect(() => {
    if (isOpen && !dialog.current.open) dialog.current.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);
  return (
    <>
      <button type="button" className="bar-button menu-button" aria-label="Open the navigation" aria-expanded={isOpen} onClick={() => setOpen(true)}>
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true"><path d="M4 6h16M4 12h16M4 18h16" /></svg>
      </button>
      <dialog ref={dialog} className="drawer" aria-label="Navigation" onClose={() => setOpen(false)} onClick={(e) => e.target === dialog.current && setOpen(false)}>
        {isOpen && children}
      </dialog>
    </>
  );
}

export function LinkTabs({ label, children }) {
  const strip = useRef(null);
  const [more, setMore] = useState("");
  const look = () => {
    const { scrollLeft, scrollWidth, clientWidth } = strip.current;
    setMore([scrollLeft > 1 && "before", scrollLeft + clientWidth < scrollWidth - 1 && "after"].filter(Boolean).join(" "));
  };
  const showHere = () => {
    const here = strip.current.querySelector("[aria-current]");
    if (here) strip.current.scrollLeft = here.offsetLeft - (strip.current.clientWidth - here.offsetWidth) / 2;
    look();
  };
  useEffect(() => {
    const watch = new ResizeObserver(showHere);
    watch.observe(strip.current);
    return () => watch.disconnect();
  }, []);
  return <nav ref={strip} className="tabs" aria-label={label} data-more={more} onScroll={look}>{children}</nav>;
}
