-- Every line of debtors or creditors that names a party is an open item, from the statement that posts it.
create function sec.open_items() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not exists (select 1 from inserted where party_id is not null) then
        return null;
    end if;
    insert into open_item (tenant_id, id, company_id, account_id, party_id, entry_id, line_no, side,
                           amount, settled, effective_on, due_on)
    select line.tenant_id, uuidv7(), account.company_id, line.account_id, line.party_id,
           line.entry_id, line.line_no, case when line.debit > 0 then 'debit' else 'credit' end,
           line.debit + line.credit, 0, line.effective_on,
           coalesce(line.due_on, line.effective_on + case
               when (account.key = 'debtors') = (line.debit > 0) then party.credit_days else 0 end)
      from inserted line
      join account on account.tenant_id = line.tenant_id and account.id = line.account_id
      join party on party.tenant_id = line.tenant_id and party.id = line.party_id
     where account.key in ('debtors', 'creditors');
    return null;
end $$;
create trigger journal_line_opens after insert on journal_line
    referencing new table as inserted
    for each statement execute function sec.open_items();

-- What is settled of an item follows its allocations; both belong to one account of one party.
create function sec.apply_allocation() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed int;
begin
    if not exists (
        select 1 from open_item owed
          join open_item paid on paid.tenant_id = owed.tenant_id
               and paid.account_id = owed.account_id and paid.party_id = owed.party_id
         where owed.tenant_id = new.tenant_id and owed.id = new.debit_item_id
           and paid.id = new.credit_item_id and owed.side = 'debit' and paid.side = 'credit') then
        raise exception 'an allocation joins a debit and a credit of one party'
            using errcode = '23514', constraint = 'allocation_items';
    end if;
    if new.undoes_id is not null and not exists (
        select 1 from allocation made
         where made.tenant_id = new.tenant_id and made.id = new.undoes_id
           and made.debit_item_id = new.debit_item_id and made.credit_item_id = new.credit_item_id
           and made.amount = -new.amount) then
        raise exception 'an allocation is taken back whole'
            using errcode = '23514', constraint = 'allocation_undoes';
    end if;
    update open_item set settled = settled + new.amount
     where tenant_id = new.tenant_id and id in (new.debit_item_id, new.credit_item_id);
    get diagnostics changed = row_count;
    if changed <> 2 then
        raise exception 'an allocation joins two items'
            using errcode = '23514', constraint = 'allocation_items';
    end if;
    return null;
end $$;
create trigger allocation_applied after insert on allocation
    for each row execute function sec.apply_allocation();

-- Books of before: every debt and payment starts open.
insert into open_item (tenant_id, id, company_id, account_id, party_id, entry_id, line_no, side,
                       amount, settled, effective_on, due_on)
select line.tenant_id, uuidv7(), account.company_id, line.account_id, line.party_id,
       line.entry_id, line.line_no, case when line.debit > 0 then 'debit' else 'credit' end,
       line.debit + line.credit, 0, line.effective_on,
       coalesce(bill.due_on, line.effective_on + case
           when (account.key = 'debtors') = (line.debit > 0) then party.credit_days else 0 end)
  from journal_line line
  join journal_entry entry on entry.tenant_id = line.tenant_id and entry.id = line.entry_id
  join account on account.tenant_id = line.tenant_id and account.id = line.account_id
  join party on party.tenant_id = line.tenant_id and party.id = line.party_id
  left join supplier_bill bill on bill.tenant_id = entry.tenant_id and bill.id = entry.origin_id
       and entry.purpose = 'bill' and line.credit > 0
 where account.key in ('debtors', 'creditors')
 order by line.effective_on, line.entry_id, line.line_no;

insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control, is_active)
select tenant_id, gen_random_uuid(), company_id, wanted.code, wanted.key, wanted.name,
       wanted.group_name, wanted.type, false, true
  from (select distinct tenant_id, company_id from account) company
 cross join (values ('1105', 'cheques_in_hand', 'Cheques in Hand', 'Bank Accounts', 'asset'),
                    ('2030', 'cheques_issued', 'Cheques Issued', 'Current Liabilities', 'liability'),
                    ('6022', 'discount_allowed', 'Cash Discount Allowed', 'Indirect Expenses', 'expense'))
       wanted (code, key, name, group_name, type)
on conflict (tenant_id, company_id, key) do nothing;
