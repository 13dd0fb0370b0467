-- Deliveries of before become documents of their own; where no order tells them apart, all units were paid for.
insert into goods_receipt (tenant_id, id, branch_id, location_id, supplier_id, reference,
                           received_on, value, received_by, received_at)
select m.tenant_id, m.origin_id, w.branch_id, m.to_location_id,
       (select (e.payload ->> 'supplier_id')::uuid from event e
         where e.tenant_id = m.tenant_id and e.aggregate_id = m.origin_id
           and e.name = 'inventory.goods_received.v1'),
       min(m.reason), (min(m.effective_at) at time zone t.time_zone)::date, sum(m.value),
       m.user_id, min(m.recorded_at)
  from stock_move m
  join tenant t on t.id = m.tenant_id
  join location place on place.tenant_id = m.tenant_id and place.id = m.to_location_id
  join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
 where m.origin_type = 'goods_receipt'
 group by m.tenant_id, m.origin_id, w.branch_id, m.to_location_id, m.user_id, t.time_zone;

insert into goods_receipt_line (tenant_id, id, receipt_id, line_no, variant_id, lot_id, unit,
                                quantity, free_quantity, paid, free, unit_cost, value)
select m.tenant_id, m.id, m.origin_id, m.origin_line_no, m.variant_id, m.lot_id, v.base_unit,
       u.paid, m.quantity - u.paid, u.paid, m.quantity - u.paid,
       case when u.paid > 0 then round(m.value / u.paid, 4) else 0 end, m.value
  from stock_move m
  join variant v on v.tenant_id = m.tenant_id and v.id = m.variant_id
  left join purchase_order_receipt r on r.tenant_id = m.tenant_id and r.receipt_id = m.origin_id
       and r.receipt_line_no = m.origin_line_no
 cross join lateral (select coalesce(r.received, m.quantity) as paid) u
 where m.origin_type = 'goods_receipt';

insert into account (tenant_id, id, company_id, code, key, name, group_name, type, is_control,
                     is_active)
select tenant_id, gen_random_uuid(), company_id, '1451', 'supplier_claims',
       'Supplier Claims Receivable', 'Loans and Advances (Asset)', 'asset', true, true
  from account group by tenant_id, company_id
on conflict (tenant_id, company_id, key) do nothing;
