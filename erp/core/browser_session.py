"""The browser's session cookie: its name, where it may come from, and whose socket is open.

Reflex writes the headers of a websocket into its state store and, for an unknown event, into
its log. So the gate never lets the cookie through: it keeps the token in this process and
passes on a reference, which the state layer turns back into the token here.
"""

import hashlib
import threading
from collections import Counter
from urllib.parse import urlsplit

from erp.core.settings import get_settings

LONGEST_PATH = 512

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_guard = threading.Lock()
_tokens: dict[str, str] = {}
_sockets: Counter[str] = Counter()


def is_secure() -> bool:
    """Tell whether browsers reach the product over https."""
    return get_settings().public_url.startswith("https://")


def cookie_name() -> str:
    """Return the session cookie's name; `__Host-` keeps other hosts of the domain from setting it."""
    return "__Host-vantage" if is_secure() else "vantage"


def token_in(cookie_header: str) -> str | None:
    """Return the session token of a Cookie header.

    Two cookies of the name are no session: one of them was planted.
    """
    name = cookie_name()
    pairs = (part.strip().partition("=") for part in cookie_header.split(";"))
    found = [value for key, _, value in pairs if key == name and value]
    return found[0] if len(found) == 1 else None


def allowed_origins() -> frozenset[str]:
    """Return the origins whose pages may talk to this server.

    A product that is served on a loopback address answers to each of its names.
    """
    url = urlsplit(get_settings().public_url)
    port = f":{url.port}" if url.port else ""
    hosts = (
        _LOOPBACK
        if f"{url.hostname}" in {"localhost", "127.0.0.1", "::1"}
        else (_host(url.netloc),)
    )
    return frozenset(f"{url.scheme}://{host}{port}" for host in hosts)


def allowed_hosts() -> frozenset[str]:
    """Return the values a Host header may have."""
    return frozenset(origin.partition("://")[2] for origin in allowed_origins())


def open_socket(token: str) -> str:
    """Remember the token of a socket that opens and return the reference that stands for it."""
    reference = hashlib.sha256(token.encode()).hexdigest()
    with _guard:
        _tokens[reference] = token
        _sockets[reference] += 1
    return reference


def close_socket(reference: str) -> None:
    """Forget a token when its last socket closes."""
    with _guard:
        _sockets[reference] -= 1
        if _sockets[reference] <= 0:
            del _sockets[reference]
            _tokens.pop(reference, None)


def token_behind(cookie_header: str) -> str | None:
    """Return the token of the open socket whose substituted Cookie header this is."""
    reference = token_in(cookie_header)
    return _tokens.get(reference) if reference else None


def substitute_cookie(reference: str) -> str:
    """Return the Cookie header that stands for an open socket's session."""
    return f"{cookie_name()}={reference}"


def safe_path(text: str) -> str:
    r"""Return a path of this site that a sign-in may return to; anything else becomes `/`.

    Source: OWASP cheat sheet on unvalidated redirects; browsers read `\` as `/`.
    """
    is_plain = text.isprintable() and "\\" not in text and len(text) <= LONGEST_PATH
    is_local = text.startswith("/") and not text.startswith(("//", "/auth/", "/api/"))
    return text if is_plain and is_local else "/"


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].rsplit(":", 1)[0] if not netloc.endswith("]") else netloc
