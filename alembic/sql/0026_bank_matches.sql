-- All lines of a match arrive in one statement; they are what they say, of one account, and add up to
-- the same on both sides. A line added later makes the count wrong and is refused by the same rule.
create function sec.check_bank_match() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform 1
       from (select distinct tenant_id, match_id from inserted) touched
       join bank_match m on m.tenant_id = touched.tenant_id and m.id = touched.match_id
       join bank_account a on a.tenant_id = m.tenant_id and a.id = m.bank_account_id
      cross join lateral (
            select count(*) as members,
                   sum(case when x.bank_line_id is null then -x.amount else x.amount end) as difference,
                   bool_and(x.is_live and coalesce(
                       (b.bank_account_id, b.amount, b.booked_on) = (a.id, x.amount, x.day), false)
                    or x.is_live and coalesce(
                       (l.account_id, l.debit - l.credit, l.effective_on)
                        = (a.account_id, x.amount, x.day), false)) as belongs
              from bank_match_member x
              left join bank_line b on b.tenant_id = x.tenant_id and b.id = x.bank_line_id
              left join journal_line l on l.tenant_id = x.tenant_id and l.entry_id = x.entry_id
                   and l.line_no = x.line_no
             where x.tenant_id = m.tenant_id and x.match_id = m.id) held
      where (m.is_live, held.members, held.difference, held.belongs)
            is distinct from (true, m.member_count::bigint, 0::numeric, true);
    if found then
        raise exception 'a match has the same sum on both sides, of one account'
            using errcode = '23514', constraint = 'bank_match_balanced';
    end if;
    return null;
end $$;
create trigger bank_match_balances after insert on bank_match_member
    referencing new table as inserted
    for each statement execute function sec.check_bank_match();

-- A match without its lines cannot be committed.
create function sec.check_match_has_members() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (select count(*) from bank_match_member
         where tenant_id = new.tenant_id and match_id = new.id) <> new.member_count then
        raise exception 'a match has no lines'
            using errcode = '23514', constraint = 'bank_match_balanced';
    end if;
    return null;
end $$;
create constraint trigger bank_match_has_members after insert on bank_match
    deferrable initially deferred
    for each row execute function sec.check_match_has_members();

-- A match is undone once; nothing else of it changes, and its lines follow it.
create function sec.undo_bank_match() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or not old.is_live or new.is_live
       or (new.tenant_id, new.id, new.bank_account_id, new.kind, new.entry_id, new.rule_id,
           new.member_count, new.made_by, new.made_at) is distinct from
          (old.tenant_id, old.id, old.bank_account_id, old.kind, old.entry_id, old.rule_id,
           old.member_count, old.made_by, old.made_at) then
        raise exception 'a match is only undone, once'
            using errcode = '23514', constraint = 'bank_match_immutable';
    end if;
    update bank_match_member set is_live = false
     where tenant_id = new.tenant_id and match_id = new.id;
    return new;
end $$;
create trigger bank_match_undone before update or delete on bank_match
    for each row execute function sec.undo_bank_match();

create function sec.keep_bank_match_member() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or not old.is_live or new.is_live
       or (new.tenant_id, new.id, new.match_id, new.bank_line_id, new.entry_id, new.line_no, new.amount,
           new.day) is distinct from
          (old.tenant_id, old.id, old.match_id, old.bank_line_id, old.entry_id, old.line_no, old.amount,
           old.day) then
        raise exception 'lines of a match are never changed'
            using errcode = '23514', constraint = 'bank_match_member_immutable';
    end if;
    return new;
end $$;
create trigger bank_match_member_kept before update or delete on bank_match_member
    for each row execute function sec.keep_bank_match_member();
