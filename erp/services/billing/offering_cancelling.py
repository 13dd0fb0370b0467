"""Whether an invoice could be cancelled, asked before it is offered."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.billing.cancelling import (
    CancelledBefore,
    NotCancellable,
    Standing,
    read_standing,
    refused,
    require_alone,
    require_standing,
    settled,
)
from erp.services.platform import Query, Result, query


class GetCancelling(Query):
    """Which invoice."""

    invoice_id: UUID


class Cancelling(Result):
    """Whether an invoice may be cancelled now; `words` say what is in the way."""

    is_possible: bool
    words: str


@query(
    "billing.get_cancelling",
    permission="billing.view",
    rest="GET /invoice-cancellations/{invoice_id}",
)
def get_cancelling(session: Session, ctx: RequestContext, wanted: GetCancelling) -> Cancelling:
    """Tell whether the acting branch could cancel an invoice as things stand; the cancelling looks again.

    Raises:
        NotFound: There is no such invoice.
    """
    found = read_standing(session, ctx, wanted.invoice_id)
    try:
        if found.branch_id != ctx.branch_id:
            raise refused(f"{found.number} was made at {found.branch}. Cancel it there.")
        require_standing(found)
        require_alone(session, ctx, found)
        _require_untouched(session, ctx, found)
    except (CancelledBefore, NotCancellable) as refusal:
        return Cancelling(is_possible=False, words=refusal.message)
    return Cancelling(is_possible=True, words="")


def _require_untouched(session: Session, ctx: RequestContext, found: Standing) -> None:
    row = db.fetch_one(
        session,
        "select coalesce((select sum(o.settled) from journal_entry e"
        " join open_item o on (o.tenant_id, o.entry_id) = (e.tenant_id, e.id)"
        " where e.tenant_id = %(tenant)s and e.origin_id = %(id)s), 0) as settled,"
        " exists (select 1 from einvoice x where x.tenant_id = %(tenant)s and x.invoice_id = %(id)s"
        " and x.status in ('due', 'registered', 'cancelling')) as is_at_portal",
        {"tenant": ctx.tenant_id, "id": found.id},
    )
    assert row is not None  # noqa: S101  it always answers
    if row["is_at_portal"]:
        raise refused(f"The invoice portal has {found.number}. Cancel it there; the books follow.")
    if row["settled"]:
        raise settled(found, row["settled"])
