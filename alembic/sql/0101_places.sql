-- Nothing is moved into a place that is closed. Whoever moves holds the place by its foreign key, whoever closes it by its row.
create or replace function sec.apply_stock_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    wanted bigint;
    changed bigint;
    is_closed boolean;
begin
    if exists (
        select 1 from inserted move
          join location place on place.tenant_id = move.tenant_id and place.id = move.to_location_id
          join lot on lot.tenant_id = move.tenant_id and lot.id = move.lot_id
          join tenant on tenant.id = move.tenant_id
          join location source on source.tenant_id = move.tenant_id
               and source.id = move.from_location_id
         where place.kind in ('customer', 'production')
           and (lot.status <> 'available' or source.kind = 'quarantine'
                or lot.expires_on < (move.effective_at at time zone tenant.time_zone)::date)) then
        raise exception 'lot may not be sold'
            using errcode = '23514', constraint = 'stock_move_sellable';
    end if;

    with change as materialized (
        select side.tenant_id, side.location_id, side.variant_id, side.lot_id,
               sum(side.quantity)::bigint as quantity, sum(side.value) as value,
               bool_or(place.closed_at is not null) as is_closed
          from (select tenant_id, to_location_id as location_id, variant_id, lot_id, quantity, value
                  from inserted
                union all
                select tenant_id, from_location_id, variant_id, lot_id, -quantity, -value
                  from inserted) side
          join location place on place.tenant_id = side.tenant_id and place.id = side.location_id
         where place.kind in ('storage', 'transit', 'expired_store', 'quarantine')
         group by side.tenant_id, side.location_id, side.variant_id, side.lot_id
    ), decreased as (
        update stock_balance balance
           set on_hand = balance.on_hand + change.quantity, value = balance.value + change.value
          from change
         where change.quantity <= 0
           and balance.tenant_id = change.tenant_id and balance.location_id = change.location_id
           and balance.variant_id = change.variant_id and balance.lot_id = change.lot_id
        returning 1
    ), increased as (
        insert into stock_balance as balance
               (tenant_id, location_id, variant_id, lot_id, on_hand, reserved, value)
        select tenant_id, location_id, variant_id, lot_id, quantity, 0, value
          from change where quantity > 0
         order by variant_id, lot_id, location_id
        on conflict (tenant_id, location_id, variant_id, lot_id) do update
           set on_hand = balance.on_hand + excluded.on_hand, value = balance.value + excluded.value
        returning 1
    )
    select (select count(*) from change),
           (select count(*) from decreased) + (select count(*) from increased),
           exists (select from change where change.is_closed and quantity > 0)
      into wanted, changed, is_closed;
    if is_closed then
        raise exception 'the place is closed'
            using errcode = '23514', constraint = 'location_closed';
    end if;
    if wanted <> changed then
        raise exception 'stock would fall below zero'
            using errcode = '23514', constraint = 'ck_stock_balance_on_hand';
    end if;

    if exists (
        with late as (
            select move.tenant_id, move.lot_id, move.from_location_id as location_id, tenant.time_zone,
                   min((move.effective_at at time zone tenant.time_zone)::date) as day
              from inserted move join tenant on tenant.id = move.tenant_id
             where (move.effective_at at time zone tenant.time_zone)::date
                   < (clock_timestamp() at time zone tenant.time_zone)::date
             group by move.tenant_id, move.lot_id, move.from_location_id, tenant.time_zone
        ), later as (
            select late.tenant_id, late.lot_id, late.location_id,
                   (move.effective_at at time zone late.time_zone)::date as day,
                   sum(case when move.to_location_id = late.location_id then move.quantity
                            else -move.quantity end) as quantity
              from late
              join stock_move move on move.tenant_id = late.tenant_id and move.lot_id = late.lot_id
               and move.effective_at >= (late.day + 1)::timestamp at time zone late.time_zone
               and late.location_id in (move.from_location_id, move.to_location_id)
             group by 1, 2, 3, 4
        ), since as (
            select later.tenant_id, later.lot_id, later.location_id,
                   sum(later.quantity) over (partition by later.tenant_id, later.lot_id, later.location_id
                                             order by later.day desc) as quantity
              from later
        )
        select 1 from since
          join stock_balance balance on balance.tenant_id = since.tenant_id
           and balance.lot_id = since.lot_id and balance.location_id = since.location_id
         where balance.on_hand < since.quantity) then
        raise exception 'stock of a past day would fall below zero'
            using errcode = '23514', constraint = 'stock_move_past';
    end if;
    return null;
end $$;

-- A place is part of one of its own warehouse and kind, and never of itself, however two people move places at once.
create function sec.check_location_tree() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform from warehouse where tenant_id = new.tenant_id and id = new.warehouse_id for no key update;
    if not exists (select 1 from location above
                    where above.tenant_id = new.tenant_id and above.id = new.parent_id
                      and above.warehouse_id = new.warehouse_id and above.kind = new.kind)
       or exists (
        with recursive above as (
            select id, parent_id from location where tenant_id = new.tenant_id and id = new.parent_id
            union select up.id, up.parent_id from location up join above on above.parent_id = up.id
                   where up.tenant_id = new.tenant_id)
        select 1 from above where id = new.id) then
        raise exception 'a place is part of another of its warehouse and kind, never of itself'
            using errcode = '23514', constraint = 'location_tree';
    end if;
    return null;
end $$;
create constraint trigger location_tree after insert or update of parent_id, warehouse_id, kind on location
    for each row when (new.parent_id is not null) execute function sec.check_location_tree();

-- What is closed is empty.
create function sec.check_closed_location() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (select 1 from stock_balance
                where tenant_id = new.tenant_id and location_id = new.id and (on_hand <> 0 or reserved <> 0)) then
        raise exception 'goods are in this place' using errcode = '23514', constraint = 'location_empty';
    end if;
    return null;
end $$;
create constraint trigger location_empty after update of closed_at on location
    for each row when (new.closed_at is not null) execute function sec.check_closed_location();
