"""Receivables and payables by age."""

from typing import Any

import reflex as rx

from erp.components import Empty, Filter, bone, link_button, list_view, page_header, stat_tile
from erp.components.small_parts import tiles
from erp.pages.routing import Nav, page
from erp.state.payments.ageing import PayablesState, ReceivablesState
from erp.state.payments.wording import BUCKETS, VIEW


@page(
    route="/receivables",
    title="Receivables",
    permission=VIEW,
    nav=Nav("Receivables", "hand-coins", group="Money", order=20, keys="g a"),
    on_load=[ReceivablesState.open_list, ReceivablesState.listen],
)
def receivables_page() -> rx.Component:
    """Show what customers owe, and since when."""
    return _ages(
        ReceivablesState,
        "Receivables",
        "What customers owe, by days past the day it was due.",
        Empty(
            "hand-coins",
            "Nobody owes anything",
            "Invoices on account appear here until they are paid.",
            link_button("Orders", "/orders", icon="shopping-bag"),
        ),
        link_button("Interest", "/receivables/interest", look="outline", icon="percent"),
        link_button("Reminders", "/receivables/reminders", look="outline", icon="bell-ring"),
    )


@page(
    route="/payables",
    title="Payables",
    permission=VIEW,
    nav=Nav("Payables", "wallet", group="Money", order=30),
    on_load=[PayablesState.open_list, PayablesState.listen],
)
def payables_page() -> rx.Component:
    """Show what we owe suppliers, and since when."""
    return _ages(
        PayablesState,
        "Payables",
        "What we owe suppliers, by days past the day it was due.",
        Empty(
            "wallet",
            "Nothing is owed",
            "Suppliers' bills appear here until they are paid.",
            link_button("Bills", "/bills", icon="receipt-indian-rupee"),
        ),
    )


def _ages(state: Any, title: str, words: str, empty: Empty, *actions: rx.Component) -> rx.Component:
    def tile(label: str, key: str, icon: str, note: Any = "") -> rx.Component:
        value = rx.cond(state.is_loading, bone("120px", "24px"), state.sums[key])
        return stat_tile(label, value, note=note, icon=icon)

    return rx.fragment(
        page_header(
            title,
            words,
            *actions,
            link_button("Payments", "/payments", look="outline", icon="banknote"),
        ),
        tiles(
            tile("Balance", "balance", "scale", note=f"At the end of {state.sums['as_of']}"),
            tile("Not due", "not_due", "calendar"),
            tile("Late", "late", "alarm-clock"),
            tile("Unapplied", "unapplied", "split"),
        ),
        list_view(
            state,
            label=title,
            search="Name",
            filters=[Filter("bucket", "Age", list(BUCKETS.items())), Filter("as_of", "As of")],
            empty=empty,
        ),
    )
