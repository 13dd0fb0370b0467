"""Reminding people of claims that suppliers do not answer."""

from decimal import Decimal
from typing import Final, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, money_text
from erp.services import workflows
from erp.services.billing.claim_queries import CLAIMS
from erp.services.platform import Command, Result, command

RECORD: Final = "billing.record_bill"
OLD_DAYS: Final = 30
"""After so many days a claim without an answer is old. A business choice, not law."""


class RemindOfClaims(Command):
    """Tell those who settle claims which of the acting branch are old."""


class ClaimReminder(Result):
    """Old claims, what they ask for with tax, and how many people were told."""

    claims: int
    asked: Decimal
    told: int


@command(
    "billing.remind_of_claims",
    permission="billing.record_bill",
    rest="POST /supplier-claims/reminder",
)
def remind_of_claims(session: Session, ctx: RequestContext, _cmd: RemindOfClaims) -> ClaimReminder:
    """Put claims of the acting branch that are older than a month into inboxes.

    A person is told once a week, however often it is asked. Says nothing where there is none.
    """
    head: LiteralString = "select count(*) as claims, coalesce(sum(c.asked), 0.00) as asked"
    tail: LiteralString = """
         where c.branch_id = %(branch)s and c.settled_at is null
           and c.raised_on < %(today)s - %(days)s::int
    """
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "days": OLD_DAYS,
    }
    parts = (head, CLAIMS, tail)
    found = db.fetch_one(session, " ".join(parts), given)
    if found is None or not found["claims"]:
        return ClaimReminder(claims=0, asked=Decimal("0.00"), told=0)
    year, week, _ = ctx.today.isocalendar()
    news = workflows.News(
        kind="billing.claims_old",
        severity="warning",
        title=f"{counted(found['claims'], 'claim')} without an answer for over {OLD_DAYS} days",
        body=f"Suppliers still owe credit notes for {money_text(found['asked'])}. Ask them.",
        link=f"/claims?standing=open&older_than={OLD_DAYS}",
        dedupe_key=f"supplier-claims-old:{ctx.branch_id}:{year}-{week}",
    )
    told = workflows.notify_members(session, ctx, permission=RECORD, news=news)
    return ClaimReminder(**found, told=told)
