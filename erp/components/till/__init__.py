"""The till's own browser components: search, cart lines, payment, counting, keys."""

from erp.components.till.browser_parts import (
    CartKeeper,
    CashCount,
    CountStepper,
    CustomerDisplay,
    DisplayFeed,
    FocusOn,
    KeysButton,
    NumberBox,
    OfflineReady,
    OfflineTerminal,
    PaymentPad,
    PinPad,
    ProductFinder,
    Stepper,
    TillKeys,
)
from erp.components.till.cart_lines import cart_line, lot_note
from erp.components.till.touch import touch_button, touch_link

__all__ = [
    "CartKeeper",
    "CashCount",
    "CountStepper",
    "CustomerDisplay",
    "DisplayFeed",
    "FocusOn",
    "KeysButton",
    "NumberBox",
    "OfflineReady",
    "OfflineTerminal",
    "PaymentPad",
    "PinPad",
    "ProductFinder",
    "Stepper",
    "TillKeys",
    "cart_line",
    "lot_note",
    "touch_button",
    "touch_link",
]
