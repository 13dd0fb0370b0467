"""Which tax class goods should have, by what they are; a person decides."""

from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.catalog import Form, SupplyTreatment
from erp.services.catalog.families import Name, single_spaced
from erp.services.catalog.remedies import Names
from erp.services.catalog.tax_facts import TaxedProduct, class_proposed, product_taxed
from erp.services.catalog.tax_rules import TaxFacts, TaxRule, is_alike, is_by_the_book, rule_for
from erp.services.platform import Quantity, Query, Result, ShortText, query


class ProposeTax(Query):
    """Goods that need not be in the catalogue.

    Attributes:
        remedy: What they are made of; empty for nothing.
        is_pharmacopoeial: A pharmacopoeia has the remedy; as it is known here where left out.
        pack_quantity, pack_unit: As printed; left out, as they are put up for retail sale.
        tax_class: Code of the class that is thought of, proposed before others taxed alike.
    """

    name: ShortText
    form: Form
    remedy: Name | None = None
    is_pharmacopoeial: bool | None = None
    constituents: Names = ()
    pack_quantity: Quantity | None = None
    pack_unit: ShortText | None = None
    tax_class: ShortText | None = None

    @model_validator(mode="after")
    def _whole_pack(self) -> Self:
        if (self.pack_quantity is None) != (self.pack_unit is None):
            message = "Give the pack's quantity and its measure, or neither."
            raise ValueError(message)
        return self


class ProposeTaxClass(Query):
    """Which product."""

    product_id: UUID


class TaxProposed(Result):
    """How the rules tax goods.

    Attributes:
        tax_class: Code of the class of the tenant that is taxed so; empty where there is none.
        rate: Percent today; none with the rest where no rule tells.
        is_certain: False where rulings differ: ask an accountant.
    """

    hsn: str
    treatment: SupplyTreatment | None
    rate: Decimal | None
    tax_class: str
    reason: str
    source: str
    is_certain: bool


class TaxProposal(TaxProposed):
    """How the rules tax a product that is in the catalogue.

    Attributes:
        is_followed: The product is of that class.
        is_hsn_alike: Its HSN begins as the proposed one, or the other way about.
        overridden_because: The reason a person gave for another class.
    """

    is_followed: bool
    is_hsn_alike: bool
    overridden_because: str


@query("catalog.propose_tax", permission="catalog.view", rest="POST /tax-proposals")
def propose_tax(session: Session, ctx: RequestContext, wanted: ProposeTax) -> TaxProposed:
    """Propose HSN and tax class of goods from their form, remedy, constituents and pack."""
    pack = None
    if wanted.pack_quantity is not None and wanted.pack_unit is not None:
        pack = (wanted.pack_quantity, wanted.pack_unit)
    facts = TaxFacts(wanted.form, wanted.name, _by_the_book(session, ctx, wanted), pack)
    rule = rule_for(facts)
    code = class_proposed(session, ctx, rule, wanted.tax_class or "")
    return TaxProposed(**_told(rule), tax_class=code)


@query(
    "catalog.propose_tax_class",
    permission="catalog.view",
    rest="GET /products/{product_id}/tax-proposal",
)
def propose_tax_class(
    session: Session, ctx: RequestContext, wanted: ProposeTaxClass
) -> TaxProposal:
    """Propose HSN and tax class of a product, as it is put up for retail sale.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
    """
    product = product_taxed(session, ctx, wanted.product_id)
    rule = rule_for(product.facts)
    return TaxProposal(**_told(rule), **_compared(session, ctx, product, rule))


def _by_the_book(session: Session, ctx: RequestContext, wanted: ProposeTax) -> bool:
    """Tell whether the pharmacopoeia alone makes it; a new remedy is taken for one that it has."""
    if not wanted.remedy:
        return False
    known = db.fetch_one(
        session,
        """
        select r.name, r.is_pharmacopoeial from remedy n
          join remedy r on r.tenant_id = n.tenant_id and r.id = coalesce(n.merged_into_id, n.id)
         where n.tenant_id = %s and lower(n.name) = lower(%s)
         order by n.merged_into_id is not null, n.id limit 1
        """,
        (ctx.tenant_id, single_spaced(wanted.remedy)),
    ) or {"name": wanted.remedy, "is_pharmacopoeial": True}
    said = wanted.is_pharmacopoeial
    is_listed = known["is_pharmacopoeial"] if said is None else said
    return is_listed and is_by_the_book(wanted.name, known["name"], wanted.constituents)


def _told(rule: TaxRule | None) -> dict[str, Any]:
    if rule is None:
        reason = "No rule tells how this is taxed"
        nothing = dict.fromkeys(("treatment", "rate"))
        return nothing | {"hsn": "", "reason": reason, "source": "", "is_certain": False}
    told = ("hsn", "treatment", "rate", "reason", "source", "is_certain")
    return {name: getattr(rule, name) for name in told}


def _compared(
    session: Session, ctx: RequestContext, product: TaxedProduct, rule: TaxRule | None
) -> dict[str, Any]:
    code = class_proposed(session, ctx, rule, product.tax_class)
    return {
        "tax_class": code,
        "is_followed": code in ("", product.tax_class),
        "is_hsn_alike": rule is None or is_alike(product.hsn, rule.hsn),
        "overridden_because": product.reason,
    }
