"""Remedy -> product (brand, form) -> variant (potency, pack)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlmodel import Field

from erp.models.base import TenantRow, belongs_to, created_at, one_of, searched_words


class Form(StrEnum):
    """Dosage or trade form."""

    DILUTION = "dilution"
    MOTHER_TINCTURE = "mother_tincture"
    TRITURATION = "trituration"
    BIOCHEMIC = "biochemic"
    BIO_COMBINATION = "bio_combination"
    GLOBULES = "globules"
    DROPS = "drops"
    TABLETS = "tablets"
    SYRUP = "syrup"
    OINTMENT = "ointment"
    GEL = "gel"
    OIL = "oil"
    EYE_DROPS = "eye_drops"
    COSMETIC = "cosmetic"
    PACKAGING = "packaging"
    BOOK = "book"
    DEVICE = "device"
    KIT = "kit"
    SERVICE = "service"
    OTHER = "other"


class PotencyScale(StrEnum):
    """The series a potency belongs to. Source: Homoeopathic Pharmacopoeia of India."""

    MOTHER = "Q"
    """Mother tincture."""
    DECIMAL = "X"
    """One part in ten per step."""
    CENTESIMAL = "C"
    """One part in a hundred per step; M and CM are 1,000 and 100,000 C."""
    LM = "LM"
    """Fifty-millesimal."""
    NONE = "-"
    """Not potentised."""


class LicenceClass(StrEnum):
    """What it takes to sell a product. Source: domain rules 2.5."""

    HOMEOPATHIC = "homeopathic"
    """A homoeopathic medicine: retail under Form 20-C, wholesale under Form 20-D."""
    RESTRICTED = "restricted"
    """A scheduled one: sold on a prescription."""
    NARCOTIC = "narcotic"
    """Never more than the cap in one sale."""
    OPEN = "open"
    """No drug licence: cosmetics, packing, books, devices, services."""


def _family(table: str) -> tuple[Index | CheckConstraint | ForeignKeyConstraint, ...]:
    """Return what holds for a name that products share: known once, however it is typed."""
    return (
        CheckConstraint("name = btrim(regexp_replace(name, '\\s+', ' ', 'g'))", name="name"),
        CheckConstraint("merged_into_id is null or not is_active", name="merged"),
        CheckConstraint("merged_into_id <> id", name="into_another"),
        belongs_to("merged_into_id", table),
        Index(
            f"uq_{table}_name",
            "tenant_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("merged_into_id is null"),
        ),
    )


class Remedy(TenantRow, table=True):
    """A substance, under every name it is asked for by.

    Attributes:
        is_active: New products may be made of it.
        merged_into_id: The one that it was found to be; it has its products and names.
    """

    __tablename__ = "remedy"
    __table_args__ = _family("remedy")

    name: str
    synonyms: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    abbreviations: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    is_pharmacopoeial: bool = True
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    merged_into_id: UUID | None = None


class Brand(TenantRow, table=True):
    """Whose label a product carries.

    Attributes:
        is_active: New products may carry it.
        merged_into_id: The one that it was found to be; it has its products.
    """

    __tablename__ = "brand"
    __table_args__ = _family("brand")

    name: str
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    merged_into_id: UUID | None = None


class Product(TenantRow, table=True):
    """A brand's make of a remedy in one form, or an article that is not a remedy.

    Attributes:
        hsn: HSN or SAC, 4 to 8 digits.
        is_lot_tracked: Stock is kept per lot; always true for medicines.
        is_expiry_required: A lot must carry an expiry date.
        constituents: What it is made of, where that is more than its remedy.
        max_per_sale: Most base units in one sale; any number where there is none.
        max_per_day, max_per_month: Most base units for one customer in a day, in a calendar month.
        picture_version: Version of its picture it is shown with; none where there is none.
        tax_reason: Why a person taxed it otherwise than the rules propose.
    """

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", "brand_id", "form"),
        belongs_to("remedy_id", "remedy"),
        belongs_to("brand_id", "brand"),
        belongs_to("tax_class_id", "tax_class"),
        one_of("form", Form),
        CheckConstraint("hsn ~ '^[0-9]{4,8}$'", name="hsn"),
        one_of("licence_class", LicenceClass),
        CheckConstraint("max_per_sale > 0", name="max_per_sale"),
        CheckConstraint("least(max_per_day, max_per_month) > 0", name="max_per_customer"),
        CheckConstraint(
            "licence_class <> 'narcotic' or max_per_sale is not null", name="narcotic_cap"
        ),
    )

    name: str
    remedy_id: UUID | None = None
    brand_id: UUID
    form: str
    hsn: str
    tax_class_id: UUID
    is_lot_tracked: bool = True
    is_expiry_required: bool = True
    is_service: bool = False
    note: str = ""
    constituents: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"}
    )
    licence_class: str = Field(
        default=LicenceClass.HOMEOPATHIC,
        sa_column_kwargs={"server_default": LicenceClass.HOMEOPATHIC.value},
    )
    max_per_sale: int | None = None
    max_per_day: int | None = None
    max_per_month: int | None = None
    picture_version: int | None = None
    tax_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Variant(TenantRow, table=True):
    """What is bought, stocked and sold: a product in one potency and pack.

    Attributes:
        label: Full printable name, e.g. `Arnica Montana 30C dilution 30 ml SBL`.
        potency_rank: Orders potencies of a remedy from weakest dilution up.
        base_unit: UQC of the smallest unit that can be dispensed; stock counts these.
        search_text: Words a person may type to find it: names, synonyms, codes, potency.
        hsn, tax_class_id: Its own, where the pack decides; those of its product where there is none.
        tax_reason: Why a person taxed it otherwise than the rules propose.
    """

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sku"),
        belongs_to("product_id", "product"),
        one_of("potency_scale", PotencyScale),
        CheckConstraint("pack_quantity > 0", name="pack_quantity"),
        CheckConstraint("reorder_point >= 0", name="reorder_point"),
        belongs_to("tax_class_id", "tax_class"),
        CheckConstraint("hsn ~ '^[0-9]{4,8}$'", name="hsn"),
        CheckConstraint("tax_reason = '' or tax_class_id is not null", name="tax_reason"),
        Index(
            "uq_variant_pack",
            "tenant_id",
            "product_id",
            "potency_label",
            "pack_quantity",
            text("lower(pack_unit)"),
            unique=True,
        ),
        Index("ix_variant_label", "tenant_id", "label", "id"),
        Index("ix_variant_search", "search_vector", postgresql_using="gin"),
    )

    product_id: UUID
    sku: str
    label: str
    potency_scale: str = PotencyScale.NONE
    potency_number: int = 0
    potency_label: str = ""
    potency_rank: int = Field(default=0, sa_type=BigInteger)
    pack_quantity: int
    pack_unit: str
    base_unit: str
    reorder_point: int = 0
    is_active: bool = True
    hsn: str | None = None
    tax_class_id: UUID | None = None
    tax_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    search_text: str = ""
    search_vector: str | None = searched_words("sec.searched_as(search_text)")
    created_at: datetime = created_at()


class VariantUnit(TenantRow, table=True):
    """Another unit a variant is bought or sold in: `numerator / denominator` base units."""

    __tablename__ = "variant_unit"
    __table_args__ = (
        UniqueConstraint("tenant_id", "variant_id", "code"),
        belongs_to("variant_id", "variant"),
        CheckConstraint("numerator > 0 and denominator > 0", name="factor"),
    )

    variant_id: UUID
    code: str
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(default=1, sa_type=BigInteger)


class Barcode(TenantRow, table=True):
    """A code printed on a pack."""

    __tablename__ = "barcode"
    __table_args__ = (UniqueConstraint("tenant_id", "code"), belongs_to("variant_id", "variant"))

    variant_id: UUID
    code: str


class ProductSubstitute(TenantRow, table=True):
    """Two products of which a person said that either can stand in for the other.

    Attributes:
        product_id, other_id: The pair, the lesser id first, so that it is said once.
        needs_consent: The doctor who prescribed the one is asked before the other is given.
    """

    __tablename__ = "product_substitute"
    __table_args__ = (
        UniqueConstraint("tenant_id", "product_id", "other_id"),
        belongs_to("product_id", "product"),
        belongs_to("other_id", "product"),
        CheckConstraint("product_id < other_id", name="pair"),
        Index("ix_product_substitute_other", "tenant_id", "other_id"),
    )

    product_id: UUID
    other_id: UUID
    reason: str
    needs_consent: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    linked_by: UUID
    linked_at: datetime = created_at()
