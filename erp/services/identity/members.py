"""Members of a tenant: invited, given roles and PINs, suspended."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.core.ids import new_id
from erp.services.identity.errors import GrantTooWide
from erp.services.identity.events import MemberAdded, MemberChanged, PasswordReset, PinSet
from erp.services.identity.principals import forget_principals
from erp.services.identity.secrets import check_password, check_pin, hash_secret
from erp.services.platform import Command, Identified, ShortText, command, emit, refuse_on

refuse_on(
    "uq_membership_tenant_id_user_id",
    lambda: Conflict("This person is already a member.", fields={"login": "already a member"}),
)
Login = Annotated[
    str,
    Field(min_length=3, max_length=120, pattern=r"^[A-Za-z0-9._%+@-]+$"),
    AfterValidator(str.lower),
]
RoleNames = Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]


class CreateUser(Command):
    """Make a person a member with a first password.

    A login that exists keeps its own password: membership is added, nothing is taken over.
    """

    login: Login
    display_name: ShortText
    password: SecretStr
    roles: RoleNames
    branch_id: UUID | None = None


class UpdateMember(Command):
    """Change a member's name, roles, branch or whether they may sign in.

    Attributes:
        branch_id: Where they work from now on; left out, where they do.
    """

    member_id: UUID
    display_name: ShortText
    roles: RoleNames
    is_active: bool = True
    branch_id: UUID | None = None


class SetPin(Command):
    """Give a member a PIN for approvals; without a member, the actor's own."""

    pin: SecretStr
    member_id: UUID | None = None


class ResetPassword(Command):
    """Give a member a new password and end all their sessions; only for members of one's own tenant alone."""

    member_id: UUID
    password: SecretStr


@command("identity.create_user", permission="identity.edit", rest="POST /members")
def create_user(session: Session, ctx: RequestContext, cmd: CreateUser) -> Identified:
    """Add a member to the tenant.

    Raises:
        GrantTooWide: A role holds more than the actor does.
        WeakSecret: The password is too easy to guess.
        Conflict: The person is already a member.

    Emits:
        identity.member_added.v1
    """
    check_password(cmd.password.get_secret_value(), cmd.login)
    role_ids = _grantable(session, ctx, cmd.roles)
    account = db.fetch_one(
        session,
        "select sec.ensure_account(%s, %s, %s, %s) as id",
        (new_id(), cmd.login, cmd.display_name, hash_secret(cmd.password.get_secret_value())),
    )
    member_id = new_id()
    db.execute(
        session,
        "insert into membership (tenant_id, id, user_id, branch_id, display_name, is_active, failed_pins)"
        " values (%s, %s, %s, %s, %s, true, 0)",
        (
            ctx.tenant_id,
            member_id,
            account["id"] if account else None,
            cmd.branch_id or ctx.branch_id,
            cmd.display_name,
        ),
    )
    _give_roles(session, ctx, member_id, role_ids)
    emit(session, ctx, member_id, MemberAdded(member_id=member_id))
    return Identified(id=member_id)


@command("identity.update_member", permission="identity.edit", rest="PUT /members/{member_id}")
def update_member(session: Session, ctx: RequestContext, cmd: UpdateMember) -> Identified:
    """Change a member's name, roles, branch and access; ends their sessions.

    Changes of members wait for each other, so that two owners cannot demote each other at once.

    Raises:
        NotFound: There is no such member.
        GrantTooWide: A role, or the member as they are, holds more than the actor does.
        InvalidInput: The tenant would be left without an owner.

    Emits:
        identity.member_changed.v1
    """
    _hold_owner_roles(session, ctx)
    _refuse_stronger(session, ctx, cmd.member_id)
    role_ids = _grantable(session, ctx, cmd.roles)
    member = db.fetch_one(
        session,
        "update membership set display_name = %s, is_active = %s, branch_id = coalesce(%s, branch_id)"
        " where tenant_id = %s and id = %s returning user_id",
        (cmd.display_name, cmd.is_active, cmd.branch_id, ctx.tenant_id, cmd.member_id),
    )
    if member is None:
        raise NotFound("There is no such member.")
    db.execute(
        session,
        "delete from membership_role where tenant_id = %s and membership_id = %s",
        (ctx.tenant_id, cmd.member_id),
    )
    _give_roles(session, ctx, cmd.member_id, role_ids)
    _require_an_owner(session, ctx)
    db.execute(session, "select sec.revoke_sessions_of(%s)", (member["user_id"],))
    forget_principals()
    emit(session, ctx, cmd.member_id, MemberChanged(member_id=cmd.member_id))
    return Identified(id=cmd.member_id)


@command("identity.set_pin", permission="", rest="POST /members/pin")
def set_pin(session: Session, ctx: RequestContext, cmd: SetPin) -> Identified:
    """Set a PIN; another member's needs the right to edit members.

    A bearer token needs it for its own member too: a PIN approves at tills, beyond any scope.

    Raises:
        PermissionDenied: The right to edit members is missing.
        WeakSecret: The PIN is too easy to guess.
        NotFound: There is no such member.
        GrantTooWide: The other member holds more than the actor does.

    Emits:
        identity.pin_set.v1
    """
    pin = cmd.pin.get_secret_value()
    check_pin(pin)
    if cmd.member_id is not None or ctx.source == "rest":
        ctx.require("identity.edit")
    if cmd.member_id is not None:
        _refuse_stronger(session, ctx, cmd.member_id)
    member = db.fetch_one(
        session,
        "update membership set pin_hash = %s, failed_pins = 0, pin_locked_until = null"
        " where tenant_id = %s and (id = %s or (%s::uuid is null and user_id = %s)) returning id",
        (hash_secret(pin), ctx.tenant_id, cmd.member_id, cmd.member_id, ctx.user_id),
    )
    if member is None:
        raise NotFound("There is no such member.")
    emit(session, ctx, member["id"], PinSet(member_id=member["id"]))
    return Identified(id=member["id"])


@command(
    "identity.reset_password", permission="identity.edit", rest="POST /members/{member_id}/password"
)
def reset_password(session: Session, ctx: RequestContext, cmd: ResetPassword) -> Identified:
    """Set a member's password and end their sessions.

    Raises:
        NotFound: There is no such member.
        InvalidInput: The login opens other tenants too, so only its owner may change it.
        GrantTooWide: The member holds more than the actor does.

    Emits:
        identity.password_reset.v1
    """
    member = db.fetch_one(
        session,
        "select m.user_id, a.login, sec.is_shared_login(m.user_id) as is_shared"
        " from membership m cross join lateral sec.login_of(m.user_id) a"
        " where m.tenant_id = %s and m.id = %s",
        (ctx.tenant_id, cmd.member_id),
    )
    if member is None:
        raise NotFound("There is no such member.")
    if member["is_shared"]:
        raise InvalidInput(
            "This login belongs to other organisations too; only its owner can change the password."
        )
    _refuse_stronger(session, ctx, cmd.member_id)
    check_password(cmd.password.get_secret_value(), member["login"])
    db.execute(
        session,
        "select sec.change_password(%s, %s)",
        (member["user_id"], hash_secret(cmd.password.get_secret_value())),
    )
    forget_principals()
    emit(session, ctx, cmd.member_id, PasswordReset(member_id=cmd.member_id))
    return Identified(id=cmd.member_id)


def _grantable(session: Session, ctx: RequestContext, names: tuple[str, ...]) -> list[UUID]:
    rows = db.fetch_all(
        session,
        "select id, name, permissions from role where tenant_id = %s and name = any(%s)",
        (ctx.tenant_id, list(names)),
    )
    unknown = set(names) - {row["name"] for row in rows}
    if unknown:
        raise InvalidInput(
            f"There is no role named {', '.join(sorted(unknown))}.",
            fields={"roles": "unknown role"},
        )
    for row in rows:
        _require_held(ctx, row["name"], row["permissions"])
    return [row["id"] for row in rows]


def _require_held(ctx: RequestContext, role: str, permissions: list[str]) -> None:
    if ANY_PERMISSION not in ctx.permissions and not set(permissions) <= ctx.permissions:
        raise GrantTooWide(
            f"The role {role} allows more than you may do yourself. Ask an owner.",
            fields={"roles": f"{role} allows more than you may do yourself"},
        )


def _refuse_stronger(session: Session, ctx: RequestContext, member_id: UUID) -> None:
    rows = db.fetch_all(
        session,
        "select r.name, r.permissions from membership_role mr"
        " join role r on (r.tenant_id, r.id) = (mr.tenant_id, mr.role_id)"
        " where mr.tenant_id = %s and mr.membership_id = %s",
        (ctx.tenant_id, member_id),
    )
    for row in rows:
        _require_held(ctx, row["name"], row["permissions"])


def _give_roles(
    session: Session, ctx: RequestContext, member_id: UUID, role_ids: list[UUID]
) -> None:
    db.execute(
        session,
        "insert into membership_role (tenant_id, membership_id, role_id) select %s, %s, unnest(%s::uuid[])",
        (ctx.tenant_id, member_id, role_ids),
    )


def _hold_owner_roles(session: Session, ctx: RequestContext) -> None:
    db.execute(
        session,
        "select 1 from role where tenant_id = %s and %s = any(permissions) order by id"
        " for no key update",
        (ctx.tenant_id, ANY_PERMISSION),
    )


def _require_an_owner(session: Session, ctx: RequestContext) -> None:
    owner = db.fetch_one(
        session,
        "select 1 from membership m join membership_role mr on (mr.tenant_id, mr.membership_id) = (m.tenant_id, m.id)"
        " join role r on (r.tenant_id, r.id) = (mr.tenant_id, mr.role_id)"
        " where m.tenant_id = %s and m.is_active and %s = any(r.permissions) limit 1",
        (ctx.tenant_id, ANY_PERMISSION),
    )
    if owner is None:
        raise InvalidInput(
            "At least one active member must stay an owner.", fields={"roles": "the last owner"}
        )
