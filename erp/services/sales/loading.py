"""The rules of a cart, fetched in one statement."""

from collections.abc import Collection
from typing import LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import ALL_GOODS, Audience, Basis, PriceMode, RuleKind
from erp.services.catalog import SaleLine
from erp.services.party import SaleParty
from erp.services.sales.pricing import PriceBook, Rule

_RULES: LiteralString = """
    select r.kind, l.audience, l.price_mode, r.basis, r.id, l.code, r.lot_id is not null,
           r.target_id, r.min_quantity, r.amount, r.percent, r.round_to, r.free_quantity,
           r.free_variant_id, r.repeats, r.valid_from, r.valid_until
      from price_list l
      join price_rule r on r.tenant_id = l.tenant_id and r.list_id = l.id
           and r.target_id = any(%(targets)s || array(
                select id from lot where tenant_id = %(tenant)s and variant_id = any(%(variants)s)))
     where l.tenant_id = %(tenant)s and l.is_active
       and (l.audience = 'everyone' or l.party_id = %(party)s or l.party_kind = %(kind)s
            or (l.audience = 'assigned' and l.code = %(code)s))
       and l.valid_from <= %(today)s and (l.valid_until is null or l.valid_until >= %(today)s)
       and r.valid_from <= %(today)s and (r.valid_until is null or r.valid_until >= %(today)s)
"""


def has_lists(session: Session, ctx: RequestContext) -> bool:
    """Tell whether any list may price something; where none is active, all goods cost their MRP."""
    sql = "select 1 from price_list where tenant_id = %s and is_active limit 1"
    return db.fetch_one(session, sql, (ctx.tenant_id,)) is not None


def load_prices(
    session: Session, ctx: RequestContext, buyer: SaleParty, goods: Collection[SaleLine]
) -> PriceBook:
    """Return the rules that are open to a customer today for goods of a cart and their lots."""
    variants = [line.variant_id for line in goods]
    families = {id_ for line in goods for id_ in (line.product_id, line.brand_id)}
    rows = db.raw(session).execute(
        _RULES,
        {
            "tenant": ctx.tenant_id,
            "party": buyer.id,
            "kind": buyer.kind,
            "code": buyer.price_list,
            "today": ctx.today,
            "targets": [*variants, *families, ALL_GOODS],
            "variants": variants,
        },
    )
    rules = [
        Rule(RuleKind(kind), Audience(audience), PriceMode(mode), Basis(basis), *rest)
        for kind, audience, mode, basis, *rest in rows
    ]
    return PriceBook(rules, ctx.today)
