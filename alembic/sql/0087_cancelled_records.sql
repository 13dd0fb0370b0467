-- A change of credit or a reverse charge that was typed wrong is cancelled, once, until the return of its day is
-- filed; nothing else of it changes. What sold assets moved follows their sale. The month is locked against a filing.
create function sec.cancel_gst_record() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    kept constant text[] := array['cancelled_at', 'cancelled_by', 'cancel_reason'];
begin
    if tg_op = 'DELETE' or old.cancelled_at is not null or new.cancelled_at is null
       or to_jsonb(new) - kept is distinct from to_jsonb(old) - kept then
        raise exception '% rows are only cancelled, once', tg_table_name
            using errcode = '23514', constraint = 'gst_record_frozen';
    end if;
    if to_jsonb(old) ->> 'kind' in ('asset_sold', 'asset_kept') then
        raise exception 'what a sold asset moved follows its sale'
            using errcode = '23514', constraint = 'gst_record_of_asset';
    end if;
    perform 1 from period p
      where p.tenant_id = old.tenant_id and p.company_id = old.company_id
        and old.booked_on between p.starts_on and p.ends_on for key share;
    if sec.is_gst_record_filed(old.tenant_id, old.company_id, old.branch_id, old.booked_on) then
        raise exception 'the return of its day is filed'
            using errcode = '23514', constraint = 'gst_record_filed';
    end if;
    return new;
end $$;

-- Whether the return that states credit and reverse charge of a day is filed; days before a filed return count as filed.
create function sec.is_gst_record_filed(tenant uuid, company uuid, branch uuid, day date) returns boolean
language sql stable security invoker set search_path = pg_catalog, public, pg_temp
as $$
    select exists (
        select 1 from gst_return r
          join branch b on b.tenant_id = r.tenant_id and b.gstin = r.gstin
         where r.tenant_id = tenant and r.company_id = company and b.id = branch and r.status = 'filed'
           and r.form = case sec.gst_scheme(tenant, company, day) when 'composition' then 'cmp08' else 'gstr3b' end
           and day <= r.ends_on)
$$;

drop trigger gst_credit_change_immutable on gst_credit_change;
create trigger gst_credit_change_cancelled before update or delete on gst_credit_change
    for each row execute function sec.cancel_gst_record();
drop trigger gst_reverse_charge_immutable on gst_reverse_charge;
create trigger gst_reverse_charge_cancelled before update or delete on gst_reverse_charge
    for each row execute function sec.cancel_gst_record();

-- Lost goods whose reversal was cancelled wait again; what was reversed of them stays seen.
create function sec.release_losses() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    update gst_credit_loss set is_live = false where tenant_id = new.tenant_id and change_id = new.id;
    return null;
end $$;
create trigger gst_credit_change_losses after update on gst_credit_change
    for each row execute function sec.release_losses();

create function sec.keep_credit_loss() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or not old.is_live or new.is_live
       or to_jsonb(new) - 'is_live' is distinct from to_jsonb(old) - 'is_live'
       or not exists (select 1 from gst_credit_change c
                       where c.tenant_id = new.tenant_id and c.id = new.change_id
                         and c.cancelled_at is not null) then
        raise exception 'gst_credit_loss rows are never changed or deleted'
            using errcode = '23514', constraint = 'gst_credit_loss_immutable';
    end if;
    return new;
end $$;
drop trigger gst_credit_loss_immutable on gst_credit_loss;
create trigger gst_credit_loss_kept before update or delete on gst_credit_loss
    for each row execute function sec.keep_credit_loss();
