"""The door in front of the pages: a stranger is led to the sign-in form, and back afterwards."""

from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse

from erp.api.gate import AsgiApp, Receive, Scope, Send, Sessions
from erp.core import browser_session
from erp.core.errors import Unavailable
from erp.core.settings import get_settings

SIGN_IN_PATH = "/sign-in"
AGAIN_SECONDS = 5
_OPEN_PREFIXES = ("/api/", "/auth/", "/health/", "/metrics", "/assets/", "/external/", "/track/")
_OPEN_PATHS = frozenset({SIGN_IN_PATH, "/ping", "/metrics"})


class PageDoor:
    """Lets page navigations through for signed-in browsers that use a configured address.

    The pages themselves hold no data: they are the same files for everybody. The redirect is
    for people; what protects the data is the event gate and the commands.
    """

    def __init__(self, app: AsgiApp, sessions: Sessions, built_pages: Path) -> None:
        self.app = app
        self.sessions = sessions
        self._folders = frozenset(
            f"/{page.parent.relative_to(built_pages)}"
            for page in built_pages.glob("*/**/index.html")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect a stranger's navigation; pass everything else on."""
        if scope["type"] != "http" or not _is_navigation(scope):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("host", "") not in browser_session.allowed_hosts():
            await _wrong_address()(scope, receive, send)
            return
        token = browser_session.token_in(headers.get("cookie", ""))
        try:
            is_known = bool(token and await self.sessions.session_of(token))
        except Unavailable as error:
            await _try_again(error)(scope, receive, send)
            return
        if is_known:
            await self.app(self._without_redirect(scope), receive, send)
            return
        await _to_sign_in(scope)(scope, receive, send)

    def _without_redirect(self, scope: Scope) -> Scope:
        """Ask for a page's folder by its slash, or the file server redirects to plain http."""
        path: str = scope["path"]
        return {**scope, "path": f"{path}/", "raw_path": None} if path in self._folders else scope


def _is_navigation(scope: Scope) -> bool:
    path: str = scope["path"]
    is_open = path in _OPEN_PATHS or path.startswith(_OPEN_PREFIXES)
    is_file = "." in path.rpartition("/")[2]
    return scope["method"] in {"GET", "HEAD"} and not is_open and not is_file


def _to_sign_in(scope: Scope) -> RedirectResponse:
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = browser_session.safe_path(scope["path"] + (f"?{query}" if query else ""))
    target = SIGN_IN_PATH if wanted == "/" else f"{SIGN_IN_PATH}?next={quote(wanted, safe='')}"
    return RedirectResponse(target, status_code=303, headers={"cache-control": "no-store"})


def _try_again(error: Unavailable) -> PlainTextResponse:
    """Tell a person what is away; their browser asks again by itself."""
    again = str(AGAIN_SECONDS)
    headers = {"retry-after": again, "refresh": again, "cache-control": "no-store"}
    text = f"{error.message}\nThis page opens by itself as soon as it can.\n"
    return PlainTextResponse(text, status_code=error.status, headers=headers)


def _wrong_address() -> PlainTextResponse:
    address = get_settings().public_url
    return PlainTextResponse(
        f"This server is set up to be opened at {address}.\n"
        "To use another address, start it with PUBLIC_URL set to that address.\n",
        status_code=421,
    )
