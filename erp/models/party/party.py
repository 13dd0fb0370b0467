"""One party in any number of roles."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import MONEY, TenantRow, belongs_to, created_at, one_of, searched_words


class PartyKind(StrEnum):
    """What sort of customer a party is; decides its price list by default."""

    WALK_IN = "walk_in"
    PATIENT = "patient"
    DOCTOR = "doctor"
    CLINIC = "clinic"
    RETAILER = "retailer"
    DISTRIBUTOR = "distributor"
    HOSPITAL = "hospital"
    INSTITUTION = "institution"
    SEZ_UNIT = "sez_unit"
    MANUFACTURER = "manufacturer"
    IMPORTER = "importer"
    PACKAGING = "packaging"
    TRANSPORTER = "transporter"
    OTHER = "other"


class LicenceForm(StrEnum):
    """The form of a drug licence.

    Source: Drugs Rules 1945, rules 67-A, 67-C and 85-D: homoeopathic medicines are sold by retail on
    Form 20-C, by wholesale on Form 20-D and made on Form 25-C. OTHER stands for licences of other medicines.
    """

    RETAIL = "20-C"
    WHOLESALE = "20-D"
    MAKER = "25-C"
    OTHER = "other"


class GstCategory(StrEnum):
    """How a party is registered for GST."""

    UNREGISTERED = "unregistered"
    REGULAR = "regular"
    COMPOSITION = "composition"
    SEZ = "sez"


class PartyRoleName(StrEnum):
    """A relation in which we stand to a party."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    PATIENT = "patient"
    DOCTOR = "doctor"
    MANUFACTURER = "manufacturer"


class Party(TenantRow, table=True):
    """A person or organisation, with its registrations, address and terms.

    Attributes:
        code: Short unique name used on lists and imports.
        search_text: Words a person may type to find it: name, code, phone, GSTIN, city.
    """

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        one_of("kind", PartyKind),
        one_of("gst_category", GstCategory),
        one_of("drug_licence_form", LicenceForm),
        CheckConstraint(
            "drug_licence_form is null or drug_licence_no is not null",
            name="licence_form_of_number",
        ),
        CheckConstraint("gstin is null or gstin ~ '^[0-9]{2}[A-Z0-9]{13}$'", name="gstin"),
        CheckConstraint("credit_limit >= 0 and credit_days >= 0", name="credit"),
        Index("ix_party_phone", "tenant_id", "phone"),
        Index("ix_party_name", "tenant_id", "name", "id"),
        Index("ix_party_search", "search_vector", postgresql_using="gin"),
    )

    code: str
    name: str
    kind: str
    gst_category: str = GstCategory.UNREGISTERED
    gstin: str | None = None
    pan: str | None = None
    state_code: str
    address: str = ""
    city: str = ""
    pin: str = ""
    phone: str = ""
    email: str = ""
    price_list: str = "RETAIL_MRP"
    credit_days: int = 0
    credit_limit: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    drug_licence_no: str | None = None
    drug_licence_form: str | None = None
    drug_licence_expires_on: date | None = None
    birth_on: date | None = None
    sex: str | None = None
    note: str = ""
    is_active: bool = True
    search_text: str = ""
    search_vector: str | None = searched_words()
    created_at: datetime = created_at()


class PartyRole(SQLModel, table=True):
    """A role held by a party."""

    __tablename__ = "party_role"
    __table_args__ = (
        belongs_to("party_id", "party"),
        one_of("role", PartyRoleName),
        Index("ix_party_role_role", "tenant_id", "role"),
    )

    tenant_id: UUID = Field(primary_key=True)
    party_id: UUID = Field(primary_key=True)
    role: str = Field(primary_key=True)
