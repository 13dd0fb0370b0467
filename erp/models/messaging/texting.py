"""Messages to phones: who we are with the operators and on WhatsApp, and who agreed to be reached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of
from erp.models.messaging.message import Channel


class SmsSender(TenantRow, table=True):
    """How a company is registered with the operators (DLT).

    Attributes:
        entity_id: The principal entity. header: the sender's name that phones show.
    """

    __tablename__ = "sms_sender"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id"),
        CheckConstraint("entity_id ~ '^[0-9]{8,25}$'", name="entity"),
        CheckConstraint("header ~ '^[A-Z0-9]{3,6}$'", name="header"),
    )

    company_id: UUID
    entity_id: str
    header: str
    user_id: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class WhatsAppSender(TenantRow, table=True):
    """The number that a company writes from on WhatsApp, and the language of its approved templates."""

    __tablename__ = "whatsapp_sender"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id"),
        CheckConstraint("number ~ '^[+][1-9][0-9]{7,14}$'", name="number"),
        CheckConstraint("language ~ '^[a-z]{2}(_[A-Z]{2})?$'", name="language"),
    )

    company_id: UUID
    number: str
    language: str
    user_id: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class ContactChoice(TenantRow, table=True):
    """Somebody agreed to be reached by a channel, or wants no more; the latest word holds, none is changed.

    Attributes:
        how: How we know, such as a signed form. address: the number that they agreed to be reached at.
    """

    __tablename__ = "contact_choice"
    __table_args__ = (
        belongs_to("party_id", "party"),
        one_of("channel", Channel),
        CheckConstraint("how <> ''", name="how"),
        Index("ix_contact_choice_party", "tenant_id", "party_id", "channel", "id"),
    )

    party_id: UUID
    channel: str
    is_agreed: bool
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    how: str
    user_id: UUID
    user_name: str
    chosen_at: datetime = created_at()
