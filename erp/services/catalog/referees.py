"""Invariants of the catalogue."""

from erp.services.platform import referee

referee(
    "C1",
    "Every product in trade has a GST rate today",
    counted="select count(*) from variant where is_active",
    offenders="""
        select v.tenant_id, v.id as variant_id, v.sku, c.code as tax_class
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          join tax_class c on c.tenant_id = p.tenant_id and c.id = coalesce(v.tax_class_id, p.tax_class_id)
         where v.is_active and not exists (
               select 1 from tax_rate r
                where r.tenant_id = c.tenant_id and r.tax_class_id = c.id
                  and r.valid_from <= current_date)
    """,
)
referee(
    "C2",
    "What is not taxable has a rate of zero",
    counted="select count(*) from tax_rate",
    offenders="""
        select r.tenant_id, c.code as tax_class, r.valid_from, r.rate
          from tax_rate r
          join tax_class c on c.tenant_id = r.tenant_id and c.id = r.tax_class_id
         where c.treatment <> 'taxable' and r.rate <> 0
    """,
)
referee(
    "C3",
    "No product is of a remedy or a brand that was merged into another",
    counted="select count(*) from product",
    offenders="""
        select p.tenant_id, p.id as product_id, p.name, gone.name as merged
          from product p
          join (select tenant_id, id, name from remedy where merged_into_id is not null
                union all
                select tenant_id, id, name from brand where merged_into_id is not null) gone
               on gone.tenant_id = p.tenant_id and gone.id in (p.remedy_id, p.brand_id)
    """,
)
