"""What to buy again."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    page_header,
    quantity_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.inventory.reorder import DismissState, ReorderRuleState, ReorderState

CLOSED = [
    ("ordered", "Ordered"),
    ("requested", "On a requisition"),
    ("dismissed", "Dismissed"),
    ("lapsed", "No longer needed"),
]


@page(
    route="/stock/reorder",
    title="Buy again",
    permission="inventory.view",
    nav=Nav("Buy again", "shopping-cart", group="Buy", order=5, keys="g y"),
    parent="/stock",
    on_load=[ReorderState.open_list, ReorderState.listen],
)
def reorder_page() -> rx.Component:
    """Show what stands at its reorder point or below."""
    look = button(
        "Look now", icon="scan-search", busy=ReorderState.is_looking, on_click=ReorderState.look_now
    )
    return rx.fragment(
        page_header(
            "Buy again",
            "What is at its reorder point or below, on order counted in. Looked at each morning.",
            rx.cond(ReorderState.may_reorder, look),
        ),
        rx.cond(ReorderState.suppliers.length() > 0, _suppliers()),
        list_view(
            ReorderState,
            label="Products to buy again",
            search="Product",
            filters=[Filter("status", "Status", CLOSED, anything="Open")],
            row_action=_decide,
            empty=Empty(
                "circle-check",
                "Nothing to buy",
                "Products appear here when they come to their reorder point. Look now to be sure.",
            ),
        ),
        _dismiss(),
        _rule(),
    )


def _suppliers() -> rx.Component:
    def line(row: Any) -> rx.Component:
        order = link_button("Order all", row["order_link"], look="outline", icon="plus")
        ask = link_button("Request all", row["request_link"], look="outline", icon="plus")
        may = rx.cond(ReorderState.may_order, order, rx.cond(ReorderState.may_request, ask))
        return rx.el.li(
            rx.el.div(row["name"], rx.el.span(row["note"], class_name="detail")),
            rx.cond(row["order_link"] != "", may),
            key=row["id"],
        )

    return card(
        rx.el.ul(rx.foreach(ReorderState.suppliers, line), class_name="fact-lines in-columns"),
        title="By supplier",
    )


def _decide(row: Any) -> rx.Component:
    about = (row["id"], row["label"])
    offers = rx.el.div(
        rx.cond(ReorderState.may_order, link_button("Order", row["order_link"], look="outline")),
        rx.cond(
            ReorderState.may_request, link_button("Request", row["request_link"], look="outline")
        ),
        rx.cond(
            ReorderState.may_reorder,
            rx.fragment(
                icon_button(
                    "sliders-horizontal",
                    "Set its reorder point",
                    on_click=ReorderRuleState.open_dialog(row["variant_id"], row["label"]),
                ),
                icon_button("x", "Dismiss", on_click=DismissState.open_dialog(*about)),
            ),
        ),
        class_name="row-actions",
    )
    return rx.cond(row["is_open"] != "", offers)


def _dismiss() -> rx.Component:
    errors = DismissState.field_errors
    return form_dialog(
        DismissState,
        text_field(
            "Why not",
            "reason",
            errors=errors,
            required=True,
            placeholder="The season is over",
            max_length=120,
            wide=True,
        ),
        quantity_field("Leave it alone for days", "quiet_days", errors=errors, default_value="14"),
        title="Do not buy it now",
        subtitle=DismissState.subject["label"],
        submit="Dismiss",
    )


def _rule() -> rx.Component:
    errors, own = ReorderRuleState.field_errors, ReorderRuleState.own
    return form_dialog(
        ReorderRuleState,
        rx.el.p(ReorderRuleState.facts, class_name="hint full"),
        quantity_field(
            "Reorder point",
            "reorder_point",
            errors=errors,
            default_value=own["reorder_point"],
            hint="Buy at or below this many; 0: never. Empty: worked out.",
        ),
        quantity_field(
            "Lead time in days",
            "lead_days",
            errors=errors,
            default_value=own["lead_days"],
            hint="Empty: what past orders took.",
        ),
        title="When to buy it again, here",
        subtitle=ReorderRuleState.subject["label"],
    )
