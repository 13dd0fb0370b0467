"""What the rules say of goods that are named or known here, and why a person may tax them otherwise."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Form, TaxClass
from erp.services.catalog.errors import UnknownProduct, UnknownTaxClass
from erp.services.catalog.tax_rules import (
    CHANGED_ON,
    TaxFacts,
    TaxRule,
    hsn_of_pack,
    is_by_the_book,
    rule_for,
)


@dataclass(frozen=True, slots=True)
class TaxedProduct:
    """A product as it is taxed, and what decides how it should be.

    Attributes:
        facts: Of the product as it is put up for retail sale.
        tax_class: Code of its class. reason: Why a person taxed it otherwise.
    """

    facts: TaxFacts
    hsn: str
    tax_class: str
    reason: str

    def in_pack(self, pack: tuple[int, str]) -> TaxFacts:
        """Return what decides how one of its packs is taxed: quantity and measure."""
        return replace(self.facts, pack=pack)

    def hsn_of(self, pack: tuple[int, str]) -> str | None:
        """Return the HSN that a pack has for itself by the rules; none where it has the product's."""
        return hsn_of_pack(self.facts, self.hsn, pack)


def product_taxed(session: Session, ctx: RequestContext, product_id: UUID) -> TaxedProduct:
    """Return how a product is taxed and what decides it.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
    """
    row = db.fetch_one(
        session,
        """
        select p.name, p.form, p.hsn, p.constituents, p.tax_reason, c.code as tax_class,
               coalesce(r.is_pharmacopoeial, false) as is_pharmacopoeial, coalesce(r.name, '') as remedy
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
    by_the_book = row["is_pharmacopoeial"] and is_by_the_book(
        row["name"], row["remedy"], row["constituents"]
    )
    facts = TaxFacts(Form(row["form"]), row["name"], is_by_the_book=by_the_book)
    return TaxedProduct(facts, row["hsn"], row["tax_class"], row["tax_reason"])


def tax_class_of(session: Session, ctx: RequestContext, code: str) -> TaxClass:
    """Return the class of a code.

    Raises:
        UnknownTaxClass: There is none.
    """
    found = session.scalars(
        select(TaxClass).where(col(TaxClass.tenant_id) == ctx.tenant_id, col(TaxClass.code) == code)
    ).one_or_none()
    if found is None:
        message = f"There is no tax class {code}. Choose one of the list."
        raise UnknownTaxClass(message, fields={"tax_class": message})
    return found


def require_explained(
    session: Session, ctx: RequestContext, facts: TaxFacts, code: str, because: tuple[str, str]
) -> None:
    """Refuse a class that the rules do not propose, unless somebody says why.

    Args:
        because: The field of the reason, and the reason.

    Raises:
        InvalidInput: The rules propose another one, and no reason is given.
    """
    field, reason = because
    proposed = class_proposed(session, ctx, rule_for(facts), code)
    if proposed not in ("", code) and not reason:
        message = f"The rules propose {proposed}. Say why it is taxed otherwise."
        raise InvalidInput(message, fields={field: message})


def class_proposed(
    session: Session, ctx: RequestContext, rule: TaxRule | None, current: str
) -> str:
    """Return the class taxed as a rule says, today and before; empty where there is none.

    Args:
        current: The class that is asked about, which is proposed before others taxed alike.
    """
    if rule is None:
        return ""
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
