"""Signing in and out: plain HTTP forms, so that no script ever touches the session cookie."""

import html
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from erp.api import rate_limiting
from erp.core import browser_session
from erp.core.crossing import off_the_loop
from erp.core.errors import DomainError, NotSignedIn, Unavailable
from erp.core.settings import get_settings
from erp.services import identity

router = APIRouter(include_in_schema=False)

ENDED = "Your session has ended. Sign in to go on."
LEFT = "You are signed out."
FOREIGN_FORM = "The form came from another site. Open this address yourself and sign in again."
LONGEST_INPUT = 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Show the form; who is signed in already goes to the page they wanted."""
    wanted = browser_session.safe_path(request.query_params.get("next", "/"))
    token = browser_session.token_in(request.headers.get("cookie", ""))
    try:
        is_known = bool(token and await _principal_of(token))
    except Unavailable as error:
        return _form(wanted, error=error.message, status=error.status)
    if is_known:
        return RedirectResponse(wanted, status_code=303)
    notice = ENDED if "ended" in request.query_params else ""
    notice = LEFT if "left" in request.query_params else notice
    return _form(wanted, notice=notice)


@router.post("/auth/sign-in")
async def sign_in(
    request: Request,
    login: Annotated[str, Form(max_length=LONGEST_INPUT)] = "",
    password: Annotated[str, Form(max_length=LONGEST_INPUT)] = "",
    next: Annotated[str, Form(max_length=LONGEST_INPUT)] = "/",  # noqa: A002  the form's field
) -> Response:
    """Open a session and set its cookie, or show the form again with what is wrong."""
    wanted = browser_session.safe_path(next)
    if not _is_own_form(request):
        return _form(wanted, error=FOREIGN_FORM, status=403)
    if not login.strip() or not password:
        return _form(
            wanted, login=login, error="Type your user name and your password.", status=422
        )
    address = request.client.host if request.client else "unknown"
    agent = request.headers.get("user-agent", "")[:200]
    try:
        await off_the_loop(rate_limiting.require_allowance, "sign_in", address)
        opened = await off_the_loop(
            identity.sign_in, login, password, ip_address=address, user_agent=agent
        )
    except DomainError as refusal:
        await off_the_loop(rate_limiting.count_failure, "sign_in", address)
        return _form(wanted, login=login, error=refusal.message, status=refusal.status)
    answer = RedirectResponse(wanted, status_code=303)
    _set_cookie(answer, opened.session_token)
    return answer


@router.post("/auth/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session here and everywhere it is used, and take the cookie back."""
    if not _is_own_form(request):
        return _form("/", error=FOREIGN_FORM, status=403)
    token = browser_session.token_in(request.headers.get("cookie", ""))
    if token:
        await off_the_loop(identity.sign_out, token)
    answer = RedirectResponse("/sign-in?left=1", status_code=303)
    answer.delete_cookie(
        browser_session.cookie_name(),
        secure=browser_session.is_secure(),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/auth/session")
async def session_status(request: Request) -> Response:
    """Tell an open page whether its session still lives."""
    token = browser_session.token_in(request.headers.get("cookie", ""))
    principal = await _principal_of(token) if token else None
    if principal is None:
        raise NotSignedIn("Your session has ended. Sign in again.")
    who = ("display_name", "tenant_id", "branch_id", "user_id")
    return JSONResponse({name: str(getattr(principal, name)) for name in who})


async def _principal_of(token: str) -> identity.Principal | None:
    return await off_the_loop(identity.resolve_session, token)


def _is_own_form(request: Request) -> bool:
    """Refuse a form that another site submits: it could sign a person in as somebody else."""
    return request.headers.get("origin", "") in browser_session.allowed_origins()


def _set_cookie(answer: Response, token: str) -> None:
    answer.set_cookie(
        browser_session.cookie_name(),
        token,
        max_age=get_settings().session_hours * 3600,
        secure=browser_session.is_secure(),
        httponly=True,
        samesite="lax",
        path="/",
    )


def _form(
    wanted: str, *, login: str = "", notice: str = "", error: str = "", status: int = 200
) -> HTMLResponse:
    page = _template().substitute(
        next=html.escape(wanted, quote=True),
        login=html.escape(login[:LONGEST_INPUT], quote=True),
        message=_message(error, notice),
        invalid="true" if error else "false",
        focus_login="" if login else "autofocus",
        focus_password="autofocus" if login else "",
    )
    return HTMLResponse(page, status_code=status, headers={"content-security-policy": POLICY})


def _message(error: str, notice: str) -> str:
    if error:
        return f'<p class="message error" id="message" role="alert">{html.escape(error)}</p>'
    return (
        f'<p class="message" id="message" role="status">{html.escape(notice)}</p>' if notice else ""
    )


@lru_cache
def _template() -> Template:
    return Template(Path(__file__).with_name("sign_in.html").read_text())
