"""Which tax class goods should have, by what they are; a person decides."""

from collections.abc import Iterator
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


class PackProposed(Result):
    """How the rules tax a pack in trade.

    Attributes:
        hsn, tax_class: As the rules propose; empty where no rule tells.
        is_followed: It is of that class, and its HSN begins as the proposed one.
    """

    variant_id: UUID
    hsn: str
    tax_class: str
    is_followed: bool


class TaxProposal(TaxProposed):
    """How the rules tax a product that is in the catalogue, as it is put up for retail sale.

    Attributes:
        is_followed: The product is of that class.
        is_hsn_alike: The HSN of each of its packs in trade, or its own while it has none, begins
            as the proposed one, or the other way about.
        overridden_because: The reason a person gave for another class.
        packs: Each in trade.
    """

    is_followed: bool
    is_hsn_alike: bool
    overridden_because: str
    packs: list[PackProposed]


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
    """Propose HSN and tax class of a product and of each of its packs.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
    """
    product = product_taxed(session, ctx, wanted.product_id)
    rule = rule_for(product.facts)
    code = class_proposed(session, ctx, rule, product.tax_class)
    packs = list(_packs(session, ctx, wanted.product_id, product))
    alike = [is_alike for _, is_alike in packs] or [_is_alike(product.hsn, rule)]
    return TaxProposal(
        **_told(rule),
        tax_class=code,
        is_followed=code in ("", product.tax_class),
        is_hsn_alike=all(alike),
        overridden_because=product.reason,
        packs=[pack for pack, _ in packs],
    )


def _packs(
    session: Session, ctx: RequestContext, product_id: UUID, product: TaxedProduct
) -> Iterator[tuple[PackProposed, bool]]:
    """Yield what the rules say of each pack in trade, and whether its HSN is as they propose."""
    rows = db.fetch_all(
        session,
        """
        select v.id, v.pack_quantity, v.pack_unit, coalesce(v.hsn, p.hsn) as hsn, c.code
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          join tax_class c on c.tenant_id = p.tenant_id and c.id = coalesce(v.tax_class_id, p.tax_class_id)
         where v.tenant_id = %s and v.product_id = %s and v.is_active
         order by v.pack_quantity, v.id
        """,
        (ctx.tenant_id, product_id),
    )
    for row in rows:
        rule = rule_for(product.in_pack((row["pack_quantity"], row["pack_unit"])))
        code = class_proposed(session, ctx, rule, row["code"])
        alike = _is_alike(row["hsn"], rule)
        yield (
            PackProposed(
                variant_id=row["id"],
                hsn=rule.hsn if rule else "",
                tax_class=code,
                is_followed=alike and code in ("", row["code"]),
            ),
            alike,
        )


def _is_alike(hsn: str, rule: TaxRule | None) -> bool:
    return rule is None or is_alike(hsn, rule.hsn)


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
