// Fetches the viewer's script while a list of sessions is looked at, so that opening one waits for its images alone.
import { useEffect } from "react";

const QUIET_MS = 1500;

export function ViewerAhead() {
  useEffect(() => {
    const asked = setTimeout(() => { import("./viewer.jsx").catch(() => {}); }, QUIET_MS);
    return () => clearTimeout(asked);
  }, []);
  return null;
}
