"""Invariants of buying."""

from erp.services.platform import referee

referee(
    "B1",
    "What came of every line of an order is the sum of its deliveries, and is stock",
    counted="select count(*) from purchase_order_progress",
    offenders="""
        select p.tenant_id, p.order_id, p.line_no, p.received, r.received as came,
               p.free_received, r.free_received as free_came
          from purchase_order_progress p
          left join (
                select tenant_id, order_id, line_no, sum(received) as received,
                       sum(free_received) as free_received
                  from purchase_order_receipt group by tenant_id, order_id, line_no
               ) r using (tenant_id, order_id, line_no)
         where (p.received, p.free_received)
               is distinct from (coalesce(r.received, 0), coalesce(r.free_received, 0))
        union all
        select r.tenant_id, r.order_id, r.line_no, r.received, m.quantity, r.free_received, null
          from purchase_order_receipt r
          left join stock_move m on m.tenant_id = r.tenant_id and m.origin_id = r.receipt_id
               and m.origin_line_no = r.receipt_line_no and m.lot_id = r.lot_id
         where m.quantity is distinct from r.received + r.free_received
         limit 1
    """,
)
referee(
    "B2",
    "Every version in force was approved, and none waits that was decided on",
    counted="select count(*) from purchase_order",
    offenders="""
        select o.tenant_id, o.id as order_id, o.version, o.waiting_version
          from purchase_order o
          left join purchase_order_decision d on d.tenant_id = o.tenant_id and d.order_id = o.id
               and d.version = o.version
          left join purchase_order_decision w on w.tenant_id = o.tenant_id and w.order_id = o.id
               and w.version = o.waiting_version
         where (o.version > 0 and d.outcome is distinct from 'approved') or w.outcome is not null
         limit 1
    """,
)
referee(
    "B3",
    "A line of an order is of one product through all versions, worth its quantity times its price",
    counted="select count(*) from purchase_order_line",
    offenders="""
        select l.tenant_id, l.order_id, l.version, l.line_no
          from purchase_order_line l
          left join purchase_order_progress p using (tenant_id, order_id, line_no)
         where p.variant_id is distinct from l.variant_id or l.value <> round(l.quantity * l.unit_cost, 2)
         limit 1
    """,
)
referee(
    "B11",
    "Of every line of a requisition orders hold what was taken for them and not given back",
    counted="select count(*) from purchase_requisition_line",
    offenders="""
        select l.tenant_id, l.requisition_id, l.line_no, l.ordered, t.quantity
          from purchase_requisition_line l
          left join (
                select tenant_id, requisition_id, line_no, sum(quantity) as quantity
                  from purchase_requisition_order where released_at is null
                 group by tenant_id, requisition_id, line_no
               ) t using (tenant_id, requisition_id, line_no)
          join purchase_requisition q on (q.tenant_id, q.id) = (l.tenant_id, l.requisition_id)
         where l.ordered <> coalesce(t.quantity, 0)
            or (q.status = 'ordered' and l.ordered < l.quantity)
            or (q.status in ('submitted', 'declined') and l.ordered > 0)
         limit 1
    """,
)
