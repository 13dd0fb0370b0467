"""The till of a device whose server is away."""

import reflex as rx

from erp.components.till import OfflineTerminal
from erp.pages.routing import page
from erp.state.pos.till import SELL


@page(
    route="/till/offline",
    title="Offline till",
    permission=SELL,
    parent="/till",
    is_alone=True,
)
def offline_till_page() -> rx.Component:
    """Sell with what the device was lent; the page asks the server for nothing to be shown."""
    return OfflineTerminal.create()
