"""A brand with rules in the price lists is not merged into another: its prices would go without a word."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import catalog
from erp.services.sales.queries import RULES_STILL_TOLD

_HAS_CEILING: LiteralString = """
    select 1 from discount_ceiling c
     where c.tenant_id = %(tenant)s and c.brand_id = %(brand)s and c.percent is not null
       and not exists (select from discount_ceiling later
                        where later.tenant_id = c.tenant_id and later.brand_id = c.brand_id
                          and (later.valid_from, later.id) > (c.valid_from, c.id)
                          and later.valid_from <= greatest(c.valid_from, %(today)s))
     limit 1
"""
_LISTS_WITH_RULES: LiteralString = f"""
    select x.name from price_rule r
      join price_list x on (x.tenant_id, x.id) = (r.tenant_id, r.list_id)
     where r.tenant_id = %(tenant)s and r.brand_id = %(brand)s {RULES_STILL_TOLD}
     order by x.name limit 1
"""  # noqa: S608  made of literals


def require_no_rules(session: Session, ctx: RequestContext, brand_id: UUID) -> None:
    """Refuse while a price, a scheme or a ceiling of discounts of the brand holds, or will.

    Raises:
        InvalidInput: A list has one, which it names, or the brand has a ceiling.
    """
    given = {"tenant": ctx.tenant_id, "brand": brand_id, "today": ctx.today}
    row = db.fetch_one(session, _LISTS_WITH_RULES, given)
    if row is not None:
        message = f"The price list {row['name']} has a rule of this brand. End it there first."
        raise InvalidInput(message, fields={"brand_id": message})
    if db.fetch_one(session, _HAS_CEILING, given) is not None:
        message = (
            "Discounts of this brand have a ceiling. End it first, and set it for the other brand."
        )
        raise InvalidInput(message, fields={"brand_id": message})


catalog.before_brands_merge(require_no_rules)
