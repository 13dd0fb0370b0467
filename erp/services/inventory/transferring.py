"""Moves inside a branch: goods change places without leaving the premises."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.core.ids import new_id
from erp.services.inventory.adjusting import LotQuantity
from erp.services.inventory.balances import lock_lots
from erp.services.inventory.errors import ByTransfer, InvoiceNeeded, WrongPlace
from erp.services.inventory.events import StockTransferred
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import Place, get_owned_place
from erp.services.inventory.posting import post_stock
from erp.services.platform import Command, Result, Text, command, emit


class TransferStock(Command):
    """Move lots from one place of a branch to another, at once."""

    from_location_id: UUID
    to_location_id: UUID
    note: Text = ""
    lines: Annotated[tuple[LotQuantity, ...], Field(min_length=1, max_length=500)]


class StockTransfer(Result):
    """The goods moved, at cost."""

    transfer_id: UUID
    value: Decimal


@command("inventory.transfer_stock", permission="inventory.transfer", rest="POST /stock-transfers")
def transfer_stock(session: Session, ctx: RequestContext, cmd: TransferStock) -> StockTransfer:
    """Move goods between storages of a branch, or to and from an expired store.

    Cost goes with the goods; between places of different kinds the ledger follows. Expired,
    held and recalled lots may be moved. Locks the balances of both ends.

    Raises:
        WrongPlace: Both places are the same, one is not ours, or they are registered for GST
            apart, so that the move would be a supply.
        ByTransfer: They are of different branches, between which goods travel with a challan.
        InsufficientStock: More is moved than is free; all such lines are named.
        UnknownLot: A lot is not in the acting tenant.

    Emits:
        inventory.stock_transferred.v1, in the same transaction.

    Source: CGST Act Schedule I para 2, supplies between distinct persons.
    """
    source = get_owned_place(session, ctx, cmd.from_location_id, "from_location_id")
    target = get_owned_place(session, ctx, cmd.to_location_id, "to_location_id")
    _check_ends(source, target)
    wanted = [line.lot_id for line in cmd.lines]
    lots = lock_lots(session, ctx, source.id, wanted, also_in=[target.id])
    refusals: list[DomainError] = []
    movements: list[Movement] = []
    for at, line in enumerate(cmd.lines):
        lot = lots[line.lot_id]
        try:
            cost = lot.take(line.quantity, f"lines.{at}.quantity")
        except DomainError as refusal:
            refusals.append(refusal)
            continue
        movements.append(
            Movement(
                lot.variant_id, lot.lot_id, source.id, target.id, line.quantity, cost, at + 1, cmd.note
            )
        )  # fmt: skip
    raise_all(refusals)
    origin = Origin("stock_transfer", new_id())
    write_moves(session, ctx, origin, movements)
    value = sum((move.value for move in movements), Decimal("0.00"))
    if source.account_key != target.account_key:
        narration = f"Stock moved from {source.name} to {target.name}"
        changes = {target.account_key: value, source.account_key: -value}
        post_stock(session, ctx, origin, narration, changes)
    event = StockTransferred(
        transfer_id=origin.id, from_location_id=source.id, to_location_id=target.id, value=value
    )
    emit(session, ctx, origin.id, event)
    return StockTransfer(transfer_id=origin.id, value=value)


def _check_ends(source: Place, target: Place) -> None:
    if source.id == target.id:
        message = "Choose another place than the goods are in."
        raise WrongPlace(message, fields={"to_location_id": message})
    refuse_supply(source, target)
    if source.branch_id != target.branch_id:
        message = f"{target.name} is at another branch: dispatch a transfer with its challan."
        raise ByTransfer(message, fields={"to_location_id": message})


def refuse_supply(source: Place, target: Place) -> None:
    """Refuse a movement that would be a supply to another registration.

    Raises:
        InvoiceNeeded: The ends are registered for GST apart.

    Source: CGST Act s.25(4) and Schedule I para 2, supplies between distinct persons.
    """
    if source.gstin != target.gstin:
        message = f"{target.name} has a GSTIN of its own: make a tax invoice instead."
        raise InvoiceNeeded(message, fields={"to_location_id": message})
