"""What is written down of how devices stand: changes, and one word an hour."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id

KEPT_DAYS: Final = 90
EVERY: Final = timedelta(hours=1)


def note_standing(  # noqa: PLR0913  each is a fact of the report
    session: Session,
    ctx: RequestContext,
    device_id: UUID,
    standing: str,
    at: datetime,
    *,
    skew_ms: int | None = None,
    backlog: int | None = None,
) -> None:
    """Write down how a device stands, unless the last report says the same and is an hour young."""
    db.execute(
        session,
        """
        insert into device_report (tenant_id, id, device_id, standing, said_at, clock_skew_ms, backlog)
        select %(tenant)s, %(id)s, %(device)s, %(standing)s::text,
               greatest(%(at)s::timestamptz, latest.said_at), %(skew)s::bigint, %(backlog)s::int
          from (values (1)) as one
          left join lateral (
               select standing, said_at from device_report
                where tenant_id = %(tenant)s and device_id = %(device)s
                order by said_at desc, id desc limit 1) latest on true
         where latest.standing is distinct from %(standing)s::text or latest.said_at <= %(since)s
        """,
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "device": device_id,
            "standing": standing,
            "at": at,
            "skew": skew_ms,
            "backlog": backlog,
            "since": at - EVERY,
        },
    )


def forget_old_reports(session: Session, ctx: RequestContext) -> None:
    """Remove reports of more than 90 days ago, but for the newest of each device."""
    db.execute(
        session,
        "delete from device_report old where tenant_id = %s and said_at < %s and exists"
        " (select from device_report newer where newer.tenant_id = old.tenant_id"
        " and newer.device_id = old.device_id and (newer.said_at, newer.id) > (old.said_at, old.id))",
        (ctx.tenant_id, ctx.now - timedelta(days=KEPT_DAYS)),
    )
