"""What of the banks rests on entries of the books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting
from erp.services.banking.accounts import hold_account


def hold_banks(session: Session, ctx: RequestContext, entry_ids: Sequence[UUID]) -> None:
    """Let others who would match lines of these entries wait; locks their bank accounts, in one order."""
    rows = db.fetch_all(
        session,
        "select distinct b.id from bank_account b"
        "  join journal_line l on (l.tenant_id, l.account_id) = (b.tenant_id, b.account_id)"
        " where b.tenant_id = %s and l.entry_id = any(%s) order by b.id",
        (ctx.tenant_id, list(entry_ids)),
    )
    for row in rows:
        hold_account(session, ctx, row["id"])


def matched_entries(session: Session, ctx: RequestContext, entry_ids: Sequence[UUID]) -> str:
    """Say that a line of entries is matched with a bank's; nothing where none is."""
    row = db.fetch_one(
        session,
        "select b.name from bank_match_member m"
        "  join bank_match k on (k.tenant_id, k.id) = (m.tenant_id, m.match_id)"
        "  join bank_account b on (b.tenant_id, b.id) = (k.tenant_id, k.bank_account_id)"
        " where m.tenant_id = %s and m.entry_id = any(%s) and m.is_live limit 1",
        (ctx.tenant_id, list(entry_ids)),
    )
    if row is None:
        return ""
    return f"A line of it is matched with the bank's at {row['name']}. Undo the match first."


accounting.rests_on_entries(hold_banks, matched_entries)
