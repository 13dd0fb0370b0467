from dataclasses import replace

import pytest

from erp.core.gst.placing import Delivery, PlaceUnknown, SupplyKind, place_of_supply

HOME, BUYER, SHIP = "27", "24", "29"
COUNTER = Delivery(SupplyKind.GOODS, HOME)
TRADER = replace(COUNTER, is_recipient_registered=True, recipient_state=BUYER)
SERVICE = replace(COUNTER, kind=SupplyKind.OTHER_SERVICE)

CASES = {
    "counter sale, nothing recorded": (COUNTER, HOME, "s.10(1)(ca)"),
    "counter sale, other state recorded": (
        replace(COUNTER, address_state=BUYER),
        BUYER,
        "s.10(1)(ca)",
    ),
    "unregistered, sent, nothing else recorded": (
        replace(COUNTER, delivery_state=SHIP),
        SHIP,
        "s.10(1)(ca)",
    ),
    "unregistered overrides movement": (
        replace(COUNTER, address_state=BUYER, delivery_state=SHIP),
        BUYER,
        "s.10(1)(ca)",
    ),
    "registered, goods move": (replace(TRADER, delivery_state=SHIP), SHIP, "s.10(1)(a)"),
    "bill to, ship to": (
        replace(TRADER, delivery_state=SHIP, is_shipped_to_third_party=True),
        BUYER,
        "s.10(1)(b)",
    ),
    "registered, handed over": (TRADER, HOME, "s.10(1)(c)"),
    "health service": (
        replace(COUNTER, kind=SupplyKind.HEALTH_SERVICE, address_state=BUYER),
        HOME,
        "s.12(4)",
    ),
    "health service at a camp": (
        replace(COUNTER, kind=SupplyKind.HEALTH_SERVICE, performed_state=SHIP),
        SHIP,
        "s.12(4)",
    ),
    "service to registered": (
        replace(SERVICE, is_recipient_registered=True, recipient_state=BUYER),
        BUYER,
        "s.12(2)(a)",
    ),
    "service to address on record": (replace(SERVICE, address_state=BUYER), BUYER, "s.12(2)(b)"),
    "service, nothing on record": (SERVICE, HOME, "s.12(2)(b)"),
    "export": (replace(TRADER, is_export=True), "96", "s.11"),
}


@pytest.mark.parametrize(("delivery", "state", "source"), CASES.values(), ids=CASES.keys())
def test_place_of_supply(delivery, state, source):
    place = place_of_supply(delivery)
    assert (place.state_code, place.source) == (state, f"IGST Act {source}")


@pytest.mark.parametrize(
    "delivery",
    [
        replace(TRADER, recipient_state=None, is_shipped_to_third_party=True),
        replace(SERVICE, is_recipient_registered=True),
    ],
)
def test_a_registered_recipient_needs_a_state(delivery):
    with pytest.raises(PlaceUnknown):
        place_of_supply(delivery)
