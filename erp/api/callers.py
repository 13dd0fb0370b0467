"""Who calls: a bearer token, or the browser's own session from an allowed page."""

from dataclasses import dataclass

from starlette.requests import Request

from erp.api import rate_limiting
from erp.api.problems import CrossSiteRequest
from erp.core import browser_session
from erp.core.context import RequestContext, Source
from erp.core.errors import NotSignedIn
from erp.services import identity

SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought to prove who it is."""

    token: str
    is_session: bool
    address: str


def credentials_of(request: Request) -> Credentials:
    """Return the credentials of a request; a bearer token goes before a cookie.

    Raises:
        NotSignedIn: There are none.
        CrossSiteRequest: A cookie came with a change from a page that is not ours.
    """
    address = request.client.host if request.client else "unknown"
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return Credentials(token.strip(), is_session=False, address=address)
    cookie = browser_session.token_in(request.headers.get("cookie", ""))
    if cookie is None:
        raise NotSignedIn("Send a bearer token: Authorization: Bearer vt_...")
    if request.method not in SAFE_METHODS:
        _require_own_page(request)
    return Credentials(cookie, is_session=True, address=address)


def principal_of(credentials: Credentials) -> identity.Principal:
    """Return who the credentials stand for; asks the database, so call it off the loop.

    Raises:
        NotSignedIn: They stand for nobody: wrong, expired, revoked or suspended.
        TooManyAttempts: The address sent too many wrong ones.
    """
    rate_limiting.require_allowance("credential", credentials.address)
    resolve = identity.resolve_session if credentials.is_session else identity.resolve_token
    principal = resolve(credentials.token)
    if principal is None:
        rate_limiting.count_failure("credential", credentials.address)
        raise NotSignedIn("This token or session is not valid any more. Get a new one.")
    return principal


def context_of(credentials: Credentials, request_id: str) -> RequestContext:
    """Return the context in which the caller's request runs."""
    source: Source = "ui" if credentials.is_session else "rest"
    return identity.context_for(
        principal_of(credentials),
        source=source,
        request_id=request_id,
        ip_address=credentials.address,
    )


def _require_own_page(request: Request) -> None:
    if request.headers.get("origin", "") not in browser_session.allowed_origins():
        raise CrossSiteRequest(
            "A browser session may change things only from this product's own pages."
            " Scripts use a bearer token."
        )
