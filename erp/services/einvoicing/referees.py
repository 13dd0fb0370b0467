"""Invariants of e-invoices."""

from erp.services.platform import referee

referee(
    "E1",
    "Every registered document bears the reference number of its own supplier, year, type and number",
    counted="select count(*) from einvoice where registered_at is not null",
    offenders="""
        select e.tenant_id, e.id as einvoice_id, e.number, e.irn
          from einvoice e
          join invoice i on (i.tenant_id, i.id) = (e.tenant_id, e.invoice_id)
         where e.registered_at is not null
           and (e.irn <> encode(sha256(convert_to(e.gstin || i.fiscal_year
                    || case i.kind when 'credit_note' then 'CRN' when 'debit_note' then 'DBN' else 'INV' end
                    || upper(i.number), 'UTF8')), 'hex')
                or not exists (select 1 from portal_call c where (c.tenant_id, c.einvoice_id) = (e.tenant_id, e.id)
                                  and c.outcome = 'done' and c.kind in ('register', 'fetch')))
         limit 1
    """,
)
