"""A person's own password: changed by whoever knows the present one."""

from pydantic import SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.identity.principals import forget_principals
from erp.services.identity.secrets import check_password, hash_secret, secret_matches
from erp.services.identity.signing_in import LOCK_AFTER_FAILURES, LOCK_MINUTES
from erp.services.platform import Command, Result, command, refuse_dry_run


class ChangePassword(Command):
    """Replace the actor's own password."""

    current_password: SecretStr
    password: SecretStr


class PasswordChange(Result):
    """Whether the password was changed, and what to tell the person if not.

    A wrong password is an answer and not an error, so that the attempt is counted.
    """

    changed: bool
    message: str


@command("identity.change_password", permission="", rest="POST /me/password")
def change_password(session: Session, ctx: RequestContext, cmd: ChangePassword) -> PasswordChange:
    """Change the actor's password and end all their sessions, this one included.

    Wrong attempts count as failed sign-ins do, and lock the login alike.

    Raises:
        WeakSecret: The new password is too easy to guess.
        NotFound: The actor has no login, as a process has none.
        NoDryRun: The attempt would not be counted, so guessing would be free.
    """
    refuse_dry_run(session)
    with db.door(session):
        account = db.fetch_one(
            session,
            "select a.login, l.password_hash, l.locked_until from sec.login_of(%s) a"
            " cross join lateral sec.find_login(a.login) l",
            (ctx.user_id,),
        )
    if account is None:
        raise NotFound("Only people with a login have a password.")
    check_password(cmd.password.get_secret_value(), account["login"])
    if account["locked_until"] and account["locked_until"] > ctx.now:
        message = "Too many failed attempts. Try again later, or ask an owner for a new password."
        return PasswordChange(changed=False, message=message)
    if not _matches(
        session, ctx, account["password_hash"], cmd.current_password.get_secret_value()
    ):
        return PasswordChange(changed=False, message="The present password is not right.")
    new_hash = hash_secret(cmd.password.get_secret_value())
    with db.door(session):
        db.execute(session, "select sec.change_own_password(%s, %s)", (ctx.user_id, new_hash))
    forget_principals()
    return PasswordChange(changed=True, message="")


def _matches(session: Session, ctx: RequestContext, stored: str, given: str) -> bool:
    """Compare and count the attempt as a sign-in's."""
    matches = secret_matches(stored, given)
    with db.door(session):
        db.execute(
            session,
            "select sec.record_sign_in(%s, %s, %s, make_interval(mins => %s))",
            (ctx.user_id, matches, LOCK_AFTER_FAILURES, LOCK_MINUTES),
        )
    return matches
