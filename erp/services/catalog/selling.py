"""What a document line needs to know of the goods it sells, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.quantity import to_base_units
from erp.models.catalog import SupplyTreatment
from erp.services.catalog.errors import InactiveProduct, NoTaxRate, UnknownProduct, UnknownUnit
from erp.services.catalog.stocking import all_units, factor_of


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A variant as it is sold on a day.

    Attributes:
        unit: UQC of the base unit. units: base units in each unit it is traded in.
        treatment: `taxable`, `nil_rated`, `exempt` or `non_gst`.
        rate: GST percent, both heads together; zero where no tax is charged.
        is_service: It has no stock; do not allocate it.
        licence_class: `homeopathic`, `restricted`, `narcotic` or `open`.
        sale_cap: Most base units of its product in one sale; any number where there is none.
        day_cap, month_cap: Most base units for one customer in a day, and in a calendar month.
    """

    variant_id: UUID
    product_id: UUID
    brand_id: UUID
    sku: str
    label: str
    hsn: str
    unit: str
    treatment: str
    rate: Decimal
    is_service: bool
    is_lot_tracked: bool
    licence_class: str
    sale_cap: int | None
    day_cap: int | None
    month_cap: int | None
    units: Mapping[str, Fraction]

    @property
    def is_capped_by_customer(self) -> bool:
        """Tell whether it counts what the customer had before."""
        return self.day_cap is not None or self.month_cap is not None

    def factor(self, unit: str) -> Fraction:
        """Return the base units in a unit; no name means the base unit.

        Raises:
            UnknownUnit: The variant is not traded in it.
        """
        return factor_of(self.label, self.units, unit)


def get_lines_for_sale(
    session: Session,
    ctx: RequestContext,
    ids: Sequence[UUID],
    on: date,
    *,
    including_inactive: bool = False,
) -> Mapping[UUID, SaleLine]:
    """Return the variants of a document's lines with the tax that holds on a day.

    `ids` stand in the order of the lines, so that refusals name `lines.N.variant_id`.
    Returns of goods pass `including_inactive`, as they may be out of trade by now.

    Raises:
        UnknownProduct: A variant is not in the acting tenant.
        InactiveProduct: A variant was taken out of trade.
        NoTaxRate: A taxable variant has no rate on that day.
    """
    rows = db.fetch_all(
        session,
        """
        select v.id as variant_id, v.product_id, p.brand_id, v.sku, v.label,
               coalesce(v.hsn, p.hsn) as hsn, v.base_unit as unit,
               c.treatment, r.rate, p.is_service, p.is_lot_tracked, v.is_active,
               p.licence_class, p.max_per_sale as sale_cap, p.max_per_day as day_cap,
               p.max_per_month as month_cap,
               coalesce((select json_object_agg(u.code, array[u.numerator, u.denominator] order by
                                u.numerator::numeric / u.denominator) from variant_unit u
                          where u.tenant_id = v.tenant_id and u.variant_id = v.id), '{}') as units
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          join tax_class c on c.tenant_id = p.tenant_id and c.id = coalesce(v.tax_class_id, p.tax_class_id)
          left join lateral (
                select rate from tax_rate
                 where tenant_id = c.tenant_id and tax_class_id = c.id and valid_from <= %(on)s
                 order by valid_from desc limit 1) r on true
         where v.tenant_id = %(tenant)s and v.id = any(%(ids)s)
        """,
        {"tenant": ctx.tenant_id, "ids": list(dict.fromkeys(ids)), "on": on},
    )
    found: dict[UUID, SaleLine] = {}
    for row in rows:
        at = f"lines.{ids.index(row['variant_id'])}.variant_id"
        if not row.pop("is_active") and not including_inactive:
            message = f"{row['label']} is out of trade. Remove the line."
            raise InactiveProduct(message, fields={at: message})
        found[row["variant_id"]] = SaleLine(
            **row | {"rate": _rate(row, on, at), "units": all_units(row["unit"], row["units"])}
        )
    missing = [at for at, wanted in enumerate(ids) if wanted not in found]
    if missing:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={f"lines.{at}.variant_id": message for at in missing})
    return found


def count_base_units(
    goods: Mapping[UUID, SaleLine], asked: Sequence[tuple[UUID, int, str]]
) -> list[int]:
    """Return the base units of a document's lines: variant, quantity and what the quantity counts.

    Raises:
        UnknownUnit: A variant is not traded in the unit; names `lines.N.unit`.
        NotWholeUnits: It does not come out whole; names `lines.N.quantity`.
    """
    counted = []
    for at, (variant_id, quantity, unit) in enumerate(asked):
        if not unit:
            counted.append(quantity)
            continue
        try:
            counted.append(to_base_units(Decimal(quantity), goods[variant_id].factor(unit)))
        except InvalidInput as error:
            field = "unit" if isinstance(error, UnknownUnit) else "quantity"
            fields = {f"lines.{at}.{field}": error.message}
            raise type(error)(error.message, fields=fields) from error
    return counted


def _rate(row: Mapping[str, object], on: date, at: str) -> Decimal:
    """Return the rate in percent; what is not taxable has none."""
    if row["treatment"] != SupplyTreatment.TAXABLE:
        return Decimal(0)
    if not isinstance(row["rate"], Decimal):
        message = f"{row['label']} has no GST rate on {on:%d-%m-%Y}. Set one for its tax class."
        raise NoTaxRate(message, fields={at: message})
    return row["rate"]
