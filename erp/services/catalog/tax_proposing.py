"""Which tax class a product should have, by what it is; a person decides."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.catalog import Form, SupplyTreatment
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.tax_rules import CHANGED_ON, TaxFacts, TaxRule, rule_for
from erp.services.platform import Query, Result, query


class ProposeTaxClass(Query):
    """Which product."""

    product_id: UUID


class TaxProposal(Result):
    """How the rules tax a product.

    Attributes:
        tax_class: Code of the class of the tenant that is taxed so; empty where there is none.
        rate: Percent today; none with the rest where no rule tells.
        is_certain: False where rulings differ: ask an accountant.
        is_followed: The product is of that class.
        is_hsn_alike: Its HSN begins as the proposed one, or the other way about.
        overridden_because: The reason a person gave for another class.
    """

    hsn: str
    treatment: SupplyTreatment | None
    rate: Decimal | None
    tax_class: str
    reason: str
    source: str
    is_certain: bool
    is_followed: bool
    is_hsn_alike: bool
    overridden_because: str


@query(
    "catalog.propose_tax_class",
    permission="catalog.view",
    rest="GET /products/{product_id}/tax-proposal",
)
def propose_tax_class(
    session: Session, ctx: RequestContext, wanted: ProposeTaxClass
) -> TaxProposal:
    """Propose HSN and tax class from form, pharmacopoeia flag, constituents and pack.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
    """
    row = _facts(session, ctx, wanted.product_id)
    rule = rule_for(_tax_facts(row))
    code = _class_of(session, ctx, rule, row["tax_class"]) if rule else ""
    return TaxProposal(
        hsn=rule.hsn if rule else "",
        treatment=rule.treatment if rule else None,
        rate=rule.rate if rule else None,
        tax_class=code,
        reason=rule.reason if rule else "No rule tells how this is taxed",
        source=rule.source if rule else "",
        is_certain=rule is not None and rule.is_certain,
        is_followed=not code or code == row["tax_class"],
        is_hsn_alike=rule is None
        or row["hsn"].startswith(rule.hsn)
        or rule.hsn.startswith(row["hsn"]),
        overridden_because=row["tax_reason"],
    )


def proposed_class(session: Session, ctx: RequestContext, product_id: UUID) -> str:
    """Return the code of the class that the rules propose; empty where they propose none."""
    row = _facts(session, ctx, product_id)
    rule = rule_for(_tax_facts(row))
    return _class_of(session, ctx, rule, row["tax_class"]) if rule else ""


def _facts(session: Session, ctx: RequestContext, product_id: UUID) -> dict[str, Any]:
    row = db.fetch_one(
        session,
        """
        select p.name, p.form, p.hsn, p.constituents, p.tax_reason, c.code as tax_class,
               coalesce(r.is_pharmacopoeial, false) as is_pharmacopoeial,
               starts_with(lower(p.name), lower(r.name)) as is_named_so,
               (select array[v.pack_quantity::text, lower(v.pack_unit)] from variant v
                 where v.tenant_id = p.tenant_id and v.product_id = p.id and v.is_active
                 order by v.pack_unit = 'kg', v.pack_quantity limit 1) as pack
          from product p
          join tax_class c on c.tenant_id = p.tenant_id and c.id = p.tax_class_id
          left join remedy r on r.tenant_id = p.tenant_id and r.id = p.remedy_id
         where p.tenant_id = %s and p.id = %s
        """,
        (ctx.tenant_id, product_id),
    )
    if row is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    return row


def _tax_facts(row: dict[str, Any]) -> TaxFacts:
    return TaxFacts(
        form=Form(row["form"]),
        name=row["name"],
        is_by_the_book=bool(
            row["is_pharmacopoeial"] and row["is_named_so"] and len(row["constituents"]) < 2  # noqa: PLR2004  more than one makes a combination
        ),
        pack=(int(row["pack"][0]), row["pack"][1]) if row["pack"] else None,
    )


def _class_of(session: Session, ctx: RequestContext, rule: TaxRule, current: str) -> str:
    """Return the class taxed as a rule says, today and before; the current one if it is."""
    rows = db.fetch_all(
        session,
        """
        select c.code from tax_class c
          join lateral (select rate from tax_rate r
                         where r.tenant_id = c.tenant_id and r.tax_class_id = c.id
                           and r.valid_from <= %(today)s
                         order by r.valid_from desc limit 1) now on now.rate = %(rate)s
          left join lateral (select rate from tax_rate r
                              where r.tenant_id = c.tenant_id and r.tax_class_id = c.id
                                and r.valid_from <= %(before)s
                              order by r.valid_from desc limit 1) old on true
         where c.tenant_id = %(tenant)s and c.treatment = %(treatment)s
         order by coalesce(old.rate = %(rate_before)s, true) desc,
                  (c.code = %(current)s) desc, c.code
         limit 1
        """,
        {
            "tenant": ctx.tenant_id,
            "today": ctx.today,
            "before": CHANGED_ON - timedelta(days=1),
            "rate": rule.rate,
            "rate_before": rule.rate_before,
            "treatment": rule.treatment,
            "current": current,
        },
    )
    return rows[0]["code"] if rows else ""
