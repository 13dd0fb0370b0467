// Without WebGL: the server renders each frame, and the browser only shows it.
import { useEffect, useState } from "react";

const address = (base, place, look) => {
  const asked = new URLSearchParams({ frame: place.frame });
  if (look.window) { asked.set("center", look.window.center); asked.set("width", look.window.width); }
  if (look.isInverted) asked.set("invert", "true");
  return `${base}/instances/${place.instance.id}/rendered?${asked}`;
};

export function RenderedFrame({ base, place, look, tell }) {
  const [isLoading, setLoading] = useState(true);
  const source = place ? address(base, place, look) : "";
  useEffect(() => setLoading(true), [source]);
  if (!place) return null;
  const turn = `scale(${look.flipX ? -look.zoom : look.zoom}, ${look.flipY ? -look.zoom : look.zoom}) rotate(${look.rotation}deg)`;
  return (
    <img
      className="vv-picture" key={source} src={source} alt={`Frame ${place.frame}`} draggable={false} style={{ transform: turn, opacity: isLoading ? 0 : 1 }}
      onLoad={() => { setLoading(false); tell({ kind: "image", ...place }); }}
      onError={() => tell({ kind: "failure", ...place, text: "The server could not render this image.", canRetry: true })}
    />
  );
}
