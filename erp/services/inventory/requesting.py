"""Asking another warehouse for goods, and what every step of a transfer shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import counted
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.inventory import StockTransfer, StockTransferAsked, TransferStatus
from erp.services import workflows
from erp.services.inventory.errors import (
    OtherBranch,
    TransferNotOpen,
    UnknownTransfer,
    WrongPlace,
)
from erp.services.inventory.events import TransferCancelled, TransferRequested
from erp.services.inventory.places import Place, get_owned_place
from erp.services.inventory.transferring import refuse_supply
from erp.services.platform import (
    Closed,
    Command,
    Quantity,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

TRANSFER = "inventory.transfer"


class AskedLine(Closed):
    """Base units of a product that are asked for."""

    variant_id: UUID
    quantity: Quantity


class RequestTransfer(Command):
    """Ask another warehouse for goods.

    Attributes:
        to_location_id: Where they shall go; the acting branch's first storage if none is named.
    """

    from_location_id: UUID
    to_location_id: UUID | None = None
    note: Text = ""
    lines: Annotated[tuple[AskedLine, ...], Field(min_length=1, max_length=200)]


class CancelTransfer(Command):
    """Withdraw a request, or refuse it."""

    transfer_id: UUID
    reason: ShortText


class TransferAnswer(Result):
    """A transfer after a step; `value` is the cost of what the step moved."""

    transfer_id: UUID
    number: str
    challan: str
    status: TransferStatus
    value: Decimal


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer under lock."""

    id: UUID
    number: str
    challan: str | None
    status: str
    from_location_id: UUID
    to_location_id: UUID
    transit_location_id: UUID | None
    from_branch_id: UUID
    to_branch_id: UUID


@command("inventory.request_transfer", permission=TRANSFER, rest="POST /transfers")
def request_transfer(session: Session, ctx: RequestContext, cmd: RequestTransfer) -> TransferAnswer:
    """Ask another warehouse for goods; its branch's people are told in their inbox. Nothing moves.

    Raises:
        UnknownPlace: A location is not known. WrongPlace: both ends are of one warehouse.
        InvoiceNeeded: The branches are registered for GST apart.
        OtherBranch: The goods would not go to the acting branch.
        InvalidInput: A product is not known here.

    Emits:
        inventory.transfer_requested.v1, in the same transaction.
    """
    source = get_owned_place(session, ctx, cmd.from_location_id, "from_location_id")
    target = get_owned_place(session, ctx, cmd.to_location_id, "to_location_id")
    check_ends(source, target)
    require_branch(ctx, target.branch_id, f"Goods for {target.name} are asked for by its branch.")
    _require_known(session, ctx, cmd.lines)
    series = Series(ctx.branch_id, "stock_transfer", fiscal_year(ctx.today), "TR")
    number = next_number(session, ctx, series)
    transfer = new_head(ctx, source, target, number) | {"note": cmd.note}
    db.insert_rows(session, StockTransfer, [transfer])
    rows = [
        {"tenant_id": ctx.tenant_id, "id": new_id(), "transfer_id": transfer["id"], "line_no": at}
        | {"variant_id": line.variant_id, "quantity": line.quantity}
        for at, line in enumerate(cmd.lines, start=1)
    ]
    db.insert_rows(session, StockTransferAsked, rows)
    transfer_id = transfer["id"]
    title = f"{target.name} asks you for {counted(len(rows), 'product')}"
    tell(session, ctx, source, (title, f"request:{transfer_id}"), transfer_id)
    event = TransferRequested(
        transfer_id=transfer_id, from_location_id=source.id, to_location_id=target.id
    )
    emit(session, ctx, transfer_id, event)
    return answer_of(transfer_id, number, "", TransferStatus.REQUESTED, ZERO)


@command(
    "inventory.cancel_transfer",
    permission=TRANSFER,
    rest="POST /transfers/{transfer_id}/cancel",
)
def cancel_transfer(session: Session, ctx: RequestContext, cmd: CancelTransfer) -> TransferAnswer:
    """Withdraw a request at the branch that asked, or refuse it at the one that was asked.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
        TransferNotOpen: Goods left, or it is cancelled already.

    Emits:
        inventory.transfer_cancelled.v1, in the same transaction.
    """
    transfer = lock_transfer(session, ctx, cmd.transfer_id, TransferStatus.REQUESTED)
    db.execute(
        session,
        "update stock_transfer set status = 'cancelled', closed_at = %s, closed_by = %s,"
        " note = left(concat_ws(' - ', nullif(note, ''), %s::text), 500)"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, transfer.id),
    )
    event = TransferCancelled(transfer_id=transfer.id, reason=cmd.reason)
    emit(session, ctx, transfer.id, event)
    return answer_of(transfer.id, transfer.number, "", TransferStatus.CANCELLED, ZERO)


def lock_transfer(
    session: Session, ctx: RequestContext, transfer_id: UUID, *allowed: TransferStatus
) -> Transfer:
    """Return a transfer that stays as it is until the transaction ends; before any balance.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
        TransferNotOpen: Its status is none of those allowed.
    """
    row = db.fetch_one(
        session,
        "select id, number, challan, status, from_location_id, to_location_id,"
        " transit_location_id, from_branch_id, to_branch_id from stock_transfer"
        " where tenant_id = %s and id = %s for update",
        (ctx.tenant_id, transfer_id),
    )
    found = Transfer(**row) if row else None
    if found is None or not acts_for(ctx, found.from_branch_id, found.to_branch_id):
        message = "This transfer is not known here."
        raise UnknownTransfer(message, fields={"transfer_id": message})
    if found.status not in allowed:
        said = found.status.replace("_", " ")
        raise TransferNotOpen(f"Transfer {found.number} is {said}, so this cannot be done.")
    return found


def acts_for(ctx: RequestContext, *branch_ids: UUID | None) -> bool:
    """Tell whether the actor works in one of the branches; who may do everything does in each."""
    return ctx.branch_id in branch_ids or ANY_PERMISSION in ctx.permissions


def require_branch(ctx: RequestContext, branch_id: UUID | None, otherwise: str) -> None:
    """Refuse who works in another branch.

    Raises:
        OtherBranch: The actor works elsewhere.
    """
    if not acts_for(ctx, branch_id):
        raise OtherBranch(otherwise)


def check_ends(source: Place, target: Place) -> None:
    """Refuse a transfer that would be a supply, or that leaves no warehouse."""
    refuse_supply(source, target)
    if source.warehouse_id == target.warehouse_id:
        message = "Both places are of one warehouse: move the goods there at once instead."
        raise WrongPlace(message, fields={"to_location_id": message})


def _require_known(session: Session, ctx: RequestContext, lines: Sequence[AskedLine]) -> None:
    rows = db.fetch_all(
        session,
        "select id from variant where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, [line.variant_id for line in lines]),
    )
    known = {row["id"] for row in rows}
    message = "This product is not known here. Choose it again."
    fields = {
        f"lines.{at}.variant_id": message
        for at, line in enumerate(lines)
        if line.variant_id not in known
    }
    if fields:
        raise InvalidInput(message, fields=fields)


def new_head(ctx: RequestContext, source: Place, target: Place, number: str) -> db.Row:
    """Return the row of a transfer of which nothing moved yet."""
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "number": number,
        "from_location_id": source.id,
        "to_location_id": target.id,
        "from_branch_id": source.branch_id,
        "to_branch_id": target.branch_id,
        "status": TransferStatus.REQUESTED,
        "transport": "",
        "started_at": ctx.now,
        "started_by": ctx.user_id,
    }


def tell(
    session: Session, ctx: RequestContext, place: Place, news: tuple[str, str], transfer_id: UUID
) -> None:
    """Tell the people of a place's branch who may transfer; `news` is a title and its key."""
    title, key = news
    workflows.notify_members(
        session,
        ctx,
        permission=TRANSFER,
        branch_id=place.branch_id,
        news=workflows.News(
            kind="inventory.transfer",
            title=title,
            body=f"{ctx.user_name} did this.",
            link=f"/stock/transfers/{transfer_id}",
            dedupe_key=f"stock-transfer-{key}",
        ),
    )


def answer_of(
    transfer_id: UUID, number: str, challan: str, status: TransferStatus, value: Decimal
) -> TransferAnswer:
    """Return what a step answers."""
    return TransferAnswer(
        transfer_id=transfer_id, number=number, challan=challan, status=status, value=value
    )
