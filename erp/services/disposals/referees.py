"""Invariants of sold assets."""

from erp.services.platform import referee

referee(
    "FA3",
    "A sold asset has one invoice that stands, of its price and tax, and its asset went by it",
    counted="select count(*) from asset_sale",
    offenders="""
        select s.tenant_id, s.id, a.number, s.price, i.taxable
          from asset_sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.id)
          join asset a on (a.tenant_id, a.id) = (s.tenant_id, s.asset_id)
          left join invoice_cancellation k on (k.tenant_id, k.invoice_id) = (i.tenant_id, i.id)
         where (s.price, s.tax) is distinct from (i.taxable, i.igst + i.cgst + i.sgst)
            or k.id is null and (a.status, a.proceeds, a.disposed_on)
               is distinct from ('sold'::varchar, s.price, s.sold_on)
            or k.id is null and exists (select 1 from asset_sale o
                 left join invoice_cancellation c on (c.tenant_id, c.invoice_id) = (o.tenant_id, o.id)
                where o.tenant_id = s.tenant_id and o.asset_id = s.asset_id and o.id <> s.id and c.id is null)
         limit 1
    """,
)
