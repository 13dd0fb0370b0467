"""Place of supply: which state a supply belongs to, and so which tax heads are due."""

from dataclasses import dataclass
from enum import StrEnum

from erp.core.errors import InvalidInput
from erp.core.gst.taxing import EXPORT


class SupplyKind(StrEnum):
    """What the rules for the place of supply tell apart."""

    GOODS = "goods"
    HEALTH_SERVICE = "health_service"
    OTHER_SERVICE = "other_service"


class PlaceUnknown(InvalidInput):
    """The recipient's state is needed to place the supply."""

    code = "place_of_supply_unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The facts that place a supply; every state is a two-digit code.

    Attributes:
        seller_state: Where the supplying registration is; for goods handed over, the counter.
        is_recipient_registered: The recipient has a GSTIN.
        recipient_state: State of the registered recipient's principal place of business.
        address_state: State recorded on the document for an unregistered recipient; its name
            alone counts.
        delivery_state: Where the movement of goods ends; none where they are handed over.
        is_shipped_to_third_party: Billed to the recipient, shipped to another on its direction.
        performed_state: Where a health service is performed; none for the seller's own place.
        is_export: Leaves India.
    """

    kind: SupplyKind
    seller_state: str
    is_recipient_registered: bool = False
    recipient_state: str | None = None
    address_state: str | None = None
    delivery_state: str | None = None
    is_shipped_to_third_party: bool = False
    performed_state: str | None = None
    is_export: bool = False


@dataclass(frozen=True, slots=True)
class PlaceOfSupply:
    """The state code and the provision that gave it."""

    state_code: str
    source: str


def place_of_supply(delivery: Delivery) -> PlaceOfSupply:
    """Decide which state a supply belongs to.

    Raises:
        PlaceUnknown: A registered recipient's state is needed and missing.

    Source: IGST Act s.10, s.11, s.12.
    """
    if delivery.is_export:
        return PlaceOfSupply(EXPORT, "IGST Act s.11")
    if delivery.kind is SupplyKind.GOODS:
        return _place_of_goods(delivery)
    if delivery.kind is SupplyKind.HEALTH_SERVICE:
        performed = delivery.performed_state or delivery.seller_state
        return PlaceOfSupply(performed, "IGST Act s.12(4)")
    if delivery.is_recipient_registered:
        return PlaceOfSupply(_recipient_state(delivery), "IGST Act s.12(2)(a)")
    return PlaceOfSupply(delivery.address_state or delivery.seller_state, "IGST Act s.12(2)(b)")


def _place_of_goods(delivery: Delivery) -> PlaceOfSupply:
    """Place goods; the rule for unregistered recipients overrides the others."""
    if not delivery.is_recipient_registered:
        recorded = delivery.address_state or delivery.delivery_state
        return PlaceOfSupply(recorded or delivery.seller_state, "IGST Act s.10(1)(ca)")
    if delivery.is_shipped_to_third_party:
        return PlaceOfSupply(_recipient_state(delivery), "IGST Act s.10(1)(b)")
    if delivery.delivery_state:
        return PlaceOfSupply(delivery.delivery_state, "IGST Act s.10(1)(a)")
    return PlaceOfSupply(delivery.seller_state, "IGST Act s.10(1)(c)")


def _recipient_state(delivery: Delivery) -> str:
    if not delivery.recipient_state:
        raise PlaceUnknown(
            "Record the state of the registered recipient first.",
            fields={"recipient_state": "Needed to place the supply"},
        )
    return delivery.recipient_state
