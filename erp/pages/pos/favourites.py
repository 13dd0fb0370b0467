"""The first screen of the tills, arranged."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    empty_state,
    icon_button,
    lookup_field,
    notice,
    page_header,
    page_skeleton,
)
from erp.pages.routing import page
from erp.state.pos.favourites import ARRANGE, FavouritesState


@page(
    route="/till/favourites",
    title="Favourites",
    permission=ARRANGE,
    parent="/till",
    on_load=[FavouritesState.open_favourites],
)
def favourites_page() -> rx.Component:
    """Choose and order what the tills of the branch show first."""
    reset = button(
        "Let sales decide",
        look="outline",
        icon="trending-up",
        on_click=FavouritesState.leave_to_sales,
    )
    return rx.fragment(
        page_header(
            "Favourites",
            "What every till of this branch shows before anything is typed.",
            rx.cond(FavouritesState.is_chosen, reset),
        ),
        rx.cond(
            FavouritesState.is_loading,
            page_skeleton(),
            rx.fragment(
                rx.cond(
                    ~FavouritesState.is_chosen,
                    notice(
                        "Now the tills show what sells most. Add or move goods to choose yourself.",
                        icon="info",
                    ),
                ),
                card(_adding(), _list()),
            ),
        ),
    )


def _adding() -> rx.Component:
    return lookup_field(
        "Add to the first screen",
        "variant",
        "/api/erp/products/search",
        errors=FavouritesState.errors,
        label_key="label",
        detail_key="sku",
        value_key="variant_id",
        placeholder="ars alb 30",
        on_pick=FavouritesState.add,
    )


def _list() -> rx.Component:
    return rx.cond(
        FavouritesState.tiles.length() > 0,
        rx.el.ol(rx.foreach(FavouritesState.tiles, _tile), class_name="favourites"),
        empty_state(
            "layout-grid", "Nothing sold yet", "Add goods, or sell some: the best come here alone."
        ),
    )


def _tile(tile: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            tile["label"], rx.el.small(tile["sku"], " · ", tile["category"]), class_name="what"
        ),
        rx.el.span(tile["price"], class_name="amount"),
        badge(tile["stock"], tile["tone"]),
        rx.el.span(
            icon_button("arrow-up", "Move up", on_click=FavouritesState.move(tile["id"], -1)),
            icon_button("arrow-down", "Move down", on_click=FavouritesState.move(tile["id"], 1)),
            icon_button("x", "Take off", on_click=FavouritesState.remove(tile["id"])),
            class_name="moves",
        ),
        key=tile["id"],
    )
