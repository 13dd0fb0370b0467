"""Packs that decide how they are taxed: their own HSN and tax class."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Variant
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.events import ProductUpdated
from erp.services.catalog.tax_facts import (
    TaxedProduct,
    product_taxed,
    require_explained,
    tax_class_of,
)
from erp.services.platform import Command, Identified, ShortText, Text, command, emit

Hsn = Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
"""HSN or SAC, four to eight digits."""


class SetVariantTax(Command):
    """Tax a pack otherwise than the other packs of its product from now on.

    Attributes:
        hsn, tax_class: Of the pack itself; those of its product where left out.
        reason: Why it is not the class that the rules propose; needed then.
    """

    variant_id: UUID
    hsn: Hsn | None = None
    tax_class: ShortText | None = None
    reason: Text = ""


@command(
    "catalog.set_variant_tax", permission="catalog.edit", rest="POST /variants/{variant_id}/tax"
)
def set_variant_tax(session: Session, ctx: RequestContext, cmd: SetVariantTax) -> Identified:
    """Give a pack its own HSN and tax class, or those of its product; posted documents stay.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
        UnknownTaxClass: There is no class of this code.
        InvalidInput: The rules propose another class and no reason is given, or a reason without
            a class.

    Emits:
        catalog.product_updated.v1, in the same transaction.
    """
    variant = session.get(Variant, (ctx.tenant_id, cmd.variant_id))
    if variant is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"variant_id": message})
    if cmd.reason and not cmd.tax_class:
        message = "A reason is given for a class of its own. Choose one, or leave it empty."
        raise InvalidInput(message, fields={"reason": message})
    tax_class_id = _explained(session, ctx, variant, cmd) if cmd.tax_class else None
    variant.hsn, variant.tax_class_id, variant.tax_reason = cmd.hsn, tax_class_id, cmd.reason
    session.flush()
    emit(session, ctx, variant.product_id, ProductUpdated(product_id=variant.product_id))
    return Identified(id=variant.id)


def _explained(session: Session, ctx: RequestContext, variant: Variant, cmd: SetVariantTax) -> UUID:
    """Return the class that a pack is to have for itself."""
    tax_class = tax_class_of(session, ctx, cmd.tax_class or "")
    taxed = product_taxed(session, ctx, variant.product_id)
    facts = taxed.in_pack((variant.pack_quantity, variant.pack_unit))
    require_explained(session, ctx, facts, tax_class.code, ("reason", cmd.reason))
    return tax_class.id


def renew_hsn_of_packs(
    session: Session, ctx: RequestContext, product_id: UUID, before: TaxedProduct
) -> None:
    """Give packs that had the HSN of the rules the one that holds now that their product changed.

    Args:
        before: The product as it was; what a person gave a pack is not the rules' and stays.
    """
    after = product_taxed(session, ctx, product_id)
    if (before.facts, before.hsn) == (after.facts, after.hsn):
        return
    variants = session.scalars(
        select(Variant).where(
            col(Variant.tenant_id) == ctx.tenant_id, col(Variant.product_id) == product_id
        )
    )
    for variant in variants.all():
        pack = (variant.pack_quantity, variant.pack_unit)
        if variant.hsn == before.hsn_of(pack):
            variant.hsn = after.hsn_of(pack)
    session.flush()
