"""Reads of the identity domain."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform import (
    Nothing,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListMembers(SortedPage):
    """Which members, by name."""

    sort: Annotated[
        str,
        Order(
            "display_name",
            {"display_name": "text", "branch": "text", "has_pin": "yes_no", "is_active": "yes_no"},
        ),
    ] = ""


class ListTokens(SortedPage):
    """Which tokens, the newest first."""

    sort: Annotated[
        str, Order("-id", {"name": "text", "expires_at": "instant", "status": "text"})
    ] = ""


class MemberRow(Result):
    """A member on the users page."""

    id: UUID
    display_name: str
    login: str
    branch_id: UUID
    branch: str
    roles: list[str]
    role_titles: str
    is_active: bool
    has_pin: bool


class GetMember(Query):
    """One member."""

    member_id: UUID


class MemberPage(Rows):
    """A page of members."""

    rows: list[MemberRow]


class RoleRow(Result):
    """A role with what it allows."""

    id: UUID
    name: str
    title: str
    permissions: list[str]
    limits: dict[str, str]


class RoleList(Rows):
    """Every role of the tenant."""

    rows: list[RoleRow]


class TokenRow(Result):
    """A bearer token, without its secret."""

    id: UUID
    name: str
    acts_as: str
    scopes: list[str]
    expires_at: datetime
    revoked_at: datetime | None
    status: str


class TokenList(Rows):
    """Every token of the tenant, newest first."""

    rows: list[TokenRow]


class ApproverRow(Result):
    """A member whose PIN can approve at the till."""

    id: UUID
    display_name: str
    discount_percent: Decimal


class ApproverList(Rows):
    """Every member who may approve."""

    rows: list[ApproverRow]


class WhoAmI(Result):
    """The acting person as the server sees them."""

    user_id: UUID
    name: str
    tenant_id: UUID
    branch_id: UUID
    roles: list[str]
    permissions: list[str]
    limits: dict[str, str]


class BranchRow(Result):
    """A place of business."""

    id: UUID
    code: str
    name: str
    gstin: str | None
    state_code: str


class BranchList(Rows):
    """Every branch of the tenant."""

    rows: list[BranchRow]


_MEMBER: LiteralString = """
    select m.id, m.display_name, coalesce(a.login, '') as login, m.branch_id, b.name as branch, m.is_active,
           m.pin_hash is not null as has_pin,
           array_remove(array_agg(r.name order by r.name), null) as roles,
           coalesce(string_agg(r.title, ', ' order by r.title), '') as role_titles
      from membership m
      join branch b on (b.tenant_id, b.id) = (m.tenant_id, m.branch_id)
      left join lateral sec.login_of(m.user_id) a on true
      left join membership_role mr on (mr.tenant_id, mr.membership_id) = (m.tenant_id, m.id)
      left join role r on (r.tenant_id, r.id) = (mr.tenant_id, mr.role_id)
"""


@query("identity.list_members", permission="identity.view", rest="GET /members")
def list_members(session: Session, ctx: RequestContext, wanted: ListMembers) -> MemberPage:
    """List members by name."""
    rows, cursor = fetch_page(
        session,
        wanted,
        _MEMBER
        + """
         where m.tenant_id = %(tenant)s
           and (%(search)s = '' or m.display_name ilike '%%' || %(search)s || '%%'
                or a.login ilike '%%' || %(search)s || '%%')
         group by m.tenant_id, m.id, b.tenant_id, b.id, a.login
        """,
        {
            "tenant": ctx.tenant_id,
            "search": wanted.search,
        },
    )
    page = [MemberRow(**row) for row in rows]
    return MemberPage(rows=page, next_cursor=cursor)


@query("identity.get_member", permission="identity.view", rest="GET /members/{member_id}")
def get_member(session: Session, ctx: RequestContext, wanted: GetMember) -> MemberRow:
    """Return a member with their roles.

    Raises:
        NotFound: There is no such member.
    """
    row = db.fetch_one(
        session,
        _MEMBER
        + """
         where m.tenant_id = %s and m.id = %s
         group by m.tenant_id, m.id, b.tenant_id, b.id, a.login
        """,
        (ctx.tenant_id, wanted.member_id),
    )
    if row is None:
        raise NotFound("There is no such member.")
    return MemberRow(**row)


@query("identity.list_roles", permission="identity.view", rest="GET /roles")
def list_roles(session: Session, ctx: RequestContext, _wanted: Nothing) -> RoleList:
    """List roles by title."""
    rows = db.fetch_all(
        session,
        "select id, name, title, permissions, limits from role where tenant_id = %s order by title",
        (ctx.tenant_id,),
    )
    return RoleList(rows=[RoleRow(**row) for row in rows])


@query("identity.list_tokens", permission="identity.token", rest="GET /tokens")
def list_tokens(session: Session, ctx: RequestContext, wanted: ListTokens) -> TokenList:
    """List bearer tokens, newest first."""
    rows, cursor = fetch_page(
        session,
        wanted,
        """
        select t.id, t.name, m.display_name as acts_as, t.scopes, t.expires_at, t.revoked_at,
               case when t.revoked_at is not null then 'revoked' when t.expires_at <= %(now)s then 'expired'
                    else 'active' end as status
          from api_token t
          join membership m on (m.tenant_id, m.id) = (t.tenant_id, t.membership_id)
         where t.tenant_id = %(tenant)s
           and (%(search)s = '' or t.name ilike '%%' || %(search)s || '%%')
        """,
        {
            "tenant": ctx.tenant_id,
            "now": ctx.now,
            "search": wanted.search,
        },
    )
    page = [TokenRow(**row) for row in rows]
    return TokenList(rows=page, next_cursor=cursor)


@query("identity.list_approvers", permission="pos.sell", rest="GET /approvers")
def list_approvers(session: Session, ctx: RequestContext, _wanted: Nothing) -> ApproverList:
    """List active members with a PIN whose roles may approve at a till."""
    rows = db.fetch_all(
        session,
        """
        select m.id, m.display_name, coalesce(max((r.limits ->> 'discount_percent')::numeric), 0) as discount_percent
          from membership m
          join membership_role mr on (mr.tenant_id, mr.membership_id) = (m.tenant_id, m.id)
          join role r on (r.tenant_id, r.id) = (mr.tenant_id, mr.role_id)
         where m.tenant_id = %s and m.is_active and m.pin_hash is not null
         group by m.id, m.display_name
        having bool_or('pos.approve' = any(r.permissions) or '*' = any(r.permissions))
         order by m.display_name
        """,
        (ctx.tenant_id,),
    )
    return ApproverList(rows=[ApproverRow(**row) for row in rows])


@query("identity.list_branches", permission="", rest="GET /branches")
def list_branches(session: Session, ctx: RequestContext, _wanted: Nothing) -> BranchList:
    """List places of business by code."""
    rows = db.fetch_all(
        session,
        "select id, code, name, gstin, state_code from branch where tenant_id = %s order by code",
        (ctx.tenant_id,),
    )
    return BranchList(rows=[BranchRow(**row) for row in rows])


@query("identity.whoami", permission="", rest="GET /me")
def whoami(_session: Session, ctx: RequestContext, _wanted: Query) -> WhoAmI:
    """Tell who the caller is and what they may do."""
    return WhoAmI(
        user_id=ctx.user_id,
        name=ctx.user_name,
        tenant_id=ctx.tenant_id,
        branch_id=ctx.branch_id,
        roles=sorted(ctx.roles),
        permissions=sorted(ctx.permissions),
        limits={name: str(limit) for name, limit in ctx.limits.items()},
    )


def was_elsewhere(
    session: Session, ctx: RequestContext, user_id: UUID, branch_id: UUID, at: datetime
) -> bool:
    """Tell whether a member worked at another branch at a moment, or nowhere: suspended."""
    row = db.fetch_one(
        session,
        "select coalesce(was.branch_id, m.branch_id) <> %s or not coalesce(was.is_active, m.is_active) as were"
        " from membership m left join lateral (select p.branch_id, p.is_active from membership_past p"
        " where (p.tenant_id, p.membership_id) = (m.tenant_id, m.id) and p.until > %s"
        " order by p.until limit 1) was on true"
        " where m.tenant_id = %s and m.user_id = %s",
        (branch_id, at, ctx.tenant_id, user_id),
    )
    return bool(row and row["were"])
