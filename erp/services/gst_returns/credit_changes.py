"""Credit that was reversed or claimed again, as it was recorded: the register behind 4(B) and 4(D)(1)."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from pydantic import computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.recorded import RecordStanding
from erp.services.platform import (
    LAST_ID,
    Page,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)


class ListCreditChanges(Page):
    """Which changes of credit, the newest first; all kinds where none is named."""

    kind: CreditChangeKind | None = None


class CreditChangeRow(Result):
    """Credit of a registration that was given back, or claimed again.

    Attributes:
        entry_id: The journal entry that books it.
        standing: `recorded`, `filed` once the return of its day is, or `cancelled`.
        is_of_asset: It follows the sale of an asset, and is cancelled with that alone.
    """

    id: UUID
    gstin: str
    kind: CreditChangeKind
    booked_on: date
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    reason: str
    user: str
    entry_id: UUID
    standing: RecordStanding
    cancel_reason: str
    is_of_asset: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def tax(self) -> Decimal:
        """All heads together."""
        return self.igst + self.cgst + self.sgst


class CreditChangePage(Rows):
    """A page of changes of credit."""

    rows: list[CreditChangeRow]


_ROWS: LiteralString = """
    select c.id, b.gstin, c.kind, c.booked_on, c.igst, c.cgst, c.sgst, c.reason,
           coalesce(m.display_name, '') as "user", e.id as entry_id,
           case when c.cancelled_at is not null then 'cancelled'
                when sec.is_gst_record_filed(c.tenant_id, c.company_id, c.branch_id, c.booked_on) then 'filed'
                else 'recorded' end as standing, c.cancel_reason,
           c.kind in ('asset_sold', 'asset_kept') as is_of_asset
      from gst_credit_change c
      join branch b on (b.tenant_id, b.id) = (c.tenant_id, c.branch_id)
      join journal_entry e on (e.tenant_id, e.origin_id) = (c.tenant_id, c.id) and e.purpose = 'booked'
      left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.user_id)
     where c.tenant_id = %(tenant)s and c.company_id = %(company)s and c.id < %(id)s::uuid
"""
_CONDITIONS: dict[str, LiteralString] = {
    "kind": "and c.kind = %(kind)s",
    "search": "and c.reason || ' ' || b.gstin ilike '%%' || %(search)s || '%%'",
}


@query("gst_returns.list_credit_changes", permission="gst_returns.view", rest="GET /credit-changes")
def list_credit_changes(
    session: Session, ctx: RequestContext, wanted: ListCreditChanges
) -> CreditChangePage:
    """List changes of credit, the newest first, of a kind and by words of reason and registration."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        f"{_ROWS} {conditions_of(wanted, _CONDITIONS)} order by c.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "id": after[0],
            "kind": wanted.kind,
            "search": wanted.search.strip(),
            "limit": wanted.limit + 1,
        },
    )
    page = [CreditChangeRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return CreditChangePage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")
