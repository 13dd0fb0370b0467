"""Tenants and their organisation, users, memberships, roles, sessions and API tokens."""

from erp.models.identity.access import ApiToken, Membership, MembershipPast, MembershipRole, Role
from erp.models.identity.organisation import Branch, BranchPast, Company, Tenant
from erp.models.identity.user import SessionTab, UserAccount, UserSession

__all__ = [
    "ApiToken",
    "Branch",
    "BranchPast",
    "Company",
    "Membership",
    "MembershipPast",
    "MembershipRole",
    "Role",
    "SessionTab",
    "Tenant",
    "UserAccount",
    "UserSession",
]
