"""A bank reconciliation as it is printed: the renderer looks up nothing more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services.banking.reconciling import GetReconciliation, Reconciliation, get_reconciliation
from erp.services.party import PrintedParty, printed_branch


@dataclass(frozen=True, slots=True)
class PrintedReconciliation:
    """A reconciliation; the same day of the same account makes the same file."""

    made_at: datetime
    time_zone: str
    issuer: PrintedParty
    found: Reconciliation


def get_printed_reconciliation(
    session: Session, ctx: RequestContext, wanted: GetReconciliation
) -> PrintedReconciliation:
    """Return a reconciliation as it is printed.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
        PermissionDenied: The actor may not see banks.
    """
    found = get_reconciliation(session, ctx, wanted)
    return PrintedReconciliation(ctx.now, ctx.time_zone, printed_branch(session, ctx), found)
