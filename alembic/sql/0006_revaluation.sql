-- A balance follows revaluations as it follows moves: in the same statement, and only where goods are.
create function sec.apply_stock_revaluations() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    wanted bigint;
    changed bigint;
begin
    with change as materialized (
        select tenant_id, location_id, variant_id, lot_id, sum(value) as value
          from inserted group by tenant_id, location_id, variant_id, lot_id
    ), revalued as (
        update stock_balance balance set value = balance.value + change.value
          from change
         where balance.tenant_id = change.tenant_id and balance.location_id = change.location_id
           and balance.variant_id = change.variant_id and balance.lot_id = change.lot_id
        returning 1
    )
    select (select count(*) from change), (select count(*) from revalued) into wanted, changed;
    if wanted <> changed then
        raise exception 'no goods there to revalue'
            using errcode = '23514', constraint = 'stock_revaluation_on_hand';
    end if;
    return null;
end $$;
create trigger stock_revaluation_applied after insert on stock_revaluation
    referencing new table as inserted
    for each statement execute function sec.apply_stock_revaluations();
