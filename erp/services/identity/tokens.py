"""Bearer tokens for scripts, tills and partners."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.services.identity.errors import GrantTooWide
from erp.services.identity.principals import forget_principals
from erp.services.identity.roles import STANDARD_ROLES
from erp.services.identity.secrets import new_api_token, token_hash
from erp.services.platform import (
    Command,
    Identified,
    ShortText,
    ShownOnce,
    command,
    list_actions,
)


class IssueToken(Command):
    """Make a bearer token that acts as the actor, limited to scopes."""

    name: ShortText
    scopes: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    valid_days: Annotated[int, Field(ge=1, le=366)] = 90


class IssuedToken(ShownOnce):
    """A token, shown once: the stored answer masks it, so a repeat of the command shows none."""

    id: UUID
    token: SecretStr
    expires_at: datetime


class RevokeToken(Command):
    """End a token."""

    token_id: UUID


@command("identity.issue_token", permission="identity.token", rest="POST /tokens")
def issue_token(session: Session, ctx: RequestContext, cmd: IssueToken) -> IssuedToken:
    """Issue a token; it can never do more than the actor.

    Raises:
        GrantTooWide: A scope is not among the actor's permissions.
        InvalidInput: A scope is no permission of the product.
        NotFound: The actor is no member, as a process is none.
    """
    _refuse_unknown(cmd.scopes)
    beyond = set(cmd.scopes) - ctx.permissions
    if beyond and ANY_PERMISSION not in ctx.permissions:
        raise GrantTooWide(
            "A token cannot do more than you may do yourself.",
            fields={"scopes": ", ".join(sorted(beyond))},
        )
    token, token_id = new_api_token(ctx.tenant_id), new_id()
    expires = ctx.now + timedelta(days=cmd.valid_days)
    issued = db.fetch_one(
        session,
        "insert into api_token (tenant_id, id, membership_id, name, token_hash, scopes, expires_at)"
        " select %s, %s, id, %s, %s, %s, %s from membership where tenant_id = %s and user_id = %s"
        " returning id",
        (
            ctx.tenant_id,
            token_id,
            cmd.name,
            token_hash(token),
            list(cmd.scopes),
            expires,
            ctx.tenant_id,
            ctx.user_id,
        ),
    )
    if issued is None:
        raise NotFound("Only members can have tokens.")
    return IssuedToken(id=token_id, token=SecretStr(token), expires_at=expires)


def _refuse_unknown(scopes: tuple[str, ...]) -> None:
    known = {action.permission for action in list_actions() if action.permission}
    known.update(permission for role in STANDARD_ROLES for permission in role.permissions)
    unknown = sorted(set(scopes) - known - {ANY_PERMISSION})
    if unknown:
        named = ", ".join(scope or "without a name" for scope in unknown)
        message = f"There is no permission {named}."
        raise InvalidInput(message, fields={"scopes": message})


@command("identity.revoke_token", permission="identity.token", rest="DELETE /tokens/{token_id}")
def revoke_token(session: Session, ctx: RequestContext, cmd: RevokeToken) -> Identified:
    """End a token; it is refused everywhere within two seconds.

    Raises:
        NotFound: There is no such token.
    """
    found = db.fetch_one(
        session,
        "update api_token set revoked_at = coalesce(revoked_at, %s) where tenant_id = %s and id = %s returning id",
        (ctx.now, ctx.tenant_id, cmd.token_id),
    )
    if found is None:
        raise NotFound("There is no such token.")
    forget_principals()
    return Identified(id=cmd.token_id)
