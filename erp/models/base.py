"""What every table shares: names of constraints, tenant keys, column types."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Numeric,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel

from erp.core.ids import new_id

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Rows are not validated by their models; a tenth of a process's memory goes without the validators.
SQLModel.model_config["defer_build"] = True
metadata = SQLModel.metadata

MONEY = Numeric(18, 2)
UNIT_PRICE = Numeric(18, 4)
PERCENT = Numeric(7, 4)
INSTANT = DateTime(timezone=True)
QUANTITY = BigInteger
COUNT_OF_UNITS = Numeric(18, 6)
"""A quantity in a trade unit, which may be broken; base units are whole."""

Money = Annotated[Decimal, Field(sa_type=MONEY)]
Json = Annotated[dict[str, Any], Field(sa_type=JSONB)]


class TenantRow(SQLModel):
    """A row owned by one tenant; its key leads with the tenant."""

    tenant_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True, default_factory=new_id)


def created_at() -> Any:  # noqa: ANN401  SQLModel's Field is untyped by design
    """Return the column of the instant a row was recorded, given by the database."""
    return Field(
        default=None,
        sa_type=INSTANT,
        nullable=False,
        sa_column_kwargs={"server_default": text("now()")},
    )


def searched_words(by: str = "to_tsvector('simple', search_text)") -> Any:  # noqa: ANN401  SQLModel's Field is untyped by design
    """Return the column text search looks at: the words of `search_text`, kept by the database.

    Stored, so that even a plan made on stale statistics splits no text into words.
    """
    words = Computed(by, persisted=True)
    return Field(default=None, sa_column=Column(TSVECTOR, words, nullable=False))


def belongs_to(
    column: str, table: str, target: str = "id", *, ondelete: str | None = None
) -> ForeignKeyConstraint:
    """Return a foreign key that cannot cross tenants."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.{target}"], ondelete=ondelete
    )


def one_of(column: str, values: type) -> CheckConstraint:
    """Return the check that a column holds a member of a `StrEnum`."""
    members = ", ".join(f"'{member.value}'" for member in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} in ({members})", name=column)


def utc(value: datetime) -> datetime:
    """Return an aware instant unchanged; a naive one is a bug."""
    if value.tzinfo is None:
        msg = "A naive datetime reached the models."
        raise ValueError(msg)
    return value
