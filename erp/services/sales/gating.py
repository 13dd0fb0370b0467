"""Who may be sold what, and how much of it at once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.core.formatting import date_text
from erp.services.catalog import LicenceClass, SaleLine
from erp.services.party import LicenceForm, PartyKind, SaleParty
from erp.services.sales.errors import BeyondCap, CustomerLicenceMissing

RESELLERS = frozenset({PartyKind.RETAILER, PartyKind.DISTRIBUTOR})
"""Who sell medicines on, and so need a licence of their own."""


class Handed(NamedTuple):
    """Goods that leave with a line of a document.

    Attributes:
        field: What a refusal names, such as `lines.0.quantity`.
        units: Base units of the variant on the whole document, free ones included.
        is_gift: They come free with goods of another kind, on whose line they have no quantity.
    """

    field: str
    goods: SaleLine
    units: int
    is_gift: bool = False

    def less(self, left: int | None = None) -> str:
        """Return what to do where it is too much; `left` is what may still be had, if anything."""
        if self.is_gift:
            return "It comes free with this line: take less of the line."
        if left is None:
            return "Take no more."
        return f"Take no more than {left}." if left else "Take it off the bill."


def require_licence(
    session: Session, ctx: RequestContext, buyer: SaleParty, goods: Collection[SaleLine]
) -> None:
    """Refuse medicines to a reseller whose drug licence is not recorded, is for others, or has ended.

    Args:
        goods: Asked about only where one is a medicine.

    Raises:
        CustomerLicenceMissing: Says which, and what to do.

    Source: Drugs Rules 1945, rules 65 (9) and 67: supply to a dealer who holds Form 20-C or 20-D.
    """
    is_medicine = any(line.licence_class != LicenceClass.OPEN for line in goods)
    if buyer.kind not in RESELLERS or not is_medicine:
        return
    row = db.fetch_one(
        session,
        "select drug_licence_no, drug_licence_form as form, drug_licence_expires_on as ends from party"
        " where tenant_id = %s and id = %s",
        (ctx.tenant_id, buyer.id),
    )
    if row is None or not row["drug_licence_no"]:
        why = f"{buyer.name} has no drug licence on record. Ask for it, and record it first."
    elif row["form"] == LicenceForm.OTHER:
        why = (
            f"The drug licence of {buyer.name} is not one for homoeopathic medicines (Form 20-C, 20-D or"
            " 25-C). Ask for that one, and record it first."
        )
    elif row["ends"] is not None and row["ends"] < ctx.today:
        ends = date_text(row["ends"])
        why = f"The drug licence of {buyer.name} ended on {ends}. Record the renewed one first."
    else:
        return
    raise CustomerLicenceMissing(why, fields={"customer_id": why})


def require_within_cap(handed: Sequence[Handed]) -> None:
    """Refuse more of a product in one sale than its cap; all its packs and free units count.

    Raises:
        BeyondCap: Names every line.
    """
    of_product = units_of_products(handed)
    refusals: list[DomainError] = []
    for each in handed:
        goods = each.goods
        if goods.sale_cap is not None and of_product[goods.product_id] > goods.sale_cap:
            message = f"{goods.label} is sold up to {goods.sale_cap} at a time. {each.less()}"
            refusals.append(BeyondCap(message, fields={each.field: message}))
    raise_all(refusals)


def units_of_products(handed: Iterable[Handed]) -> Counter[UUID]:
    """Return the base units by product of what is handed over, each variant counted once."""
    found: Counter[UUID] = Counter()
    for each in {each.goods.variant_id: each for each in handed}.values():
        found[each.goods.product_id] += each.units
    return found
