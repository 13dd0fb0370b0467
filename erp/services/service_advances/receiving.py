"""Receiving an advance for a service: the money, and the tax that is due on it at once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.gst.placing import Delivery, SupplyKind, place_of_supply
from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    SupplyNature,
    TaxedLine,
    tax_supply,
)
from erp.models.service_advances import ServiceAdvance
from erp.services import accounting, billing, catalog, party, payments, sales
from erp.services.accounting import NewEntry, credit, debit
from erp.services.party import LIVE_STATES, GstCategory, SaleParty
from erp.services.payments import Direction, PaymentMethod
from erp.services.platform import Amount, Command, Day, Result, Text, command, emit
from erp.services.sales import Seller
from erp.services.service_advances.errors import NoTaxOnAdvance
from erp.services.service_advances.events import AdvanceReceived
from erp.services.service_advances.holding import HEADS

ORIGIN = "service_advance"
UNSETTLED_RATE = Decimal(18)
"""Percent where the service is not settled yet. Source: CGST Rules r.50, first proviso."""
HEALTH = "9993"
"""Start of the codes of health services, which are supplied where they are given: IGST Act s.12(4)."""


class ReceiveServiceAdvance(Command):
    """Money for a taxable service to come.

    Attributes:
        amount: As received; its tax is taken out of it.
        variant_id: The service; where it is not settled yet, `description` says what is known.
        place_of_supply: State code; by the customer's and the service's where nothing is said.
        reference, cheque_on: As of any payment.
    """

    party_id: UUID
    amount: Annotated[Amount, Field(gt=0)]
    method: PaymentMethod
    variant_id: UUID | None = None
    description: Text = ""
    place_of_supply: Annotated[str, Field(pattern=r"^([0-9]{2})?$")] = ""
    paid_on: Day | None = None
    reference: Text = ""
    cheque_on: Day | None = None
    note: Text = ""


class ReceivedAdvance(Result):
    """A received advance with the tax that was taken out of it."""

    id: UUID
    number: str
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class _Service:
    """What the money is for."""

    variant_id: UUID | None
    description: str
    sac: str
    rate: Decimal


@command(
    "service_advances.receive_advance",
    permission="payments.receive",
    rest="POST /service-advances",
)
def receive_advance(
    session: Session, ctx: RequestContext, cmd: ReceiveServiceAdvance
) -> ReceivedAdvance:
    """Receive money for a service to come under a receipt voucher: its tax is due now, whatever is billed later.

    Locks the customer's open items, then the number series.

    Raises:
        UnknownParty, InactiveParty: There is no such customer, or they are closed.
        UnknownVariant: There is no such service.
        NoTaxOnAdvance: It is for goods or an exempt service, or the seller charges no tax.
        InvalidInput: Nothing says what it is for, or the place is no state.
        WrongDay, PaidBefore: As of any payment.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        payments.payment_recorded.v1, service_advances.advance_received.v1

    Source: CGST Act s.13(2), s.31(3)(d), Rules r.50; Notification 66/2017-CT frees goods alone.
    Journal J17 of the domain rules.
    """
    buyer = party.get_party_for_sale(session, ctx, cmd.party_id)
    day = cmd.paid_on or ctx.today
    seller = sales.get_seller(session, ctx, day)
    service = _service(session, ctx, cmd)
    _require_taxed(seller, buyer, day)
    place = cmd.place_of_supply or _place(seller, buyer, service)
    _require_place(place)
    taxed = taxed_within(cmd.amount, seller.state, place, service.rate)
    money = payments.ReceivePayment(**_money(cmd), settles=())
    made = payments.move_advance(session, ctx, Direction.IN, money)
    line, is_inter = taxed
    row = _row(ctx, buyer, cmd, service, line)
    row |= {"id": made.id, "place_of_supply": place, "is_inter": is_inter}
    db.insert_rows(session, ServiceAdvance, [row])
    tax = line.cgst + line.sgst + line.igst
    lines = [
        debit("gst_on_advances", tax),
        *(credit(f"output_{name}", getattr(line, name)) for name in HEADS),
    ]
    words = f"Tax on advance {made.number}"
    entry = NewEntry("general", row["received_on"], ORIGIN, made.id, "tax", words, lines)
    accounting.post_entry(session, ctx, entry)
    told = AdvanceReceived(advance_id=made.id, party_id=buyer.id, amount=cmd.amount, tax=tax)
    emit(session, ctx, made.id, told)
    return ReceivedAdvance(id=made.id, number=made.number, taxable=line.taxable_value, tax=tax)


def _service(session: Session, ctx: RequestContext, cmd: ReceiveServiceAdvance) -> _Service:
    """Return what is paid for; 18 percent where it is not settled yet."""
    if cmd.variant_id is None:
        if not cmd.description:
            message = "Choose the service, or say what is known of it."
            raise InvalidInput(message, fields={"description": message})
        return _Service(None, cmd.description, "", UNSETTLED_RATE)
    day = cmd.paid_on or ctx.today
    about = catalog.get_lines_for_sale(session, ctx, [cmd.variant_id], day)[cmd.variant_id]
    if not about.is_service:
        message = (
            f"{about.label} is goods: an advance for goods bears no tax. Receive it as a payment."
        )
        raise NoTaxOnAdvance(message, fields={"variant_id": message})
    if about.treatment != "taxable" or not about.rate:
        message = f"{about.label} bears no tax. Receive it as a payment."
        raise NoTaxOnAdvance(message, fields={"variant_id": message})
    words = cmd.description or about.label
    return _Service(cmd.variant_id, words, about.hsn, about.rate)


def _require_taxed(seller: Seller, buyer: SaleParty, day: date) -> None:
    """Refuse an advance that bears no tax on the day on which it came in."""
    if buyer.gst_category == GstCategory.SEZ:
        message = f"Services to {buyer.name} are zero-rated. Receive it as a payment."
        raise NoTaxOnAdvance(message, fields={"party_id": message})
    if seller.is_composition or seller.is_unregistered:
        message = f"This branch charges no tax on {date_text(day)}. Receive it as a payment."
        raise NoTaxOnAdvance(message, fields={"paid_on": message})


def _require_place(place: str) -> None:
    if place not in LIVE_STATES:
        message = f"{place} is no state's code. Choose the state where the service is supplied."
        raise InvalidInput(message, fields={"place_of_supply": message})


def _place(seller: Seller, buyer: SaleParty, service: _Service) -> str:
    is_registered = buyer.gst_category in sales.REGISTERED
    is_health = service.sac.startswith(HEALTH)
    found = place_of_supply(
        Delivery(
            kind=SupplyKind.HEALTH_SERVICE if is_health else SupplyKind.OTHER_SERVICE,
            seller_state=seller.state,
            is_recipient_registered=is_registered,
            recipient_state=buyer.state_code,
            address_state=None if is_registered else buyer.state_code,
            delivery_state=buyer.state_code,
        )
    )
    return found.state_code


def taxed_within(
    amount: Decimal, own_state: str, place: str, rate: Decimal
) -> tuple[TaxedLine, bool]:
    """Return an amount with its tax taken out, and whether it is of another state."""
    line = SupplyLine(ref="1", quantity=Decimal(1), unit_price=amount, gst_rate=rate)
    taxed = tax_supply(Supply(own_state, place, PriceMode.INCLUSIVE, [line]))
    return taxed.lines[0], taxed.nature is SupplyNature.INTER


def _money(cmd: ReceiveServiceAdvance) -> dict[str, Any]:
    names = ("party_id", "amount", "method", "paid_on", "reference", "cheque_on", "note")
    return {name: getattr(cmd, name) for name in names}


def _row(
    ctx: RequestContext,
    buyer: SaleParty,
    cmd: ReceiveServiceAdvance,
    service: _Service,
    line: TaxedLine,
) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "party_id": buyer.id,
        "received_on": cmd.paid_on or ctx.today,
        "recipient": billing.recipient_of(buyer),
        "variant_id": service.variant_id,
        "description": service.description,
        "sac": service.sac,
        "rate": service.rate,
        "amount": cmd.amount,
        "taxable": cmd.amount - (line.igst + line.cgst + line.sgst),
        "igst": line.igst,
        "cgst": line.cgst,
        "sgst": line.sgst,
        "user_id": ctx.user_id,
    }
