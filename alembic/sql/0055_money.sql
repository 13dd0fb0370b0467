-- The credit of a bill is taken once: by one document that books it whole, or by claims and assets that share it up
-- to the GST of the whole bill as it was given last.
create or replace function sec.take_bill_credit_once() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    others record;
begin
    if tg_op = 'UPDATE' then
        if (new.bill_id, new.branch_id, new.source, new.source_id, new.number, new.supplier, new.bill_number,
            new.dated_on)
           is distinct from
           (old.bill_id, old.branch_id, old.source, old.source_id, old.number, old.supplier, old.bill_number,
            old.dated_on)
           or old.ended_on is not null
           or (old.is_credit
               and (new.taxable, new.igst, new.cgst, new.sgst, new.is_credit, new.bill_tax, new.taken_on)
               is distinct from
                   (old.taxable, old.igst, old.cgst, old.sgst, old.is_credit, old.bill_tax, old.taken_on)) then
            raise exception 'what booked a bill does not change' using errcode = '23514',
                constraint = 'seen_bill_use_kept';
        end if;
    end if;
    if new.is_credit and new.ended_on is null then
        perform 1 from seen_bill where tenant_id = new.tenant_id and id = new.bill_id for update;
        select count(*) as number, bool_or(u.source not in ('expense', 'asset')) as is_whole,
               sum(u.igst + u.cgst + u.sgst) as taken,
               (array_agg(u.bill_tax order by u.noted_at desc, u.id desc) filter (where u.bill_tax is not null))[1]
               as bill_tax
          into others
          from seen_bill_use u
         where u.tenant_id = new.tenant_id and u.bill_id = new.bill_id and u.id <> new.id
           and u.is_credit and u.ended_on is null;
        if others.number > 0 and (others.is_whole or new.source not in ('expense', 'asset')
                                  or coalesce(new.bill_tax, others.bill_tax) is null) then
            raise exception 'the credit of a bill is taken once' using errcode = '23514',
                constraint = 'seen_bill_credit_once';
        end if;
        if others.number > 0
           and others.taken + new.igst + new.cgst + new.sgst > coalesce(new.bill_tax, others.bill_tax) then
            raise exception 'no more credit than the bill shows' using errcode = '23514',
                constraint = 'seen_bill_credit_shared';
        end if;
    end if;
    return new;
end $$;

-- A provider's invoice is taken back once, and nothing else of it changes.
drop trigger gateway_invoice_immutable on gateway_invoice;
create function sec.keep_gateway_invoice() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.taken_back_on is not null
       or (to_jsonb(old) - array['taken_back_on', 'taken_back_by', 'taken_back_reason'])
          is distinct from (to_jsonb(new) - array['taken_back_on', 'taken_back_by', 'taken_back_reason']) then
        raise exception 'an invoice of charges is taken back once and never changed'
            using errcode = '23514', constraint = 'gateway_invoice_kept';
    end if;
    return new;
end $$;
create trigger gateway_invoice_kept before update or delete on gateway_invoice
    for each row execute function sec.keep_gateway_invoice();
grant update (taken_back_on, taken_back_by, taken_back_reason) on gateway_invoice to erp_app;
