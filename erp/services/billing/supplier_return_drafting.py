"""A return to a supplier as it is asked for: checked and shared before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.formatting import date_text, group_count
from erp.core.gst.taxing import SupplyNature
from erp.models.billing import ReturnReason
from erp.services import party, purchasing
from erp.services.billing.bill_drafting import registration_of
from erp.services.billing.supplier_return_errors import (
    BeyondDelivered,
    BillsDiffer,
    BillWaits,
    NotFromSupplier,
    OutsideClaimWindow,
    WrongReason,
)
from erp.services.billing.supplier_return_goods import CameLot, hold_came
from erp.services.billing.supplier_return_sharing import Came, Part, share_units, without
from erp.services.platform import Closed, Command, Quantity, Text

FOR_EXPIRY = frozenset({ReturnReason.EXPIRED, ReturnReason.NEAR_EXPIRY})
MOST_LINES = 200


class ReturnedLot(Closed):
    """Base units of a lot that go back from a place, free ones counted."""

    lot_id: UUID
    location_id: UUID
    quantity: Quantity
    reason: ReturnReason


class ReturnGoods(Command):
    """Send goods back to the supplier they came from.

    Attributes:
        transport: Who takes them, vehicle or consignment note; printed on the challan.
    """

    supplier_id: UUID
    transport: Annotated[Text, Field(max_length=120)] = ""
    note: Text = ""
    lines: Annotated[tuple[ReturnedLot, ...], Field(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """A return before it is written.

    Attributes:
        parts: Of each line of `cmd`, its units by delivery and bill.
    """

    cmd: ReturnGoods
    supplier: party.PartyDetail
    lots: Mapping[UUID, CameLot]
    parts: Sequence[Sequence[Part]]
    supply_nature: str
    is_credit_taken: bool


def draft_return(session: Session, ctx: RequestContext, cmd: ReturnGoods) -> ReturnDraft:
    """Check a return and share its units; all fields at fault of a kind are named."""
    supplier = purchasing.get_supplier(session, ctx, cmd.supplier_id)
    _check_twice(cmd)
    lots = hold_came(session, ctx, cmd.supplier_id, [line.lot_id for line in cmd.lines])
    _check_lots(ctx, cmd, lots, supplier.name)
    parts = _share(cmd, lots, supplier.name)
    _check_window(ctx, cmd, lots, supplier.name)
    nature, is_credit_taken = _nature(session, ctx, lots, supplier)
    return ReturnDraft(cmd, supplier, lots, parts, nature, is_credit_taken)


def _check_twice(cmd: ReturnGoods) -> None:
    keys = [(line.lot_id, line.location_id) for line in cmd.lines]
    message = "This lot stands on the return already."
    raise_all(
        [
            InvalidInput(message, fields={f"lines.{at}.lot_id": message})
            for at, key in enumerate(keys)
            if key in keys[:at]
        ]
    )


def _check_lots(
    ctx: RequestContext, cmd: ReturnGoods, lots: Mapping[UUID, CameLot], supplier: str
) -> None:
    message = f"This lot did not come here from {supplier}. Choose one of the list."
    refusals: list[DomainError] = []
    for at, line in enumerate(cmd.lines):
        lot = lots.get(line.lot_id)
        if lot is None:
            refusals.append(NotFromSupplier(message, fields={f"lines.{at}.lot_id": message}))
            continue
        wrong = _wrong_reason(line.reason, lot.expires_on, ctx.today)
        if wrong:
            refusals.append(WrongReason(wrong, fields={f"lines.{at}.reason": wrong}))
        if lot.bill_waiting:
            raise BillWaits(
                f"Bill {lot.bill_waiting} with {lot.label} waits for a decision."
                " Decide on it first, so that the right amount is asked back."
            )
    raise_all(refusals)


def _wrong_reason(reason: ReturnReason, expires_on: date | None, today: date) -> str:
    if reason is ReturnReason.EXPIRED and (expires_on is None or expires_on >= today):
        return "This lot has not expired. Choose another reason."
    if reason is ReturnReason.NEAR_EXPIRY and expires_on is None:
        return "This lot has no expiry. Choose another reason."
    if reason is ReturnReason.NEAR_EXPIRY and expires_on is not None and expires_on < today:
        return "This lot has expired already. Choose that as the reason."
    return ""


def _share(cmd: ReturnGoods, lots: Mapping[UUID, CameLot], supplier: str) -> list[list[Part]]:
    """Share each line's units over deliveries and bills, the oldest delivery first."""
    left: dict[UUID, list[Came]] = {lot_id: list(lot.came) for lot_id, lot in lots.items()}
    shared: list[list[Part]] = []
    refusals: list[DomainError] = []
    for at, line in enumerate(cmd.lines):
        deliveries = left[line.lot_id]
        can = sum(came.left for came in deliveries)
        if line.quantity > can:
            message = (
                f"Only {group_count(can)} of lot {lots[line.lot_id].lot_number} came from"
                f" {supplier} and did not go back yet. Lower the quantity."
            )
            refusals.append(BeyondDelivered(message, fields={f"lines.{at}.quantity": message}))
            continue
        shared.append(_take(deliveries, line.quantity))
    raise_all(refusals)
    return shared


def _take(deliveries: list[Came], wanted: int) -> list[Part]:
    """Take units off deliveries in their order, and leave them as they are afterwards."""
    parts: list[Part] = []
    for place, came in enumerate(deliveries):
        taken = share_units(came, wanted)
        wanted -= sum(part.units for part in taken)
        deliveries[place] = without(came, taken)
        parts += taken
    return parts


def _check_window(
    ctx: RequestContext, cmd: ReturnGoods, lots: Mapping[UUID, CameLot], supplier: str
) -> None:
    """Ask whether goods go back for their expiry on a day when the supplier takes none."""
    outside = [
        lot
        for lot in (lots[line.lot_id] for line in cmd.lines if line.reason in FOR_EXPIRY)
        if lot.claim_from is None
        or lot.claim_until is None
        or not lot.claim_from <= ctx.today <= lot.claim_until
    ]
    if not outside or OutsideClaimWindow.code in ctx.confirmed:
        return
    lot = outside[0]
    window = (
        f"from {date_text(lot.claim_from)} to {date_text(lot.claim_until)}"
        if lot.claim_from and lot.claim_until
        else "on no day we know"
    )
    more = f" and {len(outside) - 1} more" if outside[1:] else ""
    raise OutsideClaimWindow(
        f"{supplier} takes lot {lot.lot_number} of {lot.label}{more} back {window}."
        " Send it all the same? They may refuse to credit it."
    )


def _nature(
    session: Session, ctx: RequestContext, lots: Mapping[UUID, CameLot], supplier: party.PartyDetail
) -> tuple[str, bool]:
    """Return how the bills were taxed; of goods on no bill, how they would be."""
    natures = {nature for lot in lots.values() for nature in lot.natures}
    if len(natures) > 1:
        raise BillsDiffer(
            "The bills of these goods were taxed in different ways. Return the goods of each apart."
        )
    if natures:
        return natures.pop()
    state, is_credit_taken = registration_of(session, ctx, ctx.today)
    seller = supplier.gstin[:2] if supplier.gstin else supplier.state_code
    nature = SupplyNature.INTRA if seller == state else SupplyNature.INTER
    return nature.value, is_credit_taken
