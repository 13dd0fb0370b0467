"""Security and caching headers of every response."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders

from erp.api.gate import AsgiApp, Message, Receive, Scope, Send
from erp.core import browser_session

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
FALLBACK = "/__spa-fallback"
"""The built page that serves routes with parameters."""

_ONE_YEAR = "public, max-age=31536000, immutable"
_FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}


class ResponseHeaders:
    """Adds what browsers need to keep other sites, and injected text, out.

    Scripts run only from this server's files and from the inline snippets found in the built
    pages. `unsafe-eval` is needed: Reflex delivers toasts and callbacks as text.
    """

    def __init__(self, app: AsgiApp, built_pages: Path) -> None:
        self.app = app
        self._policies = {
            path: content_policy(found) for path, found in inline_hashes(built_pages).items()
        }
        self._plain = content_policy(frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the headers on the way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, with_headers)

    def _set(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _FIXED.items():
            headers.setdefault(name, value)
        headers.setdefault("content-security-policy", self._policy(path))
        headers.setdefault("cache-control", _caching(path, headers.get("content-type", "")))
        if browser_session.is_secure():
            headers.setdefault("strict-transport-security", "max-age=31536000")

    def _policy(self, path: str) -> str:
        page = path.rstrip("/") or "/"
        return self._policies.get(page) or self._policies.get(FALLBACK, self._plain)


def content_policy(script_hashes: frozenset[str]) -> str:
    """Return the Content-Security-Policy of the pages."""
    origins = sorted(o for o in browser_session.allowed_origins() if "[" not in o)
    sockets = " ".join(f"ws{origin[4:]}" for origin in origins)
    scripts = " ".join(f"'sha256-{digest}'" for digest in sorted(script_hashes))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' {scripts}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def inline_hashes(built_pages: Path) -> dict[str, frozenset[str]]:
    """Return the SHA-256 digests of the inline scripts of each built page, by its path."""
    return {
        _path_of(page.relative_to(built_pages)): _digests(page.read_text())
        for page in built_pages.glob("**/*.html")
    }


def _path_of(page: Path) -> str:
    if page.name != "index.html":
        return f"/{page.with_suffix('')}"
    return "/" if page.parent == Path() else f"/{page.parent}"


def _digests(text: str) -> frozenset[str]:
    scripts = _INLINE_SCRIPT.findall(text)
    return frozenset(
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts
    )


def _caching(path: str, content_type: str) -> str:
    if path.startswith("/assets/"):
        return _ONE_YEAR
    if path.startswith(("/api/", "/auth/", "/sign-in")) or "json" in content_type:
        return "no-store"
    return "no-cache"
