"""What counts as a sale in figures: the one place that says so."""

from typing import LiteralString

IS_SALE: LiteralString = """
    i.origin_type <> 'asset_sale'
    and (i.kind not in ('credit_note', 'debit_note')
         or exists (select 1 from invoice_line sold
                     where (sold.tenant_id, sold.invoice_id) = (i.tenant_id, i.id) and sold.quantity > 0))
    and not exists (select 1 from invoice_cancellation c
                     where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
"""
"""Whether the document `i` is of goods or services that were sold, or came back.

An asset that is sold is no sale of the trade, nor is a note of money alone, such as interest on late payment and what
takes it back; what was cancelled never was one.
"""
