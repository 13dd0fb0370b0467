"""What people are told each morning: documents that grow too old, way bills that end."""

from typing import Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, date_text
from erp.services import workflows
from erp.services.einvoicing.following import ask_stuck
from erp.services.einvoicing.law import WARN_BEFORE, reported_by
from erp.services.einvoicing.queueing import SEND, queue_missing
from erp.services.einvoicing.way_bills import DISPATCH
from erp.services.einvoicing.way_listing import SOON
from erp.services.platform import Command, Result, command

NAMED: Final = 5


class ChasePortal(Command):
    """Look what at the portals needs somebody."""


class PortalChased(Result):
    """How much was found: queued late or anew, growing too old, ending."""

    queued: int
    ageing: int
    ending: int


@command("einvoicing.chase", permission=SEND, rest="POST /e-invoices/chase")
def chase(session: Session, ctx: RequestContext, cmd: ChasePortal) -> PortalChased:  # noqa: ARG001  every command has its input
    """Queue what is not queued yet or was given up; tell of documents that grow too old and way bills that end.

    Whatever was told today is not told again.

    Emits:
        einvoicing.einvoice_asked.v1 for what is queued; workflows.member_notified.v1 for who is told.
    """
    queued = ask_stuck(session, ctx) + queue_missing(session, ctx)
    return PortalChased(
        queued=queued, ageing=_tell_ageing(session, ctx), ending=_tell_ending(session, ctx)
    )


def _tell_ageing(session: Session, ctx: RequestContext) -> int:
    rows = db.fetch_all(
        session,
        "select e.number, e.issued_on from einvoice e join einvoice_registration r"
        " on (r.tenant_id, r.company_id, r.gstin) = (e.tenant_id, e.company_id, e.gstin)"
        " where e.tenant_id = %s and e.company_id = %s and r.reports_in_days"
        " and e.status in ('due', 'to_mend', 'refused') order by e.issued_on, e.id",
        (ctx.tenant_id, ctx.company_id),
    )
    late = [row for row in rows if 0 <= _days_left(ctx, row) <= WARN_BEFORE]
    if late:
        last = reported_by(late[0]["issued_on"])
        assert last is not None  # noqa: S101  it has few days left
        news = workflows.News(
            kind="einvoicing.documents_ageing",
            title=f"{counted(len(late), 'document', 'documents')} must be registered soon",
            body=f"{_named([row['number'] for row in late])}. The portal takes the oldest until {date_text(last)}.",
            link="/gst/e-invoices?status=open",
            severity="urgent",
            dedupe_key=f"einvoices-ageing-{ctx.company_id}-{ctx.today}",
        )
        workflows.notify_members(session, ctx, permission=SEND, news=news)
    return len(late)


def _tell_ending(session: Session, ctx: RequestContext) -> int:
    rows = db.fetch_all(
        session,
        "select number from way_bill where tenant_id = %s and company_id = %s and status = 'active'"
        " and valid_until between %s and %s order by valid_until",
        (ctx.tenant_id, ctx.company_id, ctx.now, ctx.now + SOON),
    )
    if rows:
        news = workflows.News(
            kind="einvoicing.way_bills_ending",
            title=f"{counted(len(rows), 'way bill ends', 'way bills end')} within a day",
            body=f"{_named([row['number'] for row in rows])}. Goods that are not there by then may not travel on.",
            link="/gst/way-bills?status=ending",
            severity="warning",
            dedupe_key=f"way-bills-ending-{ctx.company_id}-{ctx.today}",
        )
        workflows.notify_members(session, ctx, permission=DISPATCH, news=news)
    return len(rows)


def _days_left(ctx: RequestContext, row: db.Row) -> int:
    last = reported_by(row["issued_on"])
    return (last - ctx.today).days if last else WARN_BEFORE + 1


def _named(numbers: list[str]) -> str:
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return ", ".join(numbers[:NAMED]) + more
