-- What papers say of a branch is kept whenever it changes, whoever changes it.
create function sec.keep_branch_past() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (old.name, old.address, old.city, old.pin, old.phone, old.drug_licence_no)
       is distinct from (new.name, new.address, new.city, new.pin, new.phone, new.drug_licence_no) then
        insert into branch_past (tenant_id, id, branch_id, until, legal_name, trade_name, name, address, city, pin,
                                 phone, drug_licence_no)
        select old.tenant_id, gen_random_uuid(), old.id, clock_timestamp(), c.legal_name, c.trade_name, old.name,
               old.address, old.city, old.pin, old.phone, old.drug_licence_no
          from company c where (c.tenant_id, c.id) = (old.tenant_id, old.company_id);
    end if;
    return new;
end $$;
create trigger branch_past_kept before update on branch
    for each row execute function sec.keep_branch_past();

create function sec.keep_company_past() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (old.legal_name, old.trade_name) is distinct from (new.legal_name, new.trade_name) then
        insert into branch_past (tenant_id, id, branch_id, until, legal_name, trade_name, name, address, city, pin,
                                 phone, drug_licence_no)
        select b.tenant_id, gen_random_uuid(), b.id, clock_timestamp(), old.legal_name, old.trade_name, b.name,
               b.address, b.city, b.pin, b.phone, b.drug_licence_no
          from branch b where (b.tenant_id, b.company_id) = (old.tenant_id, old.id);
    end if;
    return new;
end $$;
create trigger company_past_kept before update on company
    for each row execute function sec.keep_company_past();

-- A branch as papers of a moment name it.
create function sec.branch_at(tenant uuid, branch_wanted uuid, at timestamptz)
returns table (legal_name text, trade_name text, name text, address text, city text, pin text, phone text,
               drug_licence_no text)
language sql stable set search_path = pg_catalog, public, pg_temp
as $$
    (select p.legal_name, p.trade_name, p.name, p.address, p.city, p.pin, p.phone, p.drug_licence_no
       from branch_past p
      where p.tenant_id = tenant and p.branch_id = branch_wanted and p.until > at
      order by p.until limit 1)
    union all
    (select c.legal_name, c.trade_name, b.name, b.address, b.city, b.pin, b.phone, b.drug_licence_no
       from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)
      where b.tenant_id = tenant and b.id = branch_wanted)
    limit 1
$$;
revoke all on function sec.branch_at(uuid, uuid, timestamptz), sec.keep_branch_past(), sec.keep_company_past()
    from public;
grant execute on function sec.branch_at(uuid, uuid, timestamptz) to erp_app;
