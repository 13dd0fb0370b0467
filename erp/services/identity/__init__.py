"""Who acts: tenants, members, roles, sessions, tokens and PINs."""

from erp.services.identity import referees
from erp.services.identity.approving import PinCheck, check_member_pin, get_approver
from erp.services.identity.boot import UnsafeDatabase, check_database
from erp.services.identity.errors import GrantTooWide, SignInRefused, WeakSecret
from erp.services.identity.members import (
    CreateUser,
    ResetPassword,
    SetPin,
    UpdateMember,
    create_user,
    reset_password,
    set_pin,
    update_member,
)
from erp.services.identity.passwords import ChangePassword, PasswordChange, change_password
from erp.services.identity.principals import (
    CACHE_SECONDS,
    NOBODY,
    Principal,
    context_for,
    forget_principals,
    resolve_session,
    resolve_token,
)
from erp.services.identity.provisioning import (
    NewTenant,
    TenantPlace,
    find_place,
    list_tenants,
    provision_tenant,
    system_context,
)
from erp.services.identity.queries import (
    MemberPage,
    get_member,
    list_approvers,
    list_branches,
    list_members,
    list_roles,
    list_tokens,
    was_elsewhere,
    whoami,
)
from erp.services.identity.roles import STANDARD_ROLES
from erp.services.identity.signing_in import (
    SignedIn,
    bind_tab,
    forget_ended_sessions,
    sign_in,
    sign_out,
)
from erp.services.identity.tokens import (
    IssuedToken,
    IssueToken,
    RevokeToken,
    issue_token,
    revoke_token,
)

__all__ = [
    "CACHE_SECONDS",
    "NOBODY",
    "STANDARD_ROLES",
    "ChangePassword",
    "CreateUser",
    "GrantTooWide",
    "IssueToken",
    "IssuedToken",
    "MemberPage",
    "NewTenant",
    "PasswordChange",
    "PinCheck",
    "Principal",
    "ResetPassword",
    "RevokeToken",
    "SetPin",
    "SignInRefused",
    "SignedIn",
    "TenantPlace",
    "UnsafeDatabase",
    "UpdateMember",
    "WeakSecret",
    "bind_tab",
    "change_password",
    "check_database",
    "check_member_pin",
    "context_for",
    "create_user",
    "find_place",
    "forget_ended_sessions",
    "forget_principals",
    "get_approver",
    "get_member",
    "issue_token",
    "list_approvers",
    "list_branches",
    "list_members",
    "list_roles",
    "list_tenants",
    "list_tokens",
    "provision_tenant",
    "referees",
    "reset_password",
    "resolve_session",
    "resolve_token",
    "revoke_token",
    "set_pin",
    "sign_in",
    "sign_out",
    "system_context",
    "update_member",
    "was_elsewhere",
    "whoami",
]
