"""Products: a brand's make of a remedy in one form."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.models.catalog import Brand, Form, LicenceClass, Product
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.events import ProductCreated, ProductUpdated
from erp.services.catalog.families import Name, ensure
from erp.services.catalog.licensing import Cap, require_cap, usual_class
from erp.services.catalog.pack_taxing import Hsn, renew_hsn_of_packs
from erp.services.catalog.remedies import Names, RemedyNames, named_remedy
from erp.services.catalog.tax_facts import product_taxed, require_explained, tax_class_of
from erp.services.catalog.variants import rename_variants
from erp.services.platform import Command, Identified, ShortText, Text, command, emit


class CreateProduct(Command):
    """Add a product; its brand and its remedy are made on first use.

    Attributes:
        remedy: What it is made of; none for packaging, books or services.
        tax_class: Code of the class that gives its GST rate.
        is_expiry_required: Every lot must carry an expiry. Source: domain rules 2.7.
        constituents: What it is made of, where that is more than its remedy.
        licence_class: What it takes to sell it; by its form where none is given.
        max_per_sale: Most base units in one sale.
        tax_reason: Why it is not the class that the rules propose; needed then.
    """

    name: ShortText
    form: Form
    brand: Name
    remedy: RemedyNames | None = None
    hsn: Hsn
    tax_class: ShortText
    is_lot_tracked: bool = True
    is_expiry_required: bool = True
    is_service: bool = False
    note: Text = ""
    constituents: Names = ()
    licence_class: LicenceClass | None = None
    max_per_sale: Cap | None = None
    tax_reason: Text = ""


class UpdateProduct(Command):
    """Change a product; what is left out stays as it is.

    Attributes:
        remedy: What it is made of; null for nothing. Names that are given are added to those
            it has; `catalog.update_remedy` corrects them.
    """

    product_id: UUID
    name: ShortText | None = None
    hsn: Hsn | None = None
    remedy: RemedyNames | None = None
    is_expiry_required: bool | None = None
    note: Text | None = None
    constituents: Names | None = None


class SetProductTaxClass(Command):
    """Tax a product by another class from now on.

    Attributes:
        reason: Why it is not the class that the rules propose; needed then.
    """

    product_id: UUID
    tax_class: ShortText
    reason: Text = ""


@command("catalog.create_product", permission="catalog.edit", rest="POST /products")
def create_product(session: Session, ctx: RequestContext, cmd: CreateProduct) -> Identified:
    """Add a product to the catalogue; its variants are added as they are first traded.

    Raises:
        UnknownTaxClass: There is no class of this code.
        InvalidInput: A narcotic has no cap for one sale; the brand or the remedy is retired; the
            rules propose another class, and no reason is given.
        Conflict: The brand has a product of this name and form.

    Emits:
        catalog.product_created.v1, in the same transaction.
    """
    product = Product(
        tenant_id=ctx.tenant_id,
        name=cmd.name,
        remedy_id=named_remedy(session, ctx, cmd.remedy) if cmd.remedy else None,
        brand_id=ensure(session, ctx, Brand, cmd.brand).id,
        form=cmd.form,
        hsn=cmd.hsn,
        tax_class_id=tax_class_of(session, ctx, cmd.tax_class).id,
        is_lot_tracked=cmd.is_lot_tracked and not cmd.is_service,
        is_expiry_required=cmd.is_expiry_required and cmd.is_lot_tracked and not cmd.is_service,
        is_service=cmd.is_service,
        note=cmd.note,
        constituents=list(cmd.constituents),
        licence_class=cmd.licence_class or usual_class(cmd.form),
        max_per_sale=cmd.max_per_sale,
        tax_reason=cmd.tax_reason,
    )
    require_cap(LicenceClass(product.licence_class), cmd.max_per_sale)
    session.add(product)
    session.flush()
    facts = product_taxed(session, ctx, product.id).facts
    require_explained(session, ctx, facts, cmd.tax_class, ("tax_reason", cmd.tax_reason))
    emit(session, ctx, product.id, ProductCreated(product_id=product.id))
    return Identified(id=product.id)


@command("catalog.update_product", permission="catalog.edit", rest="PATCH /products/{product_id}")
def update_product(session: Session, ctx: RequestContext, cmd: UpdateProduct) -> Identified:
    """Change a product's names, HSN or note; labels and search words of its variants follow.

    So does the HSN that a pack has for itself by the rules; one that a person gave it stays.
    Documents already posted keep what they were printed with.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
        InvalidInput: It is to be made of a remedy that is retired.

    Emits:
        catalog.product_updated.v1, in the same transaction.
    """
    product = _product(session, ctx, cmd.product_id)
    before = product_taxed(session, ctx, product.id)
    if "remedy" in cmd.model_fields_set:
        names, known = cmd.remedy, product.remedy_id
        product.remedy_id = named_remedy(session, ctx, names, known) if names else None
    for field in ("name", "hsn", "is_expiry_required", "note"):
        value = getattr(cmd, field)
        if value is not None:
            setattr(product, field, value)
    if cmd.constituents is not None:
        product.constituents = list(cmd.constituents)
    session.flush()
    rename_variants(session, ctx, product.id)
    renew_hsn_of_packs(session, ctx, product.id, before)
    emit(session, ctx, product.id, ProductUpdated(product_id=product.id))
    return Identified(id=product.id)


@command(
    "catalog.set_product_tax_class",
    permission="catalog.edit",
    rest="POST /products/{product_id}/tax-class",
)
def set_product_tax_class(
    session: Session, ctx: RequestContext, cmd: SetProductTaxClass
) -> Identified:
    """Tax a product by another class from the next sale on; posted documents stay.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
        UnknownTaxClass: There is no class of this code.
        InvalidInput: The rules propose another one, and no reason is given.

    Emits:
        catalog.product_updated.v1, in the same transaction.
    """
    product = _product(session, ctx, cmd.product_id)
    tax_class = tax_class_of(session, ctx, cmd.tax_class)
    facts = product_taxed(session, ctx, product.id).facts
    require_explained(session, ctx, facts, tax_class.code, ("reason", cmd.reason))
    product.tax_class_id = tax_class.id
    product.tax_reason = cmd.reason
    session.flush()
    emit(session, ctx, product.id, ProductUpdated(product_id=product.id))
    return Identified(id=product.id)


def _product(session: Session, ctx: RequestContext, product_id: UUID) -> Product:
    product = session.get(Product, (ctx.tenant_id, product_id))
    if product is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    return product
