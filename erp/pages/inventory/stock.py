"""Stock by lot, and every move of it."""

from typing import Any

import reflex as rx

from erp.components import Empty, Filter, link_button, list_view, notice, page_header
from erp.pages.inventory.quality import checks_card
from erp.pages.routing import Nav, page
from erp.state.inventory.quality import CheckListState
from erp.state.inventory.stock import MoveListState, PlacesState, StockListState
from erp.state.inventory.wording import HELD, RUNGS, STATUSES


@page(
    route="/stock",
    title="Stock",
    permission="inventory.view",
    nav=Nav("Stock", "boxes", group="Stock", order=20, keys="g k"),
    on_load=[PlacesState.open_places, StockListState.open_list, StockListState.listen],
)
def stock_page() -> rx.Component:
    """List lots on hand."""
    receive = link_button("Receive goods", "/receiving/new", icon="truck")
    return rx.fragment(
        page_header(
            "Stock",
            "Every lot on hand in this branch, first expiry first.",
            link_button("Moves", "/stock/moves", look="outline", icon="arrow-left-right"),
            rx.cond(
                PlacesState.may_adjust,
                rx.fragment(
                    link_button("Adjust", "/stock/adjust", look="outline", icon="scale"),
                    link_button("Write off", "/stock/write-off", look="outline", icon="trash-2"),
                ),
            ),
            rx.cond(
                PlacesState.may_transfer,
                link_button("Move", "/stock/transfer", look="outline", icon="move-right"),
            ),
        ),
        list_view(
            StockListState,
            label="Stock by lot",
            search="Product or lot number",
            filters=[
                Filter("location_id", "Place", PlacesState.places),
                Filter("status", "Status", [*STATUSES.items(), HELD]),
                Filter("rung", "Expiry", list(RUNGS.items())),
            ],
            empty=Empty(
                "boxes",
                "The shelves are empty",
                "Take in the first delivery; each lot appears here with its expiry and value.",
                rx.cond(PlacesState.may_receive, receive),
            ),
        ),
    )


@page(
    route="/stock/moves",
    title="Moves",
    permission="inventory.view",
    parent="/stock",
    on_load=[
        PlacesState.open_places,
        MoveListState.open_list,
        CheckListState.open_checks,
        MoveListState.listen,
    ],
)
def moves_page() -> rx.Component:
    """List moves."""
    narrowed = [MoveListState.filters[key] for key in ("origin_id", "lot_id", "product_id")]
    return rx.fragment(
        page_header(
            "Moves", "Everything that came, went or changed places; nothing is ever edited."
        ),
        rx.cond(
            narrowed[0] | narrowed[1] | narrowed[2],
            notice(
                "Only the moves you came for are shown. Clear the filters for all of them.",
                icon="filter",
            ),
        ),
        checks_card(),
        list_view(
            MoveListState,
            label="Moves",
            search="",
            filters=[Filter("location_id", "Place", PlacesState.places)],
            row_action=document_link,
            empty=Empty(
                "arrow-left-right", "Nothing has moved yet", "Deliveries and sales appear here."
            ),
        ),
    )


def document_link(row: Any) -> rx.Component:
    """Return the link to what moved the goods, for those who may see it."""
    link = rx.link("Document", href=row["document"], size="2")
    return rx.cond(row["document"] != "", link)
