"""Price lists: dated rules for prices and free goods, only ever added to."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, UniqueConstraint, Uuid
from sqlmodel import Field

from erp.models.base import (
    INSTANT,
    PERCENT,
    UNIT_PRICE,
    TenantRow,
    belongs_to,
    created_at,
    one_of,
)

ALL_GOODS = UUID(int=0)
"""Target of a rule that names no goods."""

_TARGET = f"coalesce(lot_id, variant_id, product_id, brand_id, '{ALL_GOODS}'::uuid)"


class Audience(StrEnum):
    """Whom a list is for, the closest first: the first list with a price decides."""

    CUSTOMER = "customer"
    """One customer: a contract."""
    ASSIGNED = "assigned"
    """Customers whose record names the list."""
    KIND = "kind"
    """Customers of a kind."""
    EVERYONE = "everyone"


class PriceMode(StrEnum):
    """Whether the fixed prices of a list hold the tax."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class RuleKind(StrEnum):
    """What a rule gives."""

    PRICE = "price"
    SCHEME = "scheme"
    """Whole units free with paid ones, as 10 + 1."""


class Basis(StrEnum):
    """What a price is worked out from."""

    FIXED = "fixed"
    MRP = "mrp"
    PTR = "ptr"
    PTS = "pts"
    COST = "cost"
    NONE = "none"
    """No price: a scheme, or the end of the rules before it."""


class PriceList(TenantRow, table=True):
    """Prices and schemes for some customers.

    Attributes:
        party_id, party_kind: Whom it is for, by its audience.
        valid_from, valid_until: First and last day on which any of its rules hold.
    """

    __tablename__ = "price_list"
    __table_args__ = (
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "code"),
        one_of("audience", Audience),
        one_of("price_mode", PriceMode),
        CheckConstraint("(audience = 'customer') = (party_id is not null)", name="customer"),
        CheckConstraint("(audience = 'kind') = (party_kind is not null)", name="kind"),
        CheckConstraint("valid_until >= valid_from", name="dates"),
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{0,19}$'", name="code"),
        Index("ix_price_list_party", "tenant_id", "party_id"),
    )

    code: str
    name: str
    audience: str
    party_id: UUID | None = None
    party_kind: str | None = None
    price_mode: str
    valid_from: date
    valid_until: date | None = None
    is_active: bool = True
    created_at: datetime = created_at()


class PriceRule(TenantRow, table=True):
    """A price or a scheme for a lot, a variant, a product, a brand, or for all goods.

    A rule is never changed. Of those for the same goods and `min_quantity`, the one that starts last
    holds, and of two of one day the later recorded; one that gives nothing ends those before it.

    Attributes:
        target_id: The one of lot, variant, product and brand that is named, or `ALL_GOODS`.
        min_quantity: Base units in the whole cart from which on the rule holds: of its goods for a price, of the
            variant for a scheme.
        amount: Fixed price of a base unit. percent: what is added to the basis, or taken off.
        round_to: Step that the price is rounded to, half up; null for none.
        free_quantity: Units that come free with `min_quantity` paid ones; null ends a scheme.
        free_variant_id: What comes free where it is not the same.
        repeats: Whether every further `min_quantity` brings free units again.
    """

    __tablename__ = "price_rule"
    __table_args__ = (
        belongs_to("list_id", "price_list"),
        belongs_to("lot_id", "lot"),
        belongs_to("variant_id", "variant"),
        belongs_to("product_id", "product"),
        belongs_to("brand_id", "brand"),
        belongs_to("free_variant_id", "variant"),
        one_of("kind", RuleKind),
        one_of("basis", Basis),
        CheckConstraint("num_nonnulls(lot_id, variant_id, product_id, brand_id) <= 1", name="target"),
        CheckConstraint("min_quantity > 0", name="min_quantity"),
        CheckConstraint("valid_until >= valid_from", name="dates"),
        CheckConstraint("(basis = 'fixed') = (amount is not null)", name="fixed"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("percent between -100 and 1000", name="percent"),
        CheckConstraint("round_to > 0", name="round_to"),
        CheckConstraint("kind = 'scheme' or free_quantity is null", name="price"),
        CheckConstraint("kind = 'price' or basis = 'none'", name="scheme"),
        CheckConstraint("free_quantity > 0", name="free_quantity"),
        CheckConstraint("free_variant_id is null or free_quantity is not null", name="free_variant"),
        Index("ix_price_rule_target", "tenant_id", "list_id", "target_id"),
    )  # fmt: skip

    list_id: UUID
    kind: str
    lot_id: UUID | None = None
    variant_id: UUID | None = None
    product_id: UUID | None = None
    brand_id: UUID | None = None
    target_id: UUID | None = Field(
        default=None,
        sa_column=Column(Uuid, Computed(_TARGET, persisted=True), nullable=False),
    )
    min_quantity: int = Field(default=1, sa_type=BigInteger)
    basis: str
    amount: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    percent: Decimal = Field(default=Decimal(0), sa_type=PERCENT)
    round_to: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    free_quantity: int | None = Field(default=None, sa_type=BigInteger)
    free_variant_id: UUID | None = None
    repeats: bool = True
    valid_from: date
    valid_until: date | None = None
    reason: str = ""
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)
