-- An invoice of a customer with instalment terms opens one item for each; whatever has a day of its own keeps it.
create or replace function sec.open_items() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not exists (select 1 from inserted where party_id is not null) then
        return null;
    end if;
    insert into open_item (tenant_id, id, company_id, account_id, party_id, entry_id, line_no, part, side,
                           amount, settled, effective_on, due_on)
    select line.tenant_id, uuidv7(), account.company_id, line.account_id, line.party_id,
           line.entry_id, line.line_no, share.part,
           case when line.debit > 0 then 'debit' else 'credit' end,
           share.amount, 0, line.effective_on, share.due_on
      from inserted line
      join account on account.tenant_id = line.tenant_id and account.id = line.account_id
      join party on party.tenant_id = line.tenant_id and party.id = line.party_id
      left join instalment_terms terms on terms.tenant_id = line.tenant_id
           and terms.company_id = account.company_id and terms.party_id = line.party_id
           and account.key = 'debtors' and line.debit > 0 and line.due_on is null
           and exists (select 1 from journal_entry entry where entry.tenant_id = line.tenant_id
                          and entry.id = line.entry_id and entry.origin_type in ('sale', 'sales_invoice'))
     cross join lateral (
           select place::smallint as part, line.effective_on + day as due_on,
                  case when place < cardinality(terms.days)
                       then trunc(line.debit / cardinality(terms.days), 2)
                       else line.debit - trunc(line.debit / cardinality(terms.days), 2)
                            * (cardinality(terms.days) - 1) end as amount
             from unnest(terms.days) with ordinality each (day, place)
            union all
           select 1, coalesce(line.due_on, line.effective_on + case
                      when (account.key = 'debtors') = (line.debit > 0) then party.credit_days else 0 end),
                  line.debit + line.credit
            where terms.id is null) share
     where account.key in ('debtors', 'creditors') and share.amount > 0;
    return null;
end $$;

-- What is agreed splits what is open of an item; nothing is lost or added.
create function sec.apply_instalments() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (
        select 1 from (select tenant_id, item_id, sum(amount) as amount, count(distinct plan_id) as plans,
                              min(place) as first
                         from inserted group by 1, 2) agreed
          join open_item item on item.tenant_id = agreed.tenant_id and item.id = agreed.item_id
         where agreed.amount <> item.amount - item.settled or agreed.plans > 1 or agreed.first <> 1) then
        raise exception 'instalments add up to what is open of their item'
            using errcode = '23514', constraint = 'instalment_amounts';
    end if;
    insert into open_item (tenant_id, id, company_id, account_id, party_id, entry_id, line_no, part, side,
                           amount, settled, effective_on, due_on)
    select item.tenant_id, uuidv7(), item.company_id, item.account_id, item.party_id, item.entry_id,
           item.line_no,
           (select max(part) from open_item sister where sister.tenant_id = item.tenant_id
               and sister.entry_id = item.entry_id and sister.line_no = item.line_no) + agreed.place - 1,
           item.side, agreed.amount, 0, item.effective_on, agreed.due_on
      from inserted agreed
      join open_item item on item.tenant_id = agreed.tenant_id and item.id = agreed.item_id
     where agreed.place > 1;
    update open_item item set amount = item.settled + agreed.amount, due_on = agreed.due_on
      from inserted agreed
     where agreed.place = 1 and item.tenant_id = agreed.tenant_id and item.id = agreed.item_id;
    return null;
end $$;
create trigger instalment_applied after insert on instalment
    referencing new table as inserted
    for each statement execute function sec.apply_instalments();
