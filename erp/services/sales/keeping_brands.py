"""A brand with rules in the price lists is not merged into another: its prices would go without a word."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import catalog
from erp.services.sales.queries import RULES_STILL_TOLD

_LISTS_WITH_RULES: LiteralString = f"""
    select x.name from price_rule r
      join price_list x on (x.tenant_id, x.id) = (r.tenant_id, r.list_id)
     where r.tenant_id = %(tenant)s and r.brand_id = %(brand)s {RULES_STILL_TOLD}
     order by x.name limit 1
"""  # noqa: S608  made of literals


def require_no_rules(session: Session, ctx: RequestContext, brand_id: UUID) -> None:
    """Refuse while a price or scheme of the brand holds, or will.

    Raises:
        InvalidInput: A list has one; it names the list.
    """
    given = {"tenant": ctx.tenant_id, "brand": brand_id, "today": ctx.today}
    row = db.fetch_one(session, _LISTS_WITH_RULES, given)
    if row is not None:
        message = f"The price list {row['name']} has a rule of this brand. End it there first."
        raise InvalidInput(message, fields={"brand_id": message})


catalog.before_brands_merge(require_no_rules)
