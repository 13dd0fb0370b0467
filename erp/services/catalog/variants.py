"""Variants: a product in one potency and pack, made when it is first traded."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Barcode, Brand, Form, Product, Remedy, Variant, VariantUnit
from erp.services.catalog.errors import BadBarcode, UnknownProduct
from erp.services.catalog.events import ProductGained, VariantCreated, VariantStatusChanged
from erp.services.catalog.naming import LONGEST_SKU, Named, label_of, search_text_of, sku_of
from erp.services.catalog.packing import measure_of, usual_unit
from erp.services.catalog.potency import Potency, read_potency
from erp.services.catalog.scanning import check_barcode
from erp.services.catalog.tax_facts import product_taxed
from erp.services.platform import Command, Identified, Quantity, Result, ShortText, command, emit


def _upper(value: str) -> str:
    return value.upper()


Sku = Annotated[
    str,
    Field(max_length=LONGEST_SKU, pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$"),
    AfterValidator(_upper),
]
Code = Annotated[str, Field(min_length=4, max_length=48, pattern=r"^[\x21-\x7e]+$")]
Uqc = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
"""Unit code of the GST portal, e.g. `BTL`."""


class CreateVariant(Command):
    """Add a potency and pack of a product, unless it is there already.

    Attributes:
        potency: As on the label, e.g. `30C` or `1M`; empty where there is none.
        pack_quantity, pack_unit: The pack as printed, e.g. 30 and `ml`.
        base_unit: Unit code of the smallest unit that can be dispensed; stock counts these. That
            of the product's other variants, else the usual one of its form, where none is given.
        sku: Made from brand, remedy, potency and pack where none is given.
    """

    product_id: UUID
    potency: Annotated[str, Field(max_length=20)] = ""
    pack_quantity: Quantity
    pack_unit: ShortText
    base_unit: Uqc | None = None
    sku: Sku | None = None
    barcodes: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    reorder_point: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class VariantMade(Result):
    """The variant, and whether it is new.

    Attributes:
        hsn: Its own, where the pack decides; none where it has that of its product.
    """

    id: UUID
    sku: str
    label: str
    hsn: str | None
    is_new: bool


class UpdateVariant(Command):
    """Change a variant; what is left out stays as it is."""

    variant_id: UUID
    sku: Sku | None = None
    reorder_point: Annotated[int, Field(ge=0, le=10_000_000)] | None = None


class SetVariantStatus(Command):
    """Take a variant out of trade, or back into it."""

    variant_id: UUID
    is_active: bool


class AddBarcode(Command):
    """Let a variant be found by a code on its pack."""

    variant_id: UUID
    code: Code


class RemoveBarcode(Command):
    """Forget a code."""

    variant_id: UUID
    code: Code


class DefineUnit(Command):
    """Trade a variant in another unit: one is `numerator / denominator` base units."""

    variant_id: UUID
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9 ]{0,19}$")]
    numerator: Quantity
    denominator: Quantity = 1


@command(
    "catalog.create_variant", permission="catalog.edit", rest="POST /products/{product_id}/variants"
)
def create_variant(session: Session, ctx: RequestContext, cmd: CreateVariant) -> VariantMade:
    """Add a variant, or return the one of this potency and pack that is there.

    It takes form and tax from its product, and the HSN unless the rules give its pack one of its
    own. Two who add the same at once get the same one:
    the product is locked.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
        BadPotency: The potency cannot be read.
        BadBarcode: A barcode's check digit is wrong.
        Conflict: The SKU or a barcode is taken.

    Emits:
        catalog.variant_created.v1, in the same transaction, where it is new.
    """
    potency = read_potency(cmd.potency)
    cmd = cmd.model_copy(update={"pack_unit": measure_of(cmd.pack_unit)})
    session.get(Product, (ctx.tenant_id, cmd.product_id), with_for_update={"key_share": True})
    named = _named(session, ctx, cmd.product_id, potency, cmd)
    existing = _find(session, ctx, cmd, potency)
    if existing is not None:
        return _made(existing, is_new=False)
    sku = cmd.sku or _free_sku(session, ctx, sku_of(named))
    variant = Variant(
        tenant_id=ctx.tenant_id,
        product_id=cmd.product_id,
        sku=sku,
        label=label_of(named),
        potency_scale=potency.scale,
        potency_number=potency.number,
        potency_label=potency.label,
        potency_rank=potency.rank,
        pack_quantity=cmd.pack_quantity,
        pack_unit=cmd.pack_unit,
        hsn=product_taxed(session, ctx, cmd.product_id).hsn_of((cmd.pack_quantity, cmd.pack_unit)),
        base_unit=cmd.base_unit or _usual_unit(session, ctx, cmd, Form(named.form)),
        reorder_point=cmd.reorder_point,
        search_text=search_text_of(replace(named, codes=(sku,))),
    )
    session.add(variant)
    session.flush()
    _add_codes(session, ctx, variant.id, cmd.barcodes)
    event = VariantCreated(variant_id=variant.id, product_id=cmd.product_id, sku=sku)
    emit(session, ctx, variant.id, event)
    gained = ProductGained(product_id=cmd.product_id, variant_id=variant.id)
    emit(session, ctx, cmd.product_id, gained)
    return _made(variant, is_new=True)


@command("catalog.update_variant", permission="catalog.edit", rest="PATCH /variants/{variant_id}")
def update_variant(session: Session, ctx: RequestContext, cmd: UpdateVariant) -> Identified:
    """Change a variant's SKU or reorder point.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
        Conflict: The SKU is taken.
    """
    variant = _variant(session, ctx, cmd.variant_id)
    if cmd.reorder_point is not None:
        variant.reorder_point = cmd.reorder_point
    if cmd.sku is not None:
        variant.sku = cmd.sku
        session.flush()
        rename_variants(session, ctx, variant.product_id)
    return Identified(id=variant.id)


@command(
    "catalog.set_variant_status",
    permission="catalog.edit",
    rest="POST /variants/{variant_id}/status",
)
def set_variant_status(session: Session, ctx: RequestContext, cmd: SetVariantStatus) -> Identified:
    """Take a variant out of trade or back; its stock and history stay.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.

    Emits:
        catalog.variant_status_changed.v1, in the same transaction.
    """
    variant = _variant(session, ctx, cmd.variant_id)
    variant.is_active = cmd.is_active
    event = VariantStatusChanged(variant_id=variant.id, is_active=cmd.is_active)
    emit(session, ctx, variant.id, event)
    return Identified(id=variant.id)


@command(
    "catalog.add_barcode", permission="catalog.edit", rest="POST /variants/{variant_id}/barcodes"
)
def add_barcode(session: Session, ctx: RequestContext, cmd: AddBarcode) -> Identified:
    """Add a code by which the variant is scanned.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
        BadBarcode: The check digit is wrong.
        Conflict: The code belongs to another variant.
    """
    variant = _variant(session, ctx, cmd.variant_id)
    _add_codes(session, ctx, variant.id, [cmd.code])
    return Identified(id=variant.id)


@command(
    "catalog.remove_barcode",
    permission="catalog.edit",
    rest="POST /variants/{variant_id}/barcodes/remove",
)
def remove_barcode(session: Session, ctx: RequestContext, cmd: RemoveBarcode) -> Identified:
    """Forget a code of the variant.

    Raises:
        BadBarcode: The variant has no such code.
    """
    removed = session.scalars(
        delete(Barcode)
        .where(
            col(Barcode.tenant_id) == ctx.tenant_id,
            col(Barcode.variant_id) == cmd.variant_id,
            col(Barcode.code) == cmd.code,
        )
        .returning(col(Barcode.id))
    ).all()
    if not removed:
        message = "This product has no such barcode."
        raise BadBarcode(message, fields={"code": message})
    return Identified(id=cmd.variant_id)


@command("catalog.define_unit", permission="catalog.edit", rest="POST /variants/{variant_id}/units")
def define_unit(session: Session, ctx: RequestContext, cmd: DefineUnit) -> Identified:
    """Add a unit the variant is bought or sold in, by an exact fraction of base units.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
        InvalidInput: The code is the base unit's.
        Conflict: The unit is defined already.
    """
    variant = _variant(session, ctx, cmd.variant_id)
    if cmd.code == variant.base_unit:
        message = "This is the base unit already."
        raise InvalidInput(message, fields={"code": message})
    session.add(
        VariantUnit(
            tenant_id=ctx.tenant_id,
            variant_id=variant.id,
            code=cmd.code,
            numerator=cmd.numerator,
            denominator=cmd.denominator,
        )
    )
    return Identified(id=variant.id)


def rename_variants(session: Session, ctx: RequestContext, product_id: UUID) -> None:
    """Write labels and search words of a product's variants anew."""
    variants = session.scalars(
        select(Variant).where(
            col(Variant.tenant_id) == ctx.tenant_id, col(Variant.product_id) == product_id
        )
    )
    for variant in variants.all():
        potency = read_potency(variant.potency_label)
        named = _named(session, ctx, product_id, potency, variant)
        variant.label = label_of(named)
        variant.search_text = search_text_of(replace(named, codes=(variant.sku,)))


def rename_products_of(session: Session, ctx: RequestContext, remedy_id: UUID) -> None:
    """Write those of all products of a remedy anew, which share its names."""
    _rename_all(session, ctx, col(Product.remedy_id) == remedy_id)


def rename_products_under(session: Session, ctx: RequestContext, brand_id: UUID) -> None:
    """Write those of all products of a brand anew, which carry its name."""
    _rename_all(session, ctx, col(Product.brand_id) == brand_id)


def _rename_all(session: Session, ctx: RequestContext, of_it: ColumnElement[bool]) -> None:
    products = select(col(Product.id)).where(col(Product.tenant_id) == ctx.tenant_id, of_it)
    for product_id in session.scalars(products).all():
        rename_variants(session, ctx, product_id)


def _named(
    session: Session,
    ctx: RequestContext,
    product_id: UUID,
    potency: Potency,
    pack: CreateVariant | Variant,
) -> Named:
    row = session.execute(
        select(Product, Brand, Remedy)
        .join(
            Brand,
            (col(Brand.tenant_id) == col(Product.tenant_id))
            & (col(Brand.id) == col(Product.brand_id)),
        )
        .outerjoin(
            Remedy,
            (col(Remedy.tenant_id) == col(Product.tenant_id))
            & (col(Remedy.id) == col(Product.remedy_id)),
        )
        .where(col(Product.tenant_id) == ctx.tenant_id, col(Product.id) == product_id)
    ).one_or_none()
    if row is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    product, brand, remedy = row
    others = (remedy.name, *remedy.synonyms, *remedy.abbreviations) if remedy else ()
    return Named(
        product.name, brand.name, product.form, potency, pack.pack_quantity, pack.pack_unit, others
    )


def _made(variant: Variant, *, is_new: bool) -> VariantMade:
    return VariantMade(
        id=variant.id, sku=variant.sku, label=variant.label, hsn=variant.hsn, is_new=is_new
    )


def _find(
    session: Session, ctx: RequestContext, cmd: CreateVariant, potency: Potency
) -> Variant | None:
    return session.scalars(
        select(Variant).where(
            col(Variant.tenant_id) == ctx.tenant_id,
            col(Variant.product_id) == cmd.product_id,
            col(Variant.potency_label) == potency.label,
            col(Variant.pack_quantity) == cmd.pack_quantity,
            func.lower(col(Variant.pack_unit)) == cmd.pack_unit.lower(),
        )
    ).first()


def _usual_unit(session: Session, ctx: RequestContext, cmd: CreateVariant, form: Form) -> str:
    """Return the unit that counts the product's newest variant, a pack alike before others."""
    known = session.scalars(
        select(col(Variant.base_unit))
        .where(col(Variant.tenant_id) == ctx.tenant_id, col(Variant.product_id) == cmd.product_id)
        .order_by((col(Variant.pack_unit) == cmd.pack_unit).desc(), col(Variant.created_at).desc())
        .limit(1)
    ).first()
    return known or usual_unit(form)


def _free_sku(session: Session, ctx: RequestContext, wanted: str) -> str:
    """Return the SKU, numbered if it is taken by a product of a similar name."""
    taken = session.scalar(
        select(func.count())
        .select_from(Variant)
        .where(
            col(Variant.tenant_id) == ctx.tenant_id,
            col(Variant.sku).startswith(wanted[: LONGEST_SKU - 3], autoescape=True),
        )
    )
    return f"{wanted[: LONGEST_SKU - 3]}-{taken + 1}" if taken else wanted


def _variant(session: Session, ctx: RequestContext, variant_id: UUID) -> Variant:
    variant = session.get(Variant, (ctx.tenant_id, variant_id))
    if variant is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"variant_id": message})
    return variant


def _add_codes(
    session: Session, ctx: RequestContext, variant_id: UUID, codes: Sequence[str]
) -> None:
    session.add_all(
        Barcode(tenant_id=ctx.tenant_id, variant_id=variant_id, code=check_barcode(code))
        for code in dict.fromkeys(codes)
    )
    session.flush()
