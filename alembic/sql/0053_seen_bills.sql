-- The credit of a bill is taken by one document; several assets of one bill share it.
create function sec.take_bill_credit_once() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        if (new.bill_id, new.branch_id, new.source, new.source_id, new.number, new.supplier, new.bill_number,
            new.dated_on)
           is distinct from
           (old.bill_id, old.branch_id, old.source, old.source_id, old.number, old.supplier, old.bill_number,
            old.dated_on)
           or old.ended_on is not null
           or (old.is_credit and (new.taxable, new.igst, new.cgst, new.sgst, new.is_credit, new.taken_on)
               is distinct from (old.taxable, old.igst, old.cgst, old.sgst, old.is_credit, old.taken_on)) then
            raise exception 'what booked a bill does not change' using errcode = '23514',
                constraint = 'seen_bill_use_kept';
        end if;
    end if;
    if new.is_credit and new.ended_on is null then
        perform 1 from seen_bill where tenant_id = new.tenant_id and id = new.bill_id for update;
        if exists (select 1 from seen_bill_use u
                    where u.tenant_id = new.tenant_id and u.bill_id = new.bill_id and u.id <> new.id
                      and u.is_credit and u.ended_on is null
                      and (u.source <> new.source or new.source <> 'asset')) then
            raise exception 'the credit of a bill is taken once' using errcode = '23514',
                constraint = 'seen_bill_credit_once';
        end if;
    end if;
    return new;
end $$;
create trigger seen_bill_credit_once before insert or update on seen_bill_use
    for each row execute function sec.take_bill_credit_once();

-- Credit of a claim is decided when it is approved: of its lines only their tax changes, and only until then.
drop trigger expense_claim_line_immutable on expense_claim_line;
create function sec.keep_claim_line() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'lines of a claim stay' using errcode = '23514', constraint = 'expense_claim_line_kept';
    end if;
    if (to_jsonb(new) - '{taxable,igst,cgst,sgst,is_credit_taken}'::text[])
       <> (to_jsonb(old) - '{taxable,igst,cgst,sgst,is_credit_taken}'::text[])
       or exists (select 1 from expense_claim c where c.tenant_id = old.tenant_id and c.id = old.claim_id
                     and (c.booked_on is not null or c.revision <> old.revision)) then
        raise exception 'lines of a claim stay' using errcode = '23514', constraint = 'expense_claim_line_kept';
    end if;
    return new;
end $$;
create trigger expense_claim_line_kept before update or delete on expense_claim_line
    for each row execute function sec.keep_claim_line();
grant update (taxable, igst, cgst, sgst, is_credit_taken) on expense_claim_line to erp_app;
