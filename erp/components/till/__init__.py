"""The till's own browser components: search, cart lines, payment, counting, keys."""

from erp.components.till.browser_parts import (
    CartKeeper,
    CartLines,
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
    TillKeys,
)
from erp.components.till.touch import touch_button, touch_link

__all__ = [
    "CartKeeper",
    "CartLines",
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
    "TillKeys",
    "touch_button",
    "touch_link",
]
