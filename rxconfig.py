"""How Reflex builds and serves the interface; holds no secret."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import reflex as rx
from reflex_base.constants import StateManagerMode

from erp.core.browser_session import allowed_origins
from erp.core.settings import get_settings

os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("REFLEX_OPLOCK_ENABLED", "1")
os.environ.setdefault("REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE", "262144")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "0")

_BAKED_ADDRESS = "const endpoint = new URL(url_str);"
_OWN_ADDRESS = """const endpoint = new URL(url_str);
  if (typeof window !== "undefined") {
    endpoint.host = window.location.host;
    const secure = window.location.protocol === "https:";
    endpoint.protocol = endpoint.protocol.startsWith("ws") ? (secure ? "wss:" : "ws:") : window.location.protocol;
    return endpoint;
  }"""
_NO_FILES, _NO_BUILD = '["files of the build"]', '"the build"'
_ADDRESS = re.compile(r'(?:href|src)="(/[^"#?]+)"')
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*[`"']\./([\w.$-]+\.(?:js|css))[`"']""")
_URL = re.compile(r"""url\(["']?(/[^)"']+)["']?\)""")


class SameOrigin(rx.plugins.Plugin):
    """Lets one build serve any address: the browser talks to where the page came from.

    Reflex bakes the server's address into the build. The build fails if the place where it
    does so has moved, so that an upgrade cannot bring the baked address back unnoticed.
    """

    def pre_compile(self, **context: Any) -> None:  # noqa: ANN401  Reflex's signature
        """Ask for the change of the browser code."""
        context["add_modify_task"]("utils/state.js", _serve_own_address)


class OfflineTill(rx.plugins.Plugin):
    """Tells the service worker of the till which files of this build it keeps.

    The build fails where the worker has no place for them, so that no till is left without.
    """

    def post_build(self, **context: Any) -> None:  # noqa: ANN401  Reflex's signature
        """Write the list and its digest into the worker."""
        root: Path = context["static_dir"]
        files = sorted(_needed_by(root, "till/offline/index.html"))
        digest = hashlib.sha256(
            "".join(files).encode()
        ).hexdigest()  # their names are made of their content
        worker = root / "sw.js"
        code = worker.read_text()
        if code.count(_NO_FILES) != 1 or code.count(_NO_BUILD) != 1:
            raise RuntimeError("The service worker has no place for the list of files: see sw.js.")
        code = code.replace(_NO_FILES, json.dumps(files)).replace(
            _NO_BUILD, json.dumps(digest[:16])
        )
        worker.write_text(code)


def _needed_by(root: Path, page: str) -> set[str]:
    """Return the files a built page loads, and those that its scripts import."""
    found: set[str] = set()
    waiting = [path for path in _ADDRESS.findall((root / page).read_text()) if "." in path]
    while waiting:
        path = waiting.pop()
        if path not in found and (root / path[1:]).is_file():
            found.add(path)
            text = (root / path[1:]).read_text() if path.endswith((".js", ".css")) else ""
            folder = path.rpartition("/")[0]
            waiting += [f"{folder}/{name}" for name in _IMPORT.findall(text)] + _URL.findall(text)
    return found


def _serve_own_address(code: str) -> str:
    if _OWN_ADDRESS in code:
        return code
    if code.count(_BAKED_ADDRESS) != 1:
        raise RuntimeError("Reflex resolves its server's address elsewhere now: see rxconfig.py.")
    return code.replace(_BAKED_ADDRESS, _OWN_ADDRESS)


_settings = get_settings()

config = rx.Config(
    app_name="erp",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=tuple(sorted(allowed_origins())),
    state_manager_mode=StateManagerMode.REDIS if _settings.redis_url else StateManagerMode.MEMORY,
    redis_url=_settings.redis_url or None,
    redis_token_expiration=_settings.session_hours * 3600,
    frontend_compression_formats=["gzip"],
    plugins=[
        rx.plugins.RadixThemesPlugin(
            theme=rx.theme(
                accent_color="teal",
                gray_color="slate",
                radius="medium",
                scaling="95%",
                panel_background="solid",
            )
        ),
        SameOrigin(),
        OfflineTill(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
