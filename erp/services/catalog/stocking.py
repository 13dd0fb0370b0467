"""What stock needs to know of a variant: tracking and units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.quantity import unit_factor
from erp.services.catalog.errors import NotStocked, UnknownProduct, UnknownUnit


@dataclass(frozen=True, slots=True)
class StockVariant:
    """A variant as goods.

    Attributes:
        units: Base units in one of each unit it is traded in; the base unit counts one.
    """

    id: UUID
    label: str
    base_unit: str
    is_lot_tracked: bool
    is_expiry_required: bool
    units: Mapping[str, Fraction]

    def factor(self, unit: str) -> Fraction:
        """Return the base units in a unit; no name means the base unit.

        Raises:
            UnknownUnit: The variant is not traded in it.
        """
        return factor_of(self.label, self.units, unit)


def factor_of(label: str, units: Mapping[str, Fraction], unit: str) -> Fraction:
    """Return the base units in a unit of goods.

    Raises:
        UnknownUnit: They are not traded in it.
    """
    if unit not in units:
        known = ", ".join(name for name in units if name)
        raise UnknownUnit(f"{label} has no unit {unit}. Use one of: {known}.")
    return units[unit]


def all_units(base_unit: str, others: Mapping[str, Sequence[int]]) -> Mapping[str, Fraction]:
    """Return the base units in each unit: of none and the base unit one, of others as defined."""
    one = Fraction(1)
    return {"": one, base_unit: one} | {code: unit_factor(*of) for code, of in others.items()}


def get_stock_variants(
    session: Session, ctx: RequestContext, ids: Sequence[UUID]
) -> Mapping[UUID, StockVariant]:
    """Return variants with their units; `ids` stand in the order of the document's lines.

    Raises:
        UnknownProduct: A variant is not in the acting tenant; names `lines.N.variant_id`.
        NotStocked: A variant is a service.
    """
    rows = db.fetch_all(
        session,
        """
        select v.id, v.label, v.base_unit, p.is_lot_tracked, p.is_expiry_required, p.is_service,
               coalesce(json_object_agg(u.code, array[u.numerator, u.denominator])
                        filter (where u.code is not null), '{}') as units
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          left join variant_unit u on u.tenant_id = v.tenant_id and u.variant_id = v.id
         where v.tenant_id = %s and v.id = any(%s)
         group by v.tenant_id, v.id, p.tenant_id, p.id
        """,
        (ctx.tenant_id, list(dict.fromkeys(ids))),
    )
    found = {}
    for row in rows:
        if row.pop("is_service"):
            message = f"{row['label']} is a service and has no stock."
            at = f"lines.{ids.index(row['id'])}.variant_id"
            raise NotStocked(message, fields={at: message})
        found[row["id"]] = StockVariant(
            **row | {"units": all_units(row["base_unit"], row["units"])}
        )
    missing = [at for at, wanted in enumerate(ids) if wanted not in found]
    if missing:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={f"lines.{at}.variant_id": message for at in missing})
    return found
