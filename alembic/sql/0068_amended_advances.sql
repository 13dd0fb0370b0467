-- A later return corrects what a filed one states of an advance for a service, and of what became of it.
create function sec.check_service_advance_amendment() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    stated date;
begin
    select coalesce(step.booked_on, advance.received_on) into stated
      from service_advance advance
      left join service_advance_step step on step.tenant_id = advance.tenant_id and step.id = new.step_id
       and step.advance_id = advance.id
     where advance.tenant_id = new.tenant_id and advance.id = new.advance_id
       and (new.step_id is null or step.id is not null);
    if stated is null or not exists (
        select 1 from branch
          join gst_return filed on filed.tenant_id = branch.tenant_id and filed.company_id = branch.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and stated between filed.starts_on and filed.ends_on
         where branch.tenant_id = new.tenant_id and branch.id = new.branch_id) then
        raise exception 'no filed return states this of the advance'
            using errcode = '23514', constraint = 'service_advance_amendment_unfiled';
    end if;
    if exists (
        select 1 from branch
          join gst_return filed on filed.tenant_id = branch.tenant_id and filed.company_id = branch.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and new.booked_on <= filed.ends_on
         where branch.tenant_id = new.tenant_id and branch.id = new.branch_id) then
        raise exception 'the return that states this is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    if new.follows_id is not null and not exists (
        select 1 from service_advance_amendment first
         where first.tenant_id = new.tenant_id and first.id = new.follows_id and first.withdrawn_at is null
           and (first.advance_id, first.booked_on, first.place_of_supply, first.is_inter, first.rate)
               = (new.advance_id, new.booked_on, new.place_of_supply, new.is_inter, new.rate)) then
        raise exception 'a step follows the amendment of its advance'
            using errcode = '23514', constraint = 'service_advance_amendment_follows';
    end if;
    return new;
end $$;
create trigger service_advance_amendment_allowed before insert on service_advance_amendment
    for each row execute function sec.check_service_advance_amendment();

-- It is withdrawn once, before its return is filed and before anything was made out by it; nothing else changes.
create function sec.keep_service_advance_amendment() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.withdrawn_at is not null
       or to_jsonb(new) - '{withdrawn_at,withdrawn_by,withdraw_reason}'::text[]
          is distinct from to_jsonb(old) - '{withdrawn_at,withdrawn_by,withdraw_reason}'::text[] then
        raise exception 'an amendment is not changed'
            using errcode = '23514', constraint = 'gst_amendment_frozen';
    end if;
    if exists (
        select 1 from branch
          join gst_return filed on filed.tenant_id = branch.tenant_id and filed.company_id = branch.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and old.booked_on <= filed.ends_on
         where branch.tenant_id = old.tenant_id and branch.id = old.branch_id) then
        raise exception 'the return that states this is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    if exists (select 1 from service_advance_step step
                where step.tenant_id = old.tenant_id and step.advance_id = old.advance_id and step.id > old.id) then
        raise exception 'the advance was moved as it is amended'
            using errcode = '23514', constraint = 'service_advance_amendment_used';
    end if;
    return new;
end $$;
create trigger service_advance_amendment_frozen before update or delete on service_advance_amendment
    for each row execute function sec.keep_service_advance_amendment();

-- The tax that is left of an advance follows what its amendment, and those of its steps, change together.
create function sec.amend_service_advance_left() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    way int := case tg_op when 'INSERT' then 1 else -1 end;
begin
    update service_advance_left kept
       set igst = kept.igst + way * moved.igst, cgst = kept.cgst + way * moved.cgst,
           sgst = kept.sgst + way * moved.sgst
      from (select made.tenant_id, made.advance_id,
                   sum(side.sign * (made.igst - coalesce(step.igst, advance.igst))) as igst,
                   sum(side.sign * (made.cgst - coalesce(step.cgst, advance.cgst))) as cgst,
                   sum(side.sign * (made.sgst - coalesce(step.sgst, advance.sgst))) as sgst
              from made
              join service_advance advance on advance.tenant_id = made.tenant_id and advance.id = made.advance_id
              left join service_advance_step step on step.tenant_id = made.tenant_id and step.id = made.step_id
             cross join lateral (
                   select case when step.id is null or step.kind = 'undone' then 1 else -1 end as sign) side
             group by made.tenant_id, made.advance_id) moved
     where kept.tenant_id = moved.tenant_id and kept.advance_id = moved.advance_id;
    return null;
end $$;
create trigger service_advance_amended after insert on service_advance_amendment
    referencing new table as made for each statement execute function sec.amend_service_advance_left();
create trigger service_advance_unamended after update on service_advance_amendment
    referencing new table as made for each statement execute function sec.amend_service_advance_left();

create or replace function sec.apply_service_advance_step() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    way int := case new.kind when 'undone' then 1 else -1 end;
begin
    if new.kind = 'undone' and not exists (
        select 1 from service_advance_step made
          left join service_advance_amendment amended on amended.tenant_id = made.tenant_id
           and amended.step_id = made.id and amended.withdrawn_at is null
         where made.tenant_id = new.tenant_id and made.id = new.undoes_id and made.kind in ('applied', 'refunded')
           and (made.advance_id, made.amount, coalesce(amended.igst, made.igst), coalesce(amended.cgst, made.cgst),
                coalesce(amended.sgst, made.sgst))
               = (new.advance_id, new.amount, new.igst, new.cgst, new.sgst)) then
        raise exception 'a step of an advance is taken back whole'
            using errcode = '23514', constraint = 'service_advance_undoes';
    end if;
    if new.kind = 'applied' and not exists (
        select 1 from invoice
          join service_advance advance on advance.tenant_id = invoice.tenant_id and advance.id = new.advance_id
         where invoice.tenant_id = new.tenant_id and invoice.id = new.invoice_id
           and invoice.party_id = advance.party_id and invoice.company_id = advance.company_id
           and invoice.kind not in ('credit_note', 'debit_note')) then
        raise exception 'an advance goes to an invoice of its customer'
            using errcode = '23514', constraint = 'service_advance_invoice';
    end if;
    update service_advance_left
       set amount = amount + way * new.amount, igst = igst + way * new.igst, cgst = cgst + way * new.cgst,
           sgst = sgst + way * new.sgst
     where tenant_id = new.tenant_id and advance_id = new.advance_id;
    return null;
end $$;
