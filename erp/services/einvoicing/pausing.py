"""Leaving a portal that is away alone: one caller at a time looks whether it is back.

Kept per registration, so that the accounts of one at the portal stop nobody else.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import TryLater

PAUSES: Final = (5, 30, 120, 600, 1800)
"""Seconds that a portal is left alone after the first, second ... failure; the last repeats."""

LEASE: Final = timedelta(seconds=120)
"""How long a worker may take over its calls before another one asks again."""


def require_awake(session: Session, ctx: RequestContext, company_id: object, gstin: str) -> None:
    """Let a caller through to the portal, or only one of many while it fails.

    Locks the registration until the transaction ends.

    Raises:
        TryLater: The portal is left alone, or somebody else is looking whether it is back.
    """
    row = db.fetch_one(
        session,
        "select id, failing_since, paused_until, last_problem from einvoice_registration"
        " where tenant_id = %s and company_id = %s and gstin = %s for no key update",
        (ctx.tenant_id, company_id, gstin),
    )
    if row is None or row["failing_since"] is None:
        return
    if row["paused_until"] > ctx.now:
        raise TryLater(
            f"The portal is left alone: {row['last_problem']}", row["paused_until"] - ctx.now
        )
    db.execute(
        session,
        "update einvoice_registration set paused_until = %s where tenant_id = %s and id = %s",
        (ctx.now + LEASE, ctx.tenant_id, row["id"]),
    )


def note_away(
    session: Session,
    ctx: RequestContext,
    company_id: object,
    gstin: str,
    problem: str,
    *,
    attempts: int = 1,
) -> timedelta:
    """Note that the portal failed; return how long it is left alone.

    Args:
        attempts: How often it was asked about this one, which counts where the registration reports no documents and
            so keeps no failures of its own.
    """
    row = db.fetch_one(
        session,
        "update einvoice_registration set failing_since = coalesce(failing_since, %(now)s), failures = failures + 1,"
        " paused_until = %(now)s, last_problem = %(problem)s"
        " where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s returning id, failures",
        {
            "now": ctx.now,
            "problem": problem[:300],
            "tenant": ctx.tenant_id,
            "company": company_id,
            "gstin": gstin,
        },
    )
    failures = row["failures"] if row else max(attempts, 1)
    pause = timedelta(seconds=PAUSES[min(failures, len(PAUSES)) - 1])
    if row:
        db.execute(
            session,
            "update einvoice_registration set paused_until = %s where tenant_id = %s and id = %s",
            (ctx.now + pause, ctx.tenant_id, row["id"]),
        )
    return pause


def note_awake(session: Session, ctx: RequestContext, company_id: object, gstin: str) -> None:
    """Note that the portal answered."""
    db.execute(
        session,
        "update einvoice_registration set failing_since = null, paused_until = null, failures = 0, last_problem = ''"
        " where tenant_id = %s and company_id = %s and gstin = %s and failing_since is not null",
        (ctx.tenant_id, company_id, gstin),
    )
