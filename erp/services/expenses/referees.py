"""Invariants of expenses and petty cash."""

from erp.services.platform import referee

referee(
    "EX1",
    "Every claim is the sum of its bills, and what is booked is in the ledger with its credit by head",
    counted="select count(*) from expense_claim",
    offenders="""
        with handed_in as (
            select c.tenant_id, c.id, sum(l.amount) as amount, sum(l.igst) as igst, sum(l.cgst) as cgst,
                   sum(l.sgst) as sgst
              from expense_claim c
              left join expense_claim_line l
                on (l.tenant_id, l.claim_id, l.revision) = (c.tenant_id, c.id, c.revision)
             group by 1, 2),
        booked as (
            select e.tenant_id, e.origin_id, e.purpose,
                   coalesce(sum(l.debit - l.credit) filter (where a.key = 'input_igst'), 0) as igst,
                   coalesce(sum(l.debit - l.credit) filter (where a.key = 'input_cgst'), 0) as cgst,
                   coalesce(sum(l.debit - l.credit) filter (where a.key = 'input_sgst'), 0) as sgst,
                   coalesce(sum(l.credit - l.debit) filter (where a.key in ('creditors', 'petty_floats')), 0) as owed
              from journal_entry e
              join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
              join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
             where e.origin_type = 'expense_claim' group by 1, 2, 3)
        select c.tenant_id, c.id as claim_id, c.total, h.amount as bills, b.owed as booked
          from expense_claim c
          join handed_in h on (h.tenant_id, h.id) = (c.tenant_id, c.id)
          left join booked b on (b.tenant_id, b.origin_id, b.purpose) = (c.tenant_id, c.id, 'claim')
          left join booked r on (r.tenant_id, r.origin_id, r.purpose) = (c.tenant_id, c.id, 'reversed')
         where (c.total, c.igst, c.cgst, c.sgst) is distinct from (h.amount, h.igst, h.cgst, h.sgst)
            or (c.booked_on is not null
                and (b.owed, b.igst, b.cgst, b.sgst) is distinct from (c.total, c.igst, c.cgst, c.sgst))
            or (c.booked_on is null) <> (b.origin_id is null)
            or (c.status = 'reversed') <> (r.origin_id is not null)
            or (r.origin_id is not null
                and (-r.owed, -r.igst, -r.cgst, -r.sgst) is distinct from (c.total, c.igst, c.cgst, c.sgst))
         limit 1
    """,
)
referee(
    "EX2",
    "Petty cash holds what its book adds up to, and so does its account in its branch",
    counted="select count(*) from petty_float",
    offenders="""
        with moved as (select tenant_id, float_id, sum(amount) as amount from petty_move group by 1, 2),
             booked as (select e.tenant_id, e.branch_id, sum(l.debit - l.credit) as amount
                          from account a
                          join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
                          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
                         where a.key = 'petty_floats' and e.journal <> 'closing' group by 1, 2)
        select coalesce(f.tenant_id, b.tenant_id) as tenant_id, f.id as float_id, f.balance,
               m.amount as moves, b.amount as booked
          from petty_float f
          left join moved m on (m.tenant_id, m.float_id) = (f.tenant_id, f.id)
          full join booked b on (b.tenant_id, b.branch_id) = (f.tenant_id, f.branch_id)
         where coalesce(f.balance, 0) <> coalesce(m.amount, 0) or coalesce(f.balance, 0) <> coalesce(b.amount, 0)
         limit 1
    """,
)
