"""Documents and way bills, taken to their portals in the background."""

from uuid import UUID

import structlog

from erp.adapters.invoice_portal import invoice_portal
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, einvoicing, platform
from jobs.run import apart

__all__ = ["ask_about_document", "ask_about_way_bill", "catalogue_of_actions", "queue", "withdraw"]
_log = structlog.get_logger()


def queue(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Queue a posted document for the portal, if the law wants it there."""
    einvoicing.queue_document(session, ctx, UUID(delivery.payload["document_id"]))


def withdraw(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Keep an invoice that was cancelled in the books from the portal."""
    einvoicing.withdraw(session, ctx, UUID(delivery.payload["invoice_id"]))


def ask_about_document(
    _session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Have a document registered or cancelled; what came of it is noted whatever becomes of the job.

    Raises:
        TryLater: The portal is away, or another worker asks about it.
    """
    einvoice_id = UUID(delivery.payload["einvoice_id"])
    plan = apart(ctx, lambda own, mine: einvoicing.claim(own, mine, einvoice_id))
    if plan is None:
        return
    outcome = einvoicing.carry_out(invoice_portal(), plan)
    pause = apart(ctx, lambda own, mine: einvoicing.note_outcome(own, mine, plan, outcome))
    _log.info("einvoice_asked", einvoice_id=str(einvoice_id), result=outcome.result.value)
    if pause is not None:
        raise platform.TryLater(outcome.problem, pause)


def ask_about_way_bill(
    _session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Have a way bill made, changed or cancelled; what came of it is noted whatever becomes of the job.

    Raises:
        TryLater: The portal is away, or another worker asks about it.
    """
    way_bill_id = UUID(delivery.payload["way_bill_id"])
    plan = apart(ctx, lambda own, mine: einvoicing.claim_way_bill(own, mine, way_bill_id))
    if plan is None:
        return
    outcome = einvoicing.carry_out_way_bill(invoice_portal(), plan)
    pause = apart(ctx, lambda own, mine: einvoicing.note_way_bill(own, mine, plan, outcome))
    _log.info("way_bill_asked", way_bill_id=str(way_bill_id), result=outcome.result.value)
    if pause is not None:
        raise platform.TryLater(outcome.problem, pause)
