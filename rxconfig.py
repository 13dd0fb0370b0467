"""How Reflex builds and serves the interface; holds no secret."""

import os
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


class SameOrigin(rx.plugins.Plugin):
    """Lets one build serve any address: the browser talks to where the page came from.

    Reflex bakes the server's address into the build. The build fails if the place where it
    does so has moved, so that an upgrade cannot bring the baked address back unnoticed.
    """

    def pre_compile(self, **context: Any) -> None:  # noqa: ANN401  Reflex's signature
        """Ask for the change of the browser code."""
        context["add_modify_task"]("utils/state.js", _serve_own_address)


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
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
