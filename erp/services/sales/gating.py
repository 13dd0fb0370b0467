"""Who may be sold what, and how much of it at once."""

from collections import Counter
from collections.abc import Mapping
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


def require_licence(
    session: Session, ctx: RequestContext, buyer: SaleParty, goods: Mapping[str, SaleLine]
) -> None:
    """Refuse medicines to a reseller whose drug licence is not recorded, is for others, or has ended.

    Args:
        goods: By the name of their line; asked about only where one is a medicine.

    Raises:
        CustomerLicenceMissing: Says which, and what to do.

    Source: Drugs Rules 1945, rules 65 (9) and 67: supply to a dealer who holds Form 20-C or 20-D.
    """
    is_medicine = any(line.licence_class != LicenceClass.OPEN for line in goods.values())
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


def require_within_cap(goods: Mapping[str, SaleLine], units: Mapping[UUID, int]) -> None:
    """Refuse more of a product in one sale than its cap; all its packs and free units count.

    Args:
        goods: By the name of their line, such as `lines.0`. units: base units by variant.

    Raises:
        BeyondCap: Names every line.
    """
    of_product: Counter[UUID] = Counter()
    for line in {line.variant_id: line for line in goods.values()}.values():
        of_product[line.product_id] += units[line.variant_id]
    refusals: list[DomainError] = []
    for at, line in goods.items():
        if line.sale_cap is not None and of_product[line.product_id] > line.sale_cap:
            message = f"{line.label} is sold up to {line.sale_cap} at a time. Take no more."
            refusals.append(BeyondCap(message, fields={f"{at}.quantity": message}))
    raise_all(refusals)
