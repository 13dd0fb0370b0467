"""What of the banks rests on entries of the books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting


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


accounting.rests_on_entries(matched_entries)
