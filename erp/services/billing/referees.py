"""Invariants of GST documents."""

from erp.services.platform import referee

referee(
    "L6",
    "Every document is the sum of its lines, and its tax of theirs",
    counted="select count(*) from invoice",
    offenders="""
        select i.tenant_id, i.id as invoice_id, i.number, i.total, sum(l.total) + i.round_off as lines
          from invoice i left join invoice_line l on (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id)
         group by i.tenant_id, i.id
        having (i.taxable, i.cgst, i.sgst, i.igst, i.total) is distinct from
               (sum(l.taxable), sum(l.cgst), sum(l.sgst), sum(l.igst), sum(l.total) + i.round_off)
         limit 1
    """,
)
referee(
    "L8",
    "The tax of all documents is what the output tax accounts hold for them",
    counted="select count(*) from invoice",
    offenders="""
        with documents as (
            select tenant_id, company_id, sum(case when kind = 'credit_note' then -cgst else cgst end) as cgst,
                   sum(case when kind = 'credit_note' then -sgst else sgst end) as sgst,
                   sum(case when kind = 'credit_note' then -igst else igst end) as igst
              from invoice group by tenant_id, company_id),
        booked as (
            select a.tenant_id, a.company_id,
                   coalesce(sum(l.credit - l.debit) filter (where a.key = 'output_cgst'), 0) as cgst,
                   coalesce(sum(l.credit - l.debit) filter (where a.key = 'output_sgst'), 0) as sgst,
                   coalesce(sum(l.credit - l.debit) filter (where a.key = 'output_igst'), 0) as igst
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
              join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
             where a.key in ('output_cgst', 'output_sgst', 'output_igst') and e.origin_type in ('sale', 'return')
             group by a.tenant_id, a.company_id)
        select tenant_id, company_id, documents.cgst as documents_cgst, booked.cgst as booked_cgst
          from documents left join booked using (tenant_id, company_id)
         where (documents.cgst, documents.sgst, documents.igst)
               is distinct from (coalesce(booked.cgst, 0), coalesce(booked.sgst, 0), coalesce(booked.igst, 0))
         limit 1
    """,
)
referee(
    "N1",
    "Numbers of every series are exactly 1 to the last, with no gap and no double",
    counted="select count(*) from number_series",
    offenders="""
        select s.tenant_id, s.prefix, s.next_number - 1 as given, count(i.id) as found
          from number_series s
          left join invoice i on i.tenant_id = s.tenant_id and i.fiscal_year = s.fiscal_year
               and left(i.number, length(s.prefix)) = s.prefix
         where s.document_type in ('invoice', 'note')
         group by s.tenant_id, s.id
        having count(i.id) <> s.next_number - 1
            or count(distinct i.number) <> s.next_number - 1
            or max(substr(i.number, length(s.prefix) + 1)::bigint) is distinct from nullif(s.next_number - 1, 0)
         limit 1
    """,
)
referee(
    "P4",
    "No more came back of a line than was sold",
    counted="select count(*) from invoice_line_return",
    offenders="""
        select o.tenant_id, o.invoice_id, o.line_no, o.quantity as sold, sum(n.quantity) as returned
          from invoice_line o
          join invoice i on i.tenant_id = o.tenant_id and i.original_invoice_id = o.invoice_id
          join invoice_line n on (n.tenant_id, n.invoice_id) = (i.tenant_id, i.id) and n.original_line_no = o.line_no
         group by o.tenant_id, o.invoice_id, o.line_no
        having sum(n.quantity) > o.quantity
         limit 1
    """,
)
