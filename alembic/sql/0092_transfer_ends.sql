-- Goods on their way are between two warehouses: what stays in one is moved there at once.
create function sec.check_transfer_ends() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not exists (
        select 1 from location source
          join location target on target.tenant_id = source.tenant_id and target.id = new.to_location_id
         where source.tenant_id = new.tenant_id and source.id = new.from_location_id
           and target.warehouse_id <> source.warehouse_id) then
        raise exception 'a transfer goes from one warehouse to another'
            using errcode = '23514', constraint = 'stock_transfer_ends';
    end if;
    return null;
end $$;
create trigger stock_transfer_ends after insert or update of from_location_id, to_location_id on stock_transfer
    for each row execute function sec.check_transfer_ends();
