"""Browser sessions: opened by a password, bound to tabs, ended on demand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.identity.errors import SignInRefused
from erp.services.identity.principals import forget_principals
from erp.services.identity.secrets import new_session_token, secret_matches, token_hash

LOCK_AFTER_FAILURES = 5
LOCK_MINUTES = 15
KEEP_ENDED_DAYS = 90


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An opened session; the token goes into an HttpOnly cookie and nowhere else."""

    session_token: str
    expires_at: datetime
    tenant_id: UUID
    user_id: UUID


def sign_in(
    login: str,
    password: str,
    *,
    ip_address: str | None = None,
    user_agent: str = "",
    tenant_id: UUID | None = None,
) -> SignedIn:
    """Open a session in the member's tenant: the one named, or their first.

    Five failures in a row lock the login for fifteen minutes. Failures of names that do
    not exist leave no record, and cost as much time.

    Raises:
        SignInRefused: Name and password do not match, the login is locked or closed, or
            it belongs to no tenant.
    """
    with db.anonymous_unit_of_work() as session:
        account = db.fetch_one(session, "select * from sec.find_login(%s)", (login.strip(),))
    if account and account["locked_until"] and account["locked_until"] > utc_now():
        raise _locked(account["locked_until"])
    matches = secret_matches(account["password_hash"] if account else None, password)
    if account is None or not account["is_active"]:
        raise _refused()
    locked_until = _record(account["user_id"], succeeded=matches)
    if not matches:
        raise _locked(locked_until) if locked_until and locked_until > utc_now() else _refused()
    return _open(account["user_id"], tenant_id, ip_address, user_agent)


def sign_out(token: str) -> None:
    """End a session at once in this process, within two seconds in others."""
    with db.anonymous_unit_of_work() as session:
        db.execute(session, "select sec.revoke_session(%s)", (token_hash(token),))
    forget_principals(token)


def bind_tab(session_id: UUID, client_token: str) -> bool:
    """Bind a browser tab's token to a session on first use; tell whether it is bound to it.

    Source: a tab token is a bearer credential the client chooses; alone it must be worthless.
    """
    with db.anonymous_unit_of_work() as session:
        row = db.fetch_one(
            session, "select sec.bind_tab(%s, %s) as bound", (session_id, token_hash(client_token))
        )
    return bool(row and row["bound"])


def forget_ended_sessions(now: datetime) -> int:
    """Delete the sessions of every tenant that ended long ago; return how many.

    `KEEP_ENDED_DAYS` of them stay, to see who was signed in where. Needs the operators' role.
    """
    with db.ops_session() as session:
        row = db.fetch_one(
            session,
            "select sec.forget_sessions(%s) as forgotten",
            (now - timedelta(days=KEEP_ENDED_DAYS),),
        )
    return row["forgotten"] if row else 0


def _record(user_id: UUID, *, succeeded: bool) -> datetime | None:
    with db.anonymous_unit_of_work() as session:
        row = db.fetch_one(
            session,
            "select sec.record_sign_in(%s, %s, %s, make_interval(mins => %s)) as locked_until",
            (user_id, succeeded, LOCK_AFTER_FAILURES, LOCK_MINUTES),
        )
    return row["locked_until"] if row else None


def _open(
    user_id: UUID, tenant_id: UUID | None, ip_address: str | None, user_agent: str
) -> SignedIn:
    token = new_session_token()
    expires = utc_now() + timedelta(hours=get_settings().session_hours)
    with db.anonymous_unit_of_work() as session:
        tenants = db.fetch_all(session, "select tenant_id from sec.tenants_of(%s)", (user_id,))
        open_to = [row["tenant_id"] for row in tenants]
        chosen = tenant_id if tenant_id in open_to else next(iter(open_to), None)
        if chosen is None or (tenant_id is not None and chosen != tenant_id):
            raise SignInRefused(
                "This login is not a member of the organisation. Ask an owner to invite you."
            )
        db.execute(
            session,
            "select sec.open_session(%s, %s, %s, %s, %s, %s, %s)",
            (new_id(), token_hash(token), user_id, chosen, expires, ip_address, user_agent),
        )
    return SignedIn(token, expires, chosen, user_id)


def _refused() -> SignInRefused:
    return SignInRefused("That user name and password do not match. Check both and try again.")


def _locked(until: datetime) -> SignInRefused:
    minutes = max(1, round((until - utc_now()).total_seconds() / 60))
    return SignInRefused(
        f"Too many failed attempts. Try again in {minutes} minutes, or ask an owner to reset the password."
    )
