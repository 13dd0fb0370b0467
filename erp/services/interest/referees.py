"""The promises of billed interest."""

from erp.services.platform import referee

referee(
    "IN1",
    "A note of interest is the sum of its charges, and one that is taken back leaves nothing",
    counted="select count(*) from interest_charge",
    offenders="""
        select c.tenant_id, c.note_id, n.taxable, c.amount, r.total as reversal
          from (select tenant_id, note_id, sum(amount) as amount, count(*) as charges,
                       count(reversed_on) as reversed, min(reversal_note_id::text)::uuid as reversal_note_id
                  from interest_charge group by 1, 2) c
          left join invoice n on (n.tenant_id, n.id) = (c.tenant_id, c.note_id)
          left join invoice r on (r.tenant_id, r.id) = (c.tenant_id, c.reversal_note_id)
         where n.taxable is distinct from c.amount or n.kind <> 'debit_note'
            or c.reversed not in (0, c.charges)
            or (c.reversed > 0 and (r.kind, r.taxable, r.total) is distinct from ('credit_note', n.taxable, n.total))
         limit 1
    """,
)
referee(
    "IN2",
    "No late day of an item is billed twice",
    counted="select count(*) from interest_charge where reversed_on is null",
    offenders="""
        select a.tenant_id, a.item_id, a.from_day, a.to_day, b.from_day as other_from, b.to_day as other_to
          from interest_charge a
          join interest_charge b on b.tenant_id = a.tenant_id and b.item_id = a.item_id and b.id > a.id
               and b.reversed_on is null and b.from_day <= a.to_day and b.to_day >= a.from_day
         where a.reversed_on is null
         limit 1
    """,
)
