-- Of a claim's lines only their tax, and why it is a cost, change, and only until the claim is booked.
create or replace function sec.keep_claim_line() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'lines of a claim stay' using errcode = '23514', constraint = 'expense_claim_line_kept';
    end if;
    if (to_jsonb(new) - '{taxable,igst,cgst,sgst,is_credit_taken,credit_words}'::text[])
       <> (to_jsonb(old) - '{taxable,igst,cgst,sgst,is_credit_taken,credit_words}'::text[])
       or exists (select 1 from expense_claim c where c.tenant_id = old.tenant_id and c.id = old.claim_id
                     and (c.booked_on is not null or c.revision <> old.revision)) then
        raise exception 'lines of a claim stay' using errcode = '23514', constraint = 'expense_claim_line_kept';
    end if;
    return new;
end $$;
grant update (credit_words) on expense_claim_line to erp_app;
