"""What happened to the catalogue, for other domains."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class ProductCreated(DomainEvent):
    """A product entered the catalogue."""

    name: ClassVar[str] = "catalog.product_created.v1"

    product_id: UUID


class VariantCreated(DomainEvent):
    """A potency and pack of a product entered the catalogue."""

    name: ClassVar[str] = "catalog.variant_created.v1"

    variant_id: UUID
    product_id: UUID
    sku: str


class ProductGained(DomainEvent):
    """A product has another potency or pack; the aggregate is the product."""

    name: ClassVar[str] = "catalog.variant_added.v1"

    product_id: UUID
    variant_id: UUID


class ProductUpdated(DomainEvent):
    """A product's names, code or tax changed."""

    name: ClassVar[str] = "catalog.product_updated.v1"

    product_id: UUID


class RemedyUpdated(DomainEvent):
    """A remedy's names, its pharmacopoeia or whether it is in use changed."""

    name: ClassVar[str] = "catalog.remedy_updated.v1"

    remedy_id: UUID


class RemedyMerged(DomainEvent):
    """A remedy is another one now; told of both."""

    name: ClassVar[str] = "catalog.remedy_merged.v1"

    remedy_id: UUID
    into_id: UUID


class BrandUpdated(DomainEvent):
    """A brand's name or whether it is in use changed."""

    name: ClassVar[str] = "catalog.brand_updated.v1"

    brand_id: UUID


class BrandMerged(DomainEvent):
    """A brand is another one now; told of both."""

    name: ClassVar[str] = "catalog.brand_merged.v1"

    brand_id: UUID
    into_id: UUID


class VariantStatusChanged(DomainEvent):
    """A variant left trade or came back."""

    name: ClassVar[str] = "catalog.variant_status_changed.v1"

    variant_id: UUID
    is_active: bool


class TaxRateSet(DomainEvent):
    """A tax class has a new rate from a day on."""

    name: ClassVar[str] = "catalog.tax_rate_set.v1"

    tax_class_id: UUID
    valid_from: date
    rate: Decimal


class MakerListApplied(DomainEvent):
    """The prices of a maker's list hold from a day on."""

    name: ClassVar[str] = "catalog.maker_list_applied.v1"

    maker_list_id: UUID
    valid_from: date
    prices: int
