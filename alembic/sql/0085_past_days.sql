-- A move that is entered late takes what was there then: at the end of its day, and of each day since, no lot is below zero.
create or replace function sec.apply_stock_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    wanted bigint;
    changed bigint;
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
               sum(side.quantity)::bigint as quantity, sum(side.value) as value
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
           (select count(*) from decreased) + (select count(*) from increased)
      into wanted, changed;
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
