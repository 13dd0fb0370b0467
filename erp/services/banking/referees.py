"""Invariants of banking."""

from erp.services.platform import referee

referee(
    "BK1",
    "Every match that stands adds up to the same on both sides, of one account, as its lines say",
    counted="select count(*) from bank_match where is_live",
    offenders="""
        select m.tenant_id, m.id as match_id, held.members, m.member_count, held.difference
          from bank_match m
          join bank_account a on (a.tenant_id, a.id) = (m.tenant_id, m.bank_account_id)
         cross join lateral (
               select count(*) filter (where x.is_live) as members, count(*) as all_members,
                      sum(case when x.bank_line_id is null then -x.amount else x.amount end) as difference,
                      bool_and(coalesce((b.bank_account_id, b.amount, b.booked_on)
                                        = (a.id, x.amount, x.day), false)
                            or coalesce((l.account_id, l.debit - l.credit, l.effective_on)
                                        = (a.account_id, x.amount, x.day), false)) as belongs
                 from bank_match_member x
                 left join bank_line b on (b.tenant_id, b.id) = (x.tenant_id, x.bank_line_id)
                 left join journal_line l
                   on (l.tenant_id, l.entry_id, l.line_no) = (x.tenant_id, x.entry_id, x.line_no)
                where (x.tenant_id, x.match_id) = (m.tenant_id, m.id)) held
         where held.all_members <> m.member_count or not coalesce(held.belongs, false)
            or held.difference <> 0 or held.members <> case when m.is_live then m.member_count else 0 end
         limit 1
    """,
)
referee(
    "BK2",
    "Every statement's closing balance is what its account's lines until it add up to, and the"
    " books less what is not at the bank with what is not in the books is the same",
    counted="select count(*) from bank_statement",
    offenders="""
        with at_bank as (
            select s.tenant_id, s.id, s.closing, s.to_day, s.bank_account_id, a.account_id,
                   (select sum(l.amount) from (select * from bank_line where is_live) l
                     where l.tenant_id = s.tenant_id and l.bank_account_id = s.bank_account_id
                       and l.statement_id <= s.id) as brought,
                   (select sum(l.amount) from (select * from bank_line where is_live) l
                     where l.tenant_id = s.tenant_id and l.bank_account_id = s.bank_account_id
                       and l.booked_on <= s.to_day) as by_day,
                   (select count(*) from (select * from bank_line where is_live) l
                     where l.tenant_id = s.tenant_id and l.statement_id = s.id
                       and l.kind = 'line') as lines, s.line_count
              from (select * from bank_statement where withdrawn_at is null) s
              join bank_account a on (a.tenant_id, a.id) = (s.tenant_id, s.bank_account_id)),
        settled as (
            select m.tenant_id, m.bank_account_id, x.match_id, max(x.day) as on_day,
                   sum(x.amount) filter (where x.bank_line_id is not null) as bank,
                   sum(x.amount) filter (where x.bank_line_id is null) as books
              from bank_match m
              join bank_match_member x on (x.tenant_id, x.match_id) = (m.tenant_id, m.id)
             where m.is_live group by 1, 2, 3)
        select s.tenant_id, s.id as statement_id, s.closing, s.brought, s.by_day, s.line_count, s.lines
          from at_bank s
         where s.closing is distinct from s.brought or s.lines <> s.line_count
            or (select coalesce(sum(coalesce(g.bank, 0) - coalesce(g.books, 0)), 0) from settled g
                 where g.tenant_id = s.tenant_id and g.bank_account_id = s.bank_account_id
                   and g.on_day <= s.to_day) <> 0
         limit 1
    """,
)
