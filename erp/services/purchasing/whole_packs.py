"""Orders in quantities that their supplier sells."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import raise_all
from erp.core.formatting import group_count
from erp.services import inventory
from erp.services.purchasing.errors import NotSoldSo
from erp.services.purchasing.lines import LaidOut


def require_sold(
    session: Session, ctx: RequestContext, supplier_id: UUID, laid: Sequence[LaidOut]
) -> None:
    """Refuse lines whose units to be paid for are fewer than the supplier sells, or between steps.

    Raises:
        NotSoldSo: Names the lines and what would do; may be confirmed.
    """
    if NotSoldSo.code in ctx.confirmed:
        return
    terms = inventory.sold_by(session, ctx, supplier_id, [x.asked.variant_id for x in laid])
    odd = [
        (at, line.base_quantity, terms[line.asked.variant_id])
        for at, line in enumerate(laid)
        if line.asked.variant_id in terms
    ]
    raise_all(
        [
            NotSoldSo(words, fields={f"lines.{at}.quantity": words})
            for at, units, sold in odd
            if sold.enough_for(units) != units
            for words in [_words(sold, units)]
        ]
    )


def _words(sold: inventory.SoldBy, units: int) -> str:
    steps = f" in steps of {group_count(sold.step)}" if sold.step > 1 else ""
    least = f"{group_count(sold.enough_for(1))} or more"
    return (
        f"The supplier sells {least}{steps} of it. Ask for {group_count(sold.enough_for(units))},"
        " or confirm that they agreed."
    )
