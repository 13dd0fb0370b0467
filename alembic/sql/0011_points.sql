-- What is left of a lot follows its entries in the same statement, and never falls below zero.
create function sec.apply_points() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    wanted bigint;
    changed bigint;
begin
    with change as materialized (
        select tenant_id, lot_id, company_id, party_id, sum(points)::bigint as points,
               bool_or(id = lot_id) as opens, max(expires_on) as expires_on
          from inserted group by tenant_id, lot_id, company_id, party_id
    ), opened as (
        insert into loyalty_lot (tenant_id, id, company_id, party_id, expires_on, remaining)
        select tenant_id, lot_id, company_id, party_id, expires_on, points
          from change where opens
        returning 1
    ), followed as (
        update loyalty_lot lot set remaining = lot.remaining + change.points
          from change
         where not change.opens and lot.tenant_id = change.tenant_id and lot.id = change.lot_id
           and lot.company_id = change.company_id and lot.party_id = change.party_id
        returning 1
    )
    select (select count(*) from change),
           (select count(*) from opened) + (select count(*) from followed)
      into wanted, changed;
    if wanted <> changed then
        raise exception 'no such lot of points'
            using errcode = '23514', constraint = 'ck_loyalty_lot_remaining';
    end if;
    return null;
end $$;
create trigger loyalty_entry_applied after insert on loyalty_entry
    referencing new table as inserted
    for each statement execute function sec.apply_points();
