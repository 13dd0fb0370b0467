"""Prints of documents are counted: one original, every later paper says that it is a duplicate."""

from datetime import datetime
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.platform import Result

Layout = Literal["receipt", "invoice"]


class BillPrinted(Result):
    """One print of a document.

    Attributes:
        copy_no: Counts the prints of the document, from 1.
        source: The surface that asked: pages (`ui`) or a program (`rest`).
        address: The network address of the device that asked.
    """

    copy_no: int
    layout: Layout
    is_duplicate: bool
    printed_at: datetime
    user: str
    source: str
    address: str


PRINTS: LiteralString = """
    (select coalesce(jsonb_agg(jsonb_build_object(
            'copy_no', b.copy_no, 'layout', b.layout, 'is_duplicate', b.is_duplicate, 'printed_at', b.printed_at,
            'user', coalesce(m.display_name, ''), 'source', b.source, 'address', b.address)
            order by b.copy_no), '[]'::jsonb)
       from bill_print b
       left join membership m on (m.tenant_id, m.user_id) = (b.tenant_id, b.user_id)
      where (b.tenant_id, b.invoice_id) = (i.tenant_id, i.id)) as prints
"""
"""The prints of the invoice `i` as `BillPrinted`, within the statement that reads it."""


def record_print(
    session: Session,
    ctx: RequestContext,
    invoice_id: UUID,
    layout: Layout,
    *,
    has_original: bool,
) -> bool:
    """Record that a paper of a document is handed out; tell whether it is a duplicate.

    Two who print one document at once wait for each other. A print whose transaction
    fails is not counted.

    Args:
        has_original: Another device handed the original out already.
    """
    lock = f"bill_print:{ctx.tenant_id}:{invoice_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    row = db.fetch_one(
        session,
        """
        insert into bill_print (tenant_id, id, invoice_id, copy_no, layout, is_duplicate, printed_at, user_id,
                                source, address)
        select %(tenant)s, %(id)s, %(invoice)s, count(*) + 1, %(layout)s, %(has_original)s or count(*) > 0,
               %(now)s, %(user)s, %(source)s, %(address)s
          from bill_print where tenant_id = %(tenant)s and invoice_id = %(invoice)s
        returning is_duplicate
        """,
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "invoice": invoice_id,
            "layout": layout,
            "has_original": has_original,
            "now": ctx.now,
            "user": ctx.user_id,
            "source": ctx.source,
            "address": ctx.ip_address or "",
        },
    )
    return row is None or bool(row["is_duplicate"])
