"""Leaving a provider that is away alone, and one worker at a time per matter."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import TryLater

PAUSES: Final = (5, 30, 120, 600, 1800)
"""Seconds that a provider is left alone after the first, second ... failure; the last repeats."""

LEASE: Final = timedelta(seconds=120)
"""How long a worker may take over its calls before another one asks again."""


def require_awake(session: Session, ctx: RequestContext, account_id: UUID) -> None:
    """Let a caller through to the provider, or only one of many while it fails.

    Locks the account until the transaction ends.

    Raises:
        TryLater: The provider is left alone, or somebody else is looking whether it is back.
    """
    row = db.fetch_one(
        session,
        "select failing_since, paused_until, last_problem from gateway_account"
        " where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, account_id),
    )
    if row is None or row["failing_since"] is None:
        return
    if row["paused_until"] > ctx.now:
        raise TryLater(
            f"The provider is left alone: {row['last_problem']}", row["paused_until"] - ctx.now
        )
    db.execute(
        session,
        "update gateway_account set paused_until = %s where tenant_id = %s and id = %s",
        (ctx.now + LEASE, ctx.tenant_id, account_id),
    )


def note_away(session: Session, ctx: RequestContext, account_id: UUID, problem: str) -> timedelta:
    """Note that the provider failed; return how long it is left alone."""
    row = db.fetch_one(
        session,
        "update gateway_account set failing_since = coalesce(failing_since, %(now)s), failures = failures + 1,"
        " last_problem = %(problem)s, paused_until = %(now)s + make_interval(secs =>"
        " (%(pauses)s::int[])[least(failures + 1, cardinality(%(pauses)s::int[]))])"
        " where tenant_id = %(tenant)s and id = %(id)s returning paused_until",
        {
            "now": ctx.now,
            "problem": problem[:300],
            "pauses": list(PAUSES),
            "tenant": ctx.tenant_id,
            "id": account_id,
        },
    )
    return row["paused_until"] - ctx.now if row else timedelta(seconds=PAUSES[0])


def note_awake(session: Session, ctx: RequestContext, account_id: UUID) -> None:
    """Note that the provider answered."""
    db.execute(
        session,
        "update gateway_account set failing_since = null, paused_until = null, failures = 0, last_problem = ''"
        " where tenant_id = %s and id = %s and failing_since is not null",
        (ctx.tenant_id, account_id),
    )
