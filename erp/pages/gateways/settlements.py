"""Settlements of payment gateways: the list and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    card,
    data_table,
    fact_list,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
)
from erp.components.records import or_dash, record_view
from erp.pages.gateways.tabs import gateway_tabs
from erp.pages.routing import page
from erp.state.gateways.settlements import SETTLED_COLUMNS, SettlementListState, SettlementState
from erp.state.gateways.wording import VIEW

head = SettlementState.head


@page(
    route="/gateways/settlements",
    title="Settlements",
    permission=VIEW,
    parent="/payment-links",
    on_load=[SettlementListState.open_list, SettlementListState.listen],
)
def settlements_page() -> rx.Component:
    """List settlements."""
    return rx.fragment(
        page_header(
            "Settlements",
            "What the providers paid to the bank, what they kept, and what nobody can explain.",
        ),
        gateway_tabs("/gateways/settlements"),
        list_view(
            SettlementListState,
            label="Settlements",
            search="Settlement or UTR",
            filters=[
                Filter("difference", "Differences", [("yes", "With a difference")]),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "banknote",
                "No settlement yet",
                "They are fetched by themselves every six hours, and when the provider tells of one.",
            ),
        ),
    )


@page(
    route="/gateways/settlements/[settlement_id]",
    title="Settlement",
    permission=VIEW,
    parent="/gateways/settlements",
    on_load=[SettlementState.open_record, SettlementState.listen],
)
def settlement_page() -> rx.Component:
    """Show one settlement with its lines."""
    differs = notice(
        head["difference"] + " are unidentified; the lines say why.",
        tone="amber",
        icon="circle-alert",
    )
    entry = link_button("Journal entry", head["entry_href"], look="outline", icon="book-open")
    return record_view(
        SettlementState,
        page_header(head["title"], head["about"], rx.cond(head["entry_href"] != "", entry)),
        rx.cond(head["difference"] != "", differs),
        grid(
            rx.el.div(
                card(
                    data_table(SETTLED_COLUMNS, SettlementState.lines, label="Lines"), title="Lines"
                ),
                class_name="stack span-8 full-below",
            ),
            rx.el.div(card(_facts(), title="Settlement"), class_name="stack span-4 full-below"),
        ),
        list_route="/gateways/settlements",
        list_label="All settlements",
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("At the bank", badge(head["bank"], head["tone"])),
            ("UTR", or_dash(head["utr"])),
            ("Settles", head["gross"]),
            ("Fee", head["fee"]),
            ("Tax on it", head["tax"]),
            ("Unidentified", or_dash(head["difference"])),
            ("To the bank", rx.el.b(head["amount"])),
        ]
    )
