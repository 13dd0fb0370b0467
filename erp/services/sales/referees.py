"""Invariants of selling to order."""

from erp.services.platform import referee

referee(
    "V1",
    "What was delivered of every line of an order is what deliveries with a standing invoice say, and none exceeds it",
    counted="select count(*) from sales_order_progress",
    offenders="""
        select p.tenant_id, p.order_id, p.line_no, p.delivered, d.quantity
          from sales_order_progress p
          join sales_order o on (o.tenant_id, o.id) = (p.tenant_id, p.order_id)
          left join sales_order_line l
               on (l.tenant_id, l.order_id, l.version, l.line_no)
                = (o.tenant_id, o.id, o.version, p.line_no)
          left join (
                select s.tenant_id, s.order_id, x.order_line_no as line_no,
                       sum(x.quantity) as quantity, sum(x.free_quantity) as free_quantity
                  from sales_delivery s
                  join sales_delivery_line x
                       on (x.tenant_id, x.delivery_id) = (s.tenant_id, s.id)
                 where not exists (select 1 from invoice_cancellation c
                                    where (c.tenant_id, c.invoice_id) = (s.tenant_id, s.invoice_id))
                 group by s.tenant_id, s.order_id, x.order_line_no
               ) d on (d.tenant_id, d.order_id, d.line_no) = (p.tenant_id, p.order_id, p.line_no)
         where (p.delivered, p.free_delivered)
               is distinct from (coalesce(d.quantity, 0), coalesce(d.free_quantity, 0))
            or p.delivered > coalesce(l.quantity, 0)
            or p.free_delivered > coalesce(l.free_quantity, 0)
         limit 1
    """,
)
referee(
    "V2",
    "Goods are kept for orders that are open, and no more than is outstanding",
    counted="select count(*) from stock_reservation where origin_type = 'sales_order'",
    offenders="""
        select r.tenant_id, r.origin_id, r.origin_line_no, sum(r.quantity) as kept
          from stock_reservation r
          left join sales_order o on (o.tenant_id, o.id) = (r.tenant_id, r.origin_id)
               and o.status = 'confirmed'
          left join sales_order_line l
               on (l.tenant_id, l.order_id, l.version, l.line_no)
                = (o.tenant_id, o.id, o.version, r.origin_line_no)
          left join sales_order_progress p
               on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
         where r.origin_type = 'sales_order'
         group by r.tenant_id, r.origin_id, r.origin_line_no, l.id, l.quantity, l.free_quantity,
                  p.delivered, p.free_delivered
        having l.id is null
            or sum(r.quantity) > l.quantity + l.free_quantity - p.delivered - p.free_delivered
         limit 1
    """,
)
referee(
    "V3",
    "A coupon is used no more often than it allows at once, and was given back only with all goods of its bill",
    counted="select count(*) from coupon_use",
    offenders="""
        select u.tenant_id, u.coupon_id, u.use_no, u.max_uses
          from coupon_use u
          left join coupon c on (c.tenant_id, c.id, c.max_uses) = (u.tenant_id, u.coupon_id, u.max_uses)
         where c.id is null or u.slot > c.max_uses or u.slot < 1
            or u.given_back_at is null
               and exists (select 1 from coupon_use o
                            where (o.tenant_id, o.coupon_id, o.slot) = (u.tenant_id, u.coupon_id, u.slot)
                              and o.use_no <> u.use_no and o.given_back_at is null)
            or u.given_back_at is not null
               and not exists (select 1 from sale r
                                where (r.tenant_id, r.id, r.original_sale_id)
                                    = (u.tenant_id, u.given_back_for, u.document_id))
            or u.given_back_at is not null
               and exists (select 1 from sale s
                             join invoice_line l on (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)
                             left join invoice_line_return b
                                  on (b.tenant_id, b.invoice_id, b.line_no) = (l.tenant_id, l.invoice_id, l.line_no)
                            where (s.tenant_id, s.id) = (u.tenant_id, u.document_id)
                              and coalesce(b.returned, 0) < l.quantity)
         limit 1
    """,
)
