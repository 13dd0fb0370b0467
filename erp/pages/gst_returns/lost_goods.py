"""Goods that were lost or given away, and the credit on them."""

from typing import Any

import reflex as rx

from erp.components import Empty, Filter, button, list_view, page_header
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.lost_goods import LostGoodsState
from erp.state.gst_returns.wording import VIEW


@page(
    route="/gst/lost-goods",
    title="Credit on lost goods",
    permission=VIEW,
    parent="/gst",
    on_load=[LostGoodsState.open_losses, LostGoodsState.open_list, LostGoodsState.listen],
)
def lost_goods_page() -> rx.Component:
    """List losses with the credit on them, and give it back."""
    state = LostGoodsState
    every = button("Reverse all", look="solid", icon="undo-2", on_click=state.reverse_all)
    return rx.fragment(
        page_header(
            "Credit on lost goods",
            "What was written off, counted short, stolen or given away bears no credit: s.17(5)(h).",
            rx.cond(state.may_record, every),
        ),
        gst_tabs("/gst/lost-goods"),
        list_view(
            state,
            label="Losses",
            search="",
            filters=[
                Filter(
                    "state",
                    "Credit",
                    [("waiting", "Waits"), ("reversed", "Reversed")],
                    anything="All losses",
                ),
                Filter("gstin", "Registration", state.registrations, anything="First registration"),
            ],
            row_action=_reverse,
            empty=Empty(
                "circle-check",
                "Nothing was lost",
                "Write-offs, samples and shortages stand here with the tax their bills charged.",
            ),
        ),
    )


def _reverse(row: Any) -> rx.Component:
    give = button(
        "Reverse", look="outline", icon="undo-2", on_click=LostGoodsState.reverse(row["id"])
    )
    by_hand = button(
        "Done by hand", look="ghost", icon="check", on_click=LostGoodsState.close(row["id"])
    )
    return rx.cond(row["may_reverse"] != "", rx.el.div(by_hand, give, class_name="row-actions"))
