"""The local browser components of the till, bundled with the pages that use them."""

from typing import Any

import reflex as rx
from reflex.components.component import Component, NoSSRComponent
from reflex.event import no_args_event_spec

from erp.components.browser_files import script_beside


class ProductFinder(Component):
    """The search that always has the keyboard; favourites while nothing is typed.

    Products come from `GET /api/erp/products/search` and `/api/erp/favourites`, what lists make of
    their prices from `/api/erp/shelf-prices`.

    Attributes:
        sold: Changes with every sale, so that stock is looked up again.
    """

    library = script_beside(__name__, "finder.jsx")
    tag = "ProductFinder"
    location: rx.Var[str]
    customer: rx.Var[str]
    sold: rx.Var[str]
    on_add: rx.EventHandler[lambda variant, lot, label: [variant, lot, label]]  # type: ignore[type-arg,valid-type]


class CartKeeper(Component):
    """Keeps the texts of the open carts in the tab and offers them to a page that has none."""

    library = script_beside(__name__, "keeper.jsx")
    tag = "CartKeeper"
    register: rx.Var[str]
    kept: rx.Var[str]
    aside: rx.Var[str]
    on_restore: rx.EventHandler[lambda kept, aside: [kept, aside]]  # type: ignore[type-arg,valid-type]


class CartLines(Component):
    """The lines of the bill at hand; every handler takes the name of its line first.

    A line is drawn again only where something of it differs, however many stand beside it.
    """

    library = script_beside(__name__, "cart_lines.jsx")
    tag = "CartLines"
    lines: rx.Var[list[dict[str, Any]]]
    selected: rx.Var[str]
    on_select: rx.EventHandler[lambda uid: [uid]]  # type: ignore[type-arg,valid-type]
    on_step: rx.EventHandler[lambda uid, by: [uid, by]]  # type: ignore[type-arg,valid-type]
    on_quantity: rx.EventHandler[lambda uid, text: [uid, text]]  # type: ignore[type-arg,valid-type]
    on_unit: rx.EventHandler[lambda uid, code: [uid, code]]  # type: ignore[type-arg,valid-type]
    on_discount: rx.EventHandler[lambda uid, text: [uid, text]]  # type: ignore[type-arg,valid-type]
    on_remove: rx.EventHandler[lambda uid: [uid]]  # type: ignore[type-arg,valid-type]


class DisplayFeed(Component):
    """Tells the customer's display of a register what belongs to the customer of the bill at hand.

    It goes over a `BroadcastChannel`: to windows of this browser, and of this address, alone.

    Attributes:
        receipt: Of the sale just posted. points: what the customer has, in words.
    """

    library = script_beside(__name__, "customer_display.jsx")
    tag = "DisplayFeed"
    register: rx.Var[str]
    lines: rx.Var[list[dict[str, Any]]]
    chosen: rx.Var[str]
    totals: rx.Var[dict[str, str]]
    units: rx.Var[str]
    receipt: rx.Var[dict[str, str]]
    points: rx.Var[str]


class CustomerDisplay(NoSSRComponent):
    """The display itself; the register is the address's `till`."""

    library = script_beside(__name__, "customer_display.jsx")
    tag = "CustomerDisplay"
    shop: rx.Var[str]
    branch: rx.Var[str]


class FocusOn(Component):
    """Gives a field the keyboard as its dialog opens; a button also takes an early Enter."""

    library = script_beside(__name__, "focus_on.jsx")
    tag = "FocusOn"
    field: rx.Var[str]


class TillKeys(Component):
    """The till's keyboard; `on_key` tells `more`, `less`, `unit`, `remove`, `up` or `down`.

    Attributes:
        chosen, total: As either changes, the chosen line is brought into view.
    """

    library = script_beside(__name__, "till_keys.jsx")
    tag = "TillKeys"
    chosen: rx.Var[str]
    total: rx.Var[str]
    on_key: rx.EventHandler[lambda name: [name]]  # type: ignore[type-arg,valid-type]
    on_customer: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_park: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_recall: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_pay: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_next: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_open: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_prescription: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_return: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]


class KeysButton(Component):
    """The button that shows the till's keys."""

    library = script_beside(__name__, "till_keys.jsx")
    tag = "KeysButton"


class NumberBox(Component):
    """A number in a line, or with `code` a short text; told once it is done."""

    library = script_beside(__name__, "number_box.jsx")
    tag = "NumberBox"
    value: rx.Var[str]
    label: rx.Var[str]
    place: rx.Var[str]
    affix: rx.Var[str]
    before: rx.Var[str]
    code: rx.Var[bool]
    on_commit: rx.EventHandler[lambda text: [text]]  # type: ignore[type-arg,valid-type]


class CountStepper(Component):
    """A count from zero to `most` with a button on either side."""

    library = script_beside(__name__, "number_box.jsx")
    tag = "CountStepper"
    value: rx.Var[str]
    most: rx.Var[str]
    label: rx.Var[str]
    on_commit: rx.EventHandler[lambda text: [text]]  # type: ignore[type-arg,valid-type]


class PinPad(Component):
    """A PIN field with a keypad; empties itself with every attempt."""

    library = script_beside(__name__, "keypad.jsx")
    tag = "PinPad"
    name: rx.Var[str]
    attempt: rx.Var[int]
    error: rx.Var[str]


class CashCount(Component):
    """A count by denomination or as a total; its form receives the total."""

    library = script_beside(__name__, "cash_count.jsx")
    tag = "CashCount"
    name: rx.Var[str]
    error: rx.Var[str]


class PaymentPad(Component):
    """Tenders for a bill, or refunds with `mode="refund"`.

    Attributes:
        total: Rupees as plain text.
        credit: The customer's limit as text; empty where they have none.
        holdings: What else of the customer's can pay, by method: `most` and `step` as plain
            rupees, and a `note`.
        upi_svg: The code to scan; upi_for: the amount it asks for, and shown for no other.
        done: What the button says that completes; the usual words where there are none.
        attempt: Counts the server's answers.
    """

    library = script_beside(__name__, "payment_pad.jsx")
    tag = "PaymentPad"
    total: rx.Var[str]
    mode: rx.Var[str]
    credit: rx.Var[str]
    credit_name: rx.Var[str]
    holdings: rx.Var[dict[str, dict[str, str]]]
    attempt: rx.Var[int]
    errors: rx.Var[dict[str, str]]
    problem: rx.Var[str]
    done: rx.Var[str]
    upi_svg: rx.Var[str]
    upi_for: rx.Var[str]
    upi_reference: rx.Var[str]
    on_complete: rx.EventHandler[lambda tenders: [tenders]]  # type: ignore[type-arg,valid-type]
    on_upi: rx.EventHandler[lambda amount: [amount]]  # type: ignore[type-arg,valid-type]


class OfflineReady(NoSSRComponent):
    """Makes this browser able to sell on a shift without the server, as long as the till is open.

    Attributes:
        closing: Whether the shift is about to be closed, so that the device hands in.
    """

    library = script_beside(__name__, "offline_ready.jsx")
    tag = "OfflineReady"
    shift: rx.Var[str]
    closing: rx.Var[bool]


class OfflineTerminal(NoSSRComponent):
    """The till of a device whose server is away; it has no state on the server at all."""

    library = script_beside(__name__, "offline_terminal.jsx")
    tag = "OfflineTerminal"


_OFFLINE = [
    script_beside(__name__, f"offline_{name}")
    for name in (
        "cart.js", "dialogs.jsx", "finder.jsx", "foreign.jsx", "goods.js", "lines.jsx", "receipt.jsx", "sending.js",
        "store.js", "taxing.js", "words.js",
    )
]  # fmt: skip
"""What both import from beside themselves."""

_KEYPAD = script_beside(__name__, "keypad.jsx")
"""The payment pad imports it from beside itself."""
