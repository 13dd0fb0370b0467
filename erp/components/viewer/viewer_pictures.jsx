// Without WebGL: the server renders each frame, and the browser only shows it.
import { useEffect, useRef, useState } from "react";
import { mapping, sizeOf } from "./viewer_maths.js";

const STEPS = 32; // a window moves by a part of its width, so that the server is not asked for every pixel of a drag

export function steppedWindow({ center, width }) {
  const step = Math.max(1, width / STEPS);
  return { center: Math.round(center / step) * step, width: Math.max(1, width) };
}

export function addressOf(base, place, look) {
  const asked = new URLSearchParams({ frame: place.frame });
  if (look.window) {
    const { center, width } = steppedWindow(look.window);
    asked.set("center", center);
    asked.set("width", width);
  }
  if (look.isInverted) asked.set("invert", "true");
  return `${base}/instances/${place.instance.id}/rendered?${asked}`;
}

// Shows the last picture that came until the next one is there; never one of another frame.
export function RenderedFrame({ base, place, index, ahead, look, box, tell }) {
  const wanted = place ? addressOf(base, place, look) : "";
  const [shown, setShown] = useState(null);
  const turn = useRef(0);
  useEffect(() => {
    if (!wanted) return undefined;
    turn.current += 1;
    const own = turn.current, picture = new Image();
    tell({ kind: "loading" });
    const timer = setTimeout(() => { picture.src = wanted; }, 30);
    picture.onload = () => { if (own === turn.current) { setShown({ source: wanted, place }); tell({ kind: "image", index, ...place }); } };
    picture.onerror = () => own === turn.current && tell({ kind: "failure", ...place, text: "The server could not render this image.", canRetry: true });
    return () => { clearTimeout(timer); turn.current += 1; };
  }, [wanted]);
  useEffect(() => { for (const next of ahead ?? []) new Image().src = addressOf(base, next, look); }, [shown?.source]);
  if (!shown || !box.width || shown.place.instance !== place?.instance || shown.place.frame !== place.frame) return null;
  const { scale, toScreen } = mapping(box, place.instance, look), [a, b, c, d] = look.matrix.map((n) => n * scale);
  const { width, height } = sizeOf(place.instance), [x, y] = toScreen([0, 0]);
  return <img className="vv-picture" src={shown.source} alt={`Frame ${place.frame}`} draggable={false} style={{ width, height, transform: `matrix(${a}, ${c}, ${b}, ${d}, ${x}, ${y})` }} />;
}
