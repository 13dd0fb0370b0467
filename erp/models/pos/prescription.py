"""Prescriptions that goods were sold on."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class Prescription(TenantRow, table=True):
    """The prescription of one sale, as the counter read it; never changed.

    Attributes:
        registration_no: Of the practitioner with their council.
        filled_at: When the goods were sold.
    """

    __tablename__ = "prescription"
    __table_args__ = (
        belongs_to("sale_id", "sale"),
        UniqueConstraint("tenant_id", "sale_id"),
        CheckConstraint(
            "doctor_name <> '' and registration_no <> '' and patient_name <> ''", name="named"
        ),
        Index("ix_prescription_list", "tenant_id", "id"),
    )

    sale_id: UUID
    doctor_name: str
    registration_no: str
    patient_name: str
    prescribed_on: date
    note: str = ""
    filled_at: datetime = Field(sa_type=INSTANT)
