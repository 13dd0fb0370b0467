"""Stock counts: which lots are counted, what was found, and every recording of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class CountStatus(StrEnum):
    """How far a count is."""

    OPEN = "open"
    """Lots are being counted."""
    SUBMITTED = "submitted"
    """Every lot is counted or spoken for; someone else looks at the differences."""
    APPROVED = "approved"
    """The differences are posted."""
    CANCELLED = "cancelled"
    """Given up; nothing was posted."""


class CountLineStatus(StrEnum):
    """What is known of a lot on a count."""

    WAITING = "waiting"
    """Not counted yet."""
    COUNTED = "counted"
    RECOUNT = "recount"
    """Was counted, and shall be once more."""
    LEFT = "left"
    """Declared not counted; its stock is left alone."""


class CountSource(StrEnum):
    """How a recording came about."""

    TYPED = "typed"
    SCANNED = "scanned"
    DECLARED = "declared"
    """Said to be zero when the count was submitted."""


class StockCount(TenantRow, table=True):
    """Lots of one place that are compared with the shelf, while sales go on.

    Attributes:
        products: How many products it was narrowed to; none stands for all.
        brand_id, expires_before, abc, is_due: What else it was narrowed to.
        is_blind: Who counts sees neither book nor difference until it is approved.
        gained, lost: Cost of what was posted; none until then.
    """

    __tablename__ = "stock_count"
    __table_args__ = (
        belongs_to("location_id", "location"),
        belongs_to("brand_id", "brand"),
        UniqueConstraint("tenant_id", "number"),
        one_of("status", CountStatus),
        CheckConstraint("abc in ('A', 'B', 'C')", name="abc"),
        CheckConstraint(
            "(status = 'approved') = (gained is not null and lost is not null)", name="posted"
        ),
        CheckConstraint(
            "(status in ('approved', 'cancelled')) = (closed_at is not null)", name="closed"
        ),
        Index("ix_stock_count_location", "tenant_id", "location_id", "id"),
    )

    number: str
    location_id: UUID
    products: int | None = None
    brand_id: UUID | None = None
    expires_before: date | None = None
    abc: str | None = None
    is_due: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_blind: bool
    note: str = ""
    status: str = CountStatus.OPEN
    started_at: datetime = Field(sa_type=INSTANT)
    started_by: UUID
    submitted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    submitted_by: UUID | None = None
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_by: UUID | None = None
    gained: Decimal | None = Field(default=None, sa_type=MONEY)
    lost: Decimal | None = Field(default=None, sa_type=MONEY)


class StockCountLine(TenantRow, table=True):
    """A lot on a count, as last recorded.

    Attributes:
        is_open: The count is not closed; of one lot in one place at most one line is.
        counted: Base units found. book: units on hand at the instant they were recorded.
        recounts: How often it was sent back.
        is_same_counter: It was counted again, and only by the person who counted before.
        has_moved: Stock moved between scans that were added up.
        is_added: The count did not expect the lot.
        value: Cost of the difference as posted; below zero for a loss.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (
        belongs_to("count_id", "stock_count"),
        belongs_to("location_id", "location"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        UniqueConstraint("tenant_id", "count_id", "lot_id"),
        one_of("status", CountLineStatus),
        CheckConstraint(
            "(status = 'counted') = (counted is not null and book is not null"
            " and counted_at is not null and counted_by is not null)",
            name="counted",
        ),
        CheckConstraint("counted >= 0 and book >= 0 and recounts >= 0", name="units"),
        Index(
            "uq_stock_count_line_open_lot",
            "tenant_id",
            "location_id",
            "lot_id",
            unique=True,
            postgresql_where=text("is_open"),
        ),
    )

    count_id: UUID
    location_id: UUID
    variant_id: UUID
    lot_id: UUID
    is_open: bool = True
    status: str = CountLineStatus.WAITING
    counted: int | None = Field(default=None, sa_type=BigInteger)
    book: int | None = Field(default=None, sa_type=BigInteger)
    counted_at: datetime | None = Field(default=None, sa_type=INSTANT)
    counted_by: UUID | None = None
    recounts: int = 0
    is_same_counter: bool = False
    has_moved: bool = False
    is_added: bool = False
    value: Decimal | None = Field(default=None, sa_type=MONEY)


class StockCountRecording(TenantRow, table=True):
    """What somebody counted of a lot, and what the books said that instant; never changed.

    Attributes:
        recounts: How often the line had been sent back by then.
    """

    __tablename__ = "stock_count_recording"
    __table_args__ = (
        belongs_to("line_id", "stock_count_line"),
        one_of("source", CountSource),
        CheckConstraint("counted >= 0 and book >= 0", name="units"),
        Index("ix_stock_count_recording_line", "tenant_id", "line_id", "id"),
    )

    line_id: UUID
    counted: int = Field(sa_type=BigInteger)
    book: int = Field(sa_type=BigInteger)
    recounts: int
    source: str
    recorded_at: datetime = Field(sa_type=INSTANT)
    user_id: UUID


class CountInterval(TenantRow, table=True):
    """How often goods of a value class are counted: `days` pass between two counts at most."""

    __tablename__ = "count_interval"
    __table_args__ = (
        UniqueConstraint("tenant_id", "abc"),
        CheckConstraint("abc in ('A', 'B', 'C')", name="abc"),
        CheckConstraint("days between 1 and 730", name="days"),
    )

    abc: str
    days: int
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)
