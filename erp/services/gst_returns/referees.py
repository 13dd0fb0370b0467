"""Invariants of GST returns."""

from erp.services.platform import referee

referee(
    "G1",
    "A filed GSTR-1 states the tax that the accounts hold for its period, less what it accepted with a reason",
    counted="select count(*) from gst_return where status = 'filed' and form = 'gstr1'",
    offenders="""
        select r.tenant_id, r.id as return_id, r.gstin, r.starts_on, stated.tax as stated, booked.tax as booked
          from gst_return r
          cross join lateral (select (r.figures #>> '{total,igst}')::numeric
                 + (r.figures #>> '{total,cgst}')::numeric + (r.figures #>> '{total,sgst}')::numeric as tax) stated
          cross join lateral (select coalesce(sum(l.credit - l.debit), 0) as tax
                 from account a
                 join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
                      and l.effective_on between r.starts_on and r.ends_on
                 join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
                 join branch b on (b.tenant_id, b.id) = (e.tenant_id, e.branch_id)
                where a.tenant_id = r.tenant_id and a.company_id = r.company_id
                  and a.key in ('output_igst', 'output_cgst', 'output_sgst')
                  and b.gstin = r.gstin and e.origin_type not in ('gst_return', 'gst_refund', 'invoice_cancellation')
                  and not exists (select 1 from invoice_cancellation c
                                   where (c.tenant_id, c.invoice_id) = (e.tenant_id, e.origin_id))) booked
         where r.status = 'filed' and r.form = 'gstr1' and stated.tax <> booked.tax - coalesce((
                select sum((one ->> 'tax')::numeric) from jsonb_array_elements(r.figures -> 'accepted') one), 0)
         limit 1
    """,
)
referee(
    "G2",
    "Every challan, reverse charge and change of credit is booked with its amount, and taken back where cancelled",
    counted="select (select count(*) from gst_deposit) + (select count(*) from gst_credit_change)"
    " + (select count(*) from gst_reverse_charge)",
    offenders="""
        with recorded as (
            select tenant_id, id, amount, cancelled_at from gst_deposit
            union all select tenant_id, id, igst + cgst + sgst, cancelled_at from gst_credit_change
            union all select tenant_id, id, taxable + igst + cgst + sgst, cancelled_at from gst_reverse_charge)
        select r.tenant_id, r.id as record_id, r.amount, e.total as booked
          from recorded r
          left join journal_entry e on e.tenant_id = r.tenant_id and e.origin_id = r.id and e.purpose = 'booked'
         where e.total is distinct from r.amount
        union all
        select r.tenant_id, r.id, r.amount, back.total
          from recorded r
          left join journal_entry back on back.tenant_id = r.tenant_id and back.origin_id = r.id
               and back.purpose = 'cancelled'
         where back.total is distinct from case when r.cancelled_at is null then null else r.amount end
         limit 1
    """,
)
referee(
    "G3",
    "Notes of an invoice whose statement was amended are stated at its place and to its recipient",
    counted="select count(*) from gst_amendment where withdrawn_at is null",
    offenders="""
        select a.tenant_id, a.id as amendment_id, n.number
          from gst_amendment a
          join invoice n on n.tenant_id = a.tenant_id and n.original_invoice_id = a.invoice_id
          left join gst_amendment own on (own.tenant_id, own.invoice_id) = (n.tenant_id, n.id)
               and own.withdrawn_at is null
         where a.withdrawn_at is null and n.igst + n.cgst + n.sgst <> 0
           and sec.gst_scheme(n.tenant_id, n.company_id, n.issued_on) = 'regular'
           and (coalesce(own.gstin, n.recipient ->> 'gstin', ''), coalesce(own.place_of_supply, n.place_of_supply))
               <> (a.gstin, a.place_of_supply)
           and not exists (select 1 from invoice_cancellation c
                            where (c.tenant_id, c.invoice_id) = (n.tenant_id, n.id))
         limit 1
    """,
)
