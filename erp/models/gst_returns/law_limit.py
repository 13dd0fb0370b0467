"""A limit of the law that was notified after this product was made, or that it has not."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import MONEY, TenantRow, created_at, one_of


class LimitKind(StrEnum):
    """What a limit decides."""

    B2CL = "b2cl"
    """Invoice value above which a supply to another state's unregistered buyer stands by itself."""
    E_INVOICE = "e_invoice"
    """Turnover of a year above which invoices need the portal's number."""
    HSN_DIGITS = "hsn_digits"
    """Turnover of a year above which HSN codes have six digits."""
    E_WAY_BILL = "e_way_bill"
    """Value of a consignment above which goods need a way bill."""
    GST_RATE = "gst_rate"
    """A rate of tax, in percent, that exists from the day on."""
    RATE_ENDED = "rate_ended"
    """A rate of tax, in percent, that exists no more from the day on."""
    COMPOSITION_LIMIT = "composition_limit"
    """Turnover of a year above which nobody pays by composition."""
    COMPOSITION_SERVICE_LIMIT = "composition_service_limit"
    """The same under the option for services."""
    COMPOSITION_TRADER = "composition_trader"
    """Percent of turnover that a trader pays by composition, both halves together."""
    COMPOSITION_MANUFACTURER = "composition_manufacturer"
    """The same of a manufacturer."""
    COMPOSITION_SERVICE = "composition_service"
    """The same of who gives services."""


class LawLimitRow(TenantRow, table=True):
    """An amount that holds from a day on; never changed: a later row of the same day takes its place.

    Attributes:
        state: The state's code where it holds in one alone; empty for the country.
        source: The notification that says so.
    """

    __tablename__ = "law_limit"
    __table_args__ = (
        one_of("kind", LimitKind),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("state ~ '^([0-9]{2})?$'", name="state"),
        CheckConstraint("source <> ''", name="source"),
        CheckConstraint("valid_from >= date '2017-07-01'", name="valid_from"),
        Index("ix_law_limit_kind", "tenant_id", "kind", "state", "valid_from"),
    )

    kind: str
    state: str = ""
    valid_from: date
    amount: Decimal = Field(sa_type=MONEY)
    source: str
    user_id: UUID
    recorded_at: datetime = created_at()
