"""From which day a company pays GST in which way; the days before keep what held."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index

from erp.models.base import TenantRow, belongs_to, created_at, one_of


class Scheme(StrEnum):
    """How a company pays GST. Source: CGST Act s.9, s.10."""

    REGULAR = "regular"
    COMPOSITION = "composition"


class Trade(StrEnum):
    """What a dealer by composition lives from; it decides the rate. Source: CGST Rules r.7."""

    TRADER = "trader"
    MANUFACTURER = "manufacturer"
    SERVICE = "service"
    """The option for services of s.10(2A)."""


class GstSchemeChange(TenantRow, table=True):
    """A company's scheme from a day on; never changed: a later row of the same day takes its place.

    Attributes:
        trade: Of a dealer by composition; empty otherwise.
        reason: Why, such as the form that told the portal (CMP-02, CMP-04).
    """

    __tablename__ = "gst_scheme_change"
    __table_args__ = (
        belongs_to("company_id", "company"),
        one_of("scheme", Scheme),
        CheckConstraint(
            "(scheme = 'composition') = (trade <> '')"
            " and trade in ('', 'trader', 'manufacturer', 'service')",
            name="trade",
        ),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("valid_from >= date '2017-07-01'", name="valid_from"),
        Index("ix_gst_scheme_change_day", "tenant_id", "company_id", "valid_from"),
    )

    company_id: UUID
    scheme: str
    trade: str = ""
    valid_from: date
    reason: str
    user_id: UUID
    recorded_at: datetime = created_at()
