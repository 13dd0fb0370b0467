"""Cancelling the sale of an asset: its invoice keeps its number, the asset is in use again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services import assets, billing, gst_returns
from erp.services.accounting import NewLine
from erp.services.disposals.selling import MANAGE
from erp.services.platform import Command, Identified, ShortText, command


class CancelAssetSale(Command):
    """Cancel the sale that an asset went by.

    Attributes:
        reason: Why; stands on the paper and in the books.
    """

    asset_id: UUID
    reason: ShortText


@command(
    "disposals.cancel_sale", permission=MANAGE, rest="POST /assets/{asset_id}/sale-cancellation"
)
def cancel_sale(session: Session, ctx: RequestContext, cmd: CancelAssetSale) -> Identified:
    """Cancel an asset's sale today: the debt, the tax and what was reversed are taken back, the asset is in use.

    Depreciation until the day of sale stays; the next run takes up the days since. Locks the register, the
    invoice and the buyer's open items.

    Raises:
        NotFound: The asset was not sold with an invoice that stands.
        NotCancellable: The buyer paid, the invoice is at the portal, or its return is filed.
        PeriodClosed: The books are closed for today. TaxPeriodFiled: the month's GSTR-3B is filed.

    Emits:
        assets.asset_kept.v1, billing.invoice_cancelled.v1; gst_returns.credit_changed.v1 where credit was reversed
    """
    assets.lock_register(session, ctx)
    sale = _standing(session, ctx, cmd.asset_id)

    def taken_back() -> Sequence[NewLine]:
        return assets.bring_back(session, ctx, cmd.asset_id)

    number = billing.void_document(session, ctx, sale["id"], cmd.reason, taken_back)
    if sale["change_id"]:
        _give_back(session, ctx, sale, number)
    return Identified(id=sale["id"])


def _standing(session: Session, ctx: RequestContext, asset_id: UUID) -> dict[str, Any]:
    row = db.fetch_one(
        session,
        """
        select s.id, s.branch_id, s.change_id, c.igst, c.cgst, c.sgst
          from asset_sale s
          left join gst_credit_change c on (c.tenant_id, c.id) = (s.tenant_id, s.change_id)
         where s.tenant_id = %s and s.company_id = %s and s.asset_id = %s
           and not exists (select 1 from invoice_cancellation k
                            where (k.tenant_id, k.invoice_id) = (s.tenant_id, s.id))
        """,
        (ctx.tenant_id, ctx.company_id, asset_id),
    )
    if row is None:
        message = "This asset was not sold with an invoice that stands. Choose one that was."
        raise NotFound(message, fields={"asset_id": message})
    return row


def _give_back(session: Session, ctx: RequestContext, sale: dict[str, Any], number: str) -> None:
    heads = {name: sale[name] for name in ("igst", "cgst", "sgst")}
    when = (ctx.today, f"Sale {number} was cancelled")
    acting = assets.in_branch(ctx, sale["branch_id"])
    gst_returns.write_change(session, acting, gst_returns.CreditChangeKind.ASSET_KEPT, heads, when)
