"""Invariants of GST documents and of suppliers' bills."""

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
             where a.key in ('output_cgst', 'output_sgst', 'output_igst')
               and e.origin_type in ('sale', 'return', 'sales_invoice', 'sales_return', 'asset_sale')
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
         where s.document_type in ('invoice', 'note', 'debit_note')
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
referee(
    "B4",
    "Goods received not invoiced is what came, did not go back and is on no posted bill",
    counted="select count(*) from goods_receipt_line",
    offenders="""
        with came as (
            select r.tenant_id, br.company_id, sum(l.value) as value
              from goods_receipt_line l
              join goods_receipt r on (r.tenant_id, r.id) = (l.tenant_id, l.receipt_id)
              join branch br on (br.tenant_id, br.id) = (r.tenant_id, r.branch_id)
             group by 1, 2
        ), billed as (
            select b.tenant_id, b.company_id, sum(l.matched_value) as value
              from supplier_bill b
              join supplier_bill_line l on (l.tenant_id, l.bill_id) = (b.tenant_id, b.id)
             where b.status = 'posted' group by 1, 2
        ), back as (
            select tenant_id, company_id, sum(released) as value
              from supplier_return group by 1, 2
        ), booked as (
            select a.tenant_id, a.company_id, sum(l.credit - l.debit) as value
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
              join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
             where a.key = 'grni' and e.origin_type <> 'manual' group by 1, 2
        )
        select tenant_id, company_id, came.value as came, billed.value as billed,
               booked.value as booked
          from came full join billed using (tenant_id, company_id)
          full join back using (tenant_id, company_id)
          full join booked using (tenant_id, company_id)
         where coalesce(came.value, 0) - coalesce(billed.value, 0) - coalesce(back.value, 0)
               <> coalesce(booked.value, 0)
         limit 1
    """,
)
referee(
    "B5",
    "A delivered line is billed as often as the bills that were not refused say, and never beyond",
    counted="select count(*) from billed_goods",
    offenders="""
        with billed as (
            select l.tenant_id, l.receipt_id, l.receipt_line_no as line_no,
                   sum(l.matched) as units, sum(l.matched_value) as value
              from supplier_bill_line l
              join supplier_bill b on (b.tenant_id, b.id) = (l.tenant_id, l.bill_id)
             where b.status <> 'refused' and l.receipt_id is not null group by 1, 2, 3
        )
        select tenant_id, receipt_id, line_no, g.units, billed.units as on_bills, came.paid
          from billed_goods g
          full join billed using (tenant_id, receipt_id, line_no)
          left join goods_receipt_line came using (tenant_id, receipt_id, line_no)
         where (coalesce(g.units, 0), coalesce(g.value, 0))
               is distinct from (coalesce(billed.units, 0), coalesce(billed.value, 0))
            or g.units + g.unbilled_back > came.paid or g.paid <> came.paid
            or (g.units + g.unbilled_back = came.paid and g.back = g.unbilled_back
                and g.value + g.released <> came.value)
         limit 1
    """,
)
referee(
    "B6",
    "A supplier's bill is the sum of its lines, and is owed in full once it is posted",
    counted="select count(*) from supplier_bill",
    offenders="""
        select b.tenant_id, b.id as bill_id, b.number, b.total, lines.total as lines, owed.amount
          from supplier_bill b
         cross join lateral (
               select sum(taxable) as taxable, sum(cgst) as cgst, sum(sgst) as sgst,
                      sum(igst) as igst, sum(taxable + cgst + sgst + igst) + b.round_off as total
                 from supplier_bill_line l
                where (l.tenant_id, l.bill_id) = (b.tenant_id, b.id)) lines
         cross join lateral (
               select coalesce(sum(l.credit - l.debit), 0) as amount
                 from journal_entry e
                 join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
                 join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
                where e.tenant_id = b.tenant_id and e.origin_type = 'supplier_bill'
                  and e.origin_id = b.id and a.key = 'creditors'
                  and l.party_id = b.supplier_id) owed
         where (b.taxable, b.cgst, b.sgst, b.igst, b.total)
               is distinct from (lines.taxable, lines.cgst, lines.sgst, lines.igst, lines.total)
            or owed.amount <> case b.status when 'posted' then b.total else 0 end
         limit 1
    """,
)
referee(
    "B7",
    "Claims on suppliers are what their account holds",
    counted="select count(*) from supplier_claim",
    offenders="""
        with open as (
            select c.tenant_id, coalesce(b.company_id, r.company_id) as company_id,
                   sum(c.taxable + case when r.id is null then 0 else c.tax end) as value
              from supplier_claim c
              left join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)
              left join supplier_return r on (r.tenant_id, r.id) = (c.tenant_id, c.return_id)
             where c.settled_at is null group by 1, 2
        ), booked as (
            select a.tenant_id, a.company_id, sum(l.debit - l.credit) as value
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
             where a.key = 'supplier_claims' group by 1, 2
        )
        select tenant_id, company_id, open.value as open, booked.value as booked
          from open full join booked using (tenant_id, company_id)
         where coalesce(open.value, 0) <> coalesce(booked.value, 0)
         limit 1
    """,
)
referee(
    "B8",
    "No more went back of a delivered line than came, and every return says how much",
    counted="select count(*) from supplier_return_line",
    offenders="""
        with gone as (
            select tenant_id, receipt_id, receipt_line_no as line_no, sum(quantity) as units,
                   sum(unbilled) as unbilled, sum(released) as released
              from supplier_return_line group by 1, 2, 3
        ), moved as (
            select m.tenant_id, m.origin_id, sum(m.quantity) as units, sum(m.value) as cost
              from stock_move m where m.origin_type = 'supplier_return' group by 1, 2
        ), said as (
            select r.tenant_id, r.id as origin_id, sum(l.quantity) as units, sum(l.cost) as cost
              from supplier_return r
              left join supplier_return_line l on (l.tenant_id, l.return_id) = (r.tenant_id, r.id)
             group by 1, 2
        )
        select tenant_id, receipt_id, line_no, came.paid + came.free as came, gone.units as gone
          from gone
          left join billed_goods g using (tenant_id, receipt_id, line_no)
          left join goods_receipt_line came using (tenant_id, receipt_id, line_no)
         where gone.units > came.paid + came.free
            or (gone.units, gone.unbilled, gone.released)
               is distinct from (g.back, g.unbilled_back, g.released)
        union all
        select tenant_id, origin_id, 0, said.units, moved.units
          from moved full join said using (tenant_id, origin_id)
         where (moved.units, moved.cost) is distinct from (said.units, said.cost)
         limit 1
    """,
)
referee(
    "B9",
    "A debit note is the sum of its lines, and its claim asks for exactly that",
    counted="select count(*) from supplier_return",
    offenders="""
        select r.tenant_id, r.id as return_id, r.number, r.total, lines.taxable as lines,
               c.taxable as claimed
          from supplier_return r
         cross join lateral (
               select sum(taxable) as taxable, sum(cgst) as cgst, sum(sgst) as sgst,
                      sum(igst) as igst, sum(released) as released, sum(cost) as cost
                 from supplier_return_line l
                where (l.tenant_id, l.return_id) = (r.tenant_id, r.id)) lines
          left join supplier_claim c on (c.tenant_id, c.return_id) = (r.tenant_id, r.id)
         where (r.taxable, r.cgst, r.sgst, r.igst, r.released, r.cost)
               is distinct from (lines.taxable, lines.cgst, lines.sgst, lines.igst,
                                 lines.released, lines.cost)
            or coalesce(c.taxable + c.tax, 0) <> r.total
            or c.number <> r.number
         limit 1
    """,
)
referee(
    "B10",
    "The invoice of every delivery bills the units that were delivered, and stock lost its goods",
    counted="select count(*) from sales_delivery",
    offenders="""
        select d.tenant_id, d.id, x.units as delivered, i.units as billed, i.goods, m.units as moved
          from sales_delivery d
          join lateral (
                select sum(quantity + free_quantity) as units from sales_delivery_line
                 where (tenant_id, delivery_id) = (d.tenant_id, d.id)) x on true
          left join lateral (
                select sum(quantity) as units,
                       coalesce(sum(quantity) filter (where lot_id is not null), 0) as goods
                  from invoice_line
                 where (tenant_id, invoice_id) = (d.tenant_id, d.invoice_id)) i on true
          left join lateral (
                select coalesce(sum(quantity), 0) as units from stock_move
                 where tenant_id = d.tenant_id and origin_id = d.invoice_id) m on true
         where (x.units, i.goods) is distinct from (i.units, m.units)
         limit 1
    """,
)
referee(
    "B13",
    "A landed cost is the sum of its lines and no more than its bill's expense; stock and the books bear it once",
    counted="select count(*) from landed_cost",
    offenders="""
        with spread as (
            select s.*, r.id as reversal_id from landed_cost s
              left join landed_cost_reversal r on (r.tenant_id, r.landed_cost_id) = (s.tenant_id, s.id)
        ), expense as (
            select e.tenant_id, e.origin_id, sum(l.debit - l.credit) as amount
              from journal_entry e
              join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
              join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
             where a.key = 'freight_inward' group by 1, 2
        )
        select s.tenant_id, s.id, s.number, s.amount, lines.value as lines
          from spread s
         cross join lateral (
               select sum(value) as value, sum(to_stock) as to_stock from landed_cost_line l
                where (l.tenant_id, l.landed_cost_id) = (s.tenant_id, s.id)) lines
         cross join lateral (
               select coalesce(sum(value), 0) as value from stock_revaluation v
                where (v.tenant_id, v.origin_id) = (s.tenant_id, s.id)) stock
         cross join lateral (
               select coalesce(sum(amount), 0) as amount from expense x
                where x.tenant_id = s.tenant_id and x.origin_id in (s.id, s.reversal_id)) booked
         where s.amount is distinct from lines.value or lines.to_stock <> stock.value
            or booked.amount <> case when s.reversal_id is null then -s.amount else 0 end
        union all
        select b.tenant_id, b.id, b.number, sum(s.amount), whole.amount
          from spread s
          join supplier_bill b on (b.tenant_id, b.id) = (s.tenant_id, s.bill_id)
          left join supplier_claim c on (c.tenant_id, c.bill_id) = (b.tenant_id, b.id)
         cross join lateral (
               select coalesce(sum(amount), 0) as amount from expense x
                where x.tenant_id = b.tenant_id and x.origin_id in (b.id, c.id)) whole
         where s.reversal_id is null
         group by b.tenant_id, b.id, whole.amount
        having sum(s.amount) > whole.amount
         limit 1
    """,
)
referee(
    "B12",
    "A cancelled invoice leaves no debt, tax, income or cost, no note, and its goods are back",
    counted="select count(*) from invoice_cancellation",
    offenders="""
        select c.tenant_id, c.invoice_id, booked.left_over, moved.units as back, sold.units as sold
          from invoice_cancellation c
         cross join lateral (
               select coalesce(sum(abs(part.amount)), 0) as left_over
                 from (select sum(l.debit - l.credit) as amount
                         from journal_entry e
                         join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
                         join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
                        where e.tenant_id = c.tenant_id and e.origin_id in (c.id, c.invoice_id)
                          and a.key !~ '^inventory'
                        group by a.id) part) booked
         cross join lateral (
               select coalesce(sum(m.quantity), 0) as units from stock_move m
                where m.tenant_id = c.tenant_id and m.origin_id = c.id) moved
         cross join lateral (
               select coalesce(sum(l.quantity), 0) as units from invoice_line l
                where (l.tenant_id, l.invoice_id) = (c.tenant_id, c.invoice_id) and l.lot_id is not null) sold
         where booked.left_over <> 0 or moved.units <> sold.units
            or exists (select 1 from invoice n
                        where n.tenant_id = c.tenant_id and n.original_invoice_id = c.invoice_id)
            or exists (select 1 from journal_entry e join open_item o on (o.tenant_id, o.entry_id) = (e.tenant_id, e.id)
                        where e.tenant_id = c.tenant_id and e.origin_id in (c.id, c.invoice_id)
                          and o.settled <> o.amount)
         limit 1
    """,
)
