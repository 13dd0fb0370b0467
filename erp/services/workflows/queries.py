"""Who should hear of a matter."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext


def members_who_may(
    session: Session, ctx: RequestContext, permission: str, branch_id: UUID | None = None
) -> list[UUID]:
    """Return the user ids of active members whose roles hold a permission.

    Where a branch is named, only of those who work there or may do everything.
    """
    rows = db.fetch_all(
        session,
        """
        select distinct member.user_id
          from membership member
          join membership_role held
            on (held.tenant_id, held.membership_id) = (member.tenant_id, member.id)
          join role on (role.tenant_id, role.id) = (held.tenant_id, held.role_id)
         where member.tenant_id = %(tenant)s and member.is_active
           and role.permissions && %(allowed)s::text[]
           and (%(branch)s::uuid is null or member.branch_id = %(branch)s
                or %(any)s = any(role.permissions))
        """,
        {
            "tenant": ctx.tenant_id,
            "allowed": [permission, ANY_PERMISSION],
            "branch": branch_id,
            "any": ANY_PERMISSION,
        },
    )
    return [row["user_id"] for row in rows]
