"""Common credit: what of it exempt supplies bear."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    data_table,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.common_credit import SHARE_COLUMNS
from erp.state.gst_returns.common_credit import CommonCreditState as Common
from erp.state.gst_returns.wording import USES, VIEW


@page(
    route="/gst/common-credit",
    title="Common credit",
    permission=VIEW,
    parent="/gst",
    on_load=[Common.open_share, Common.open_list, Common.listen],
)
def common_credit_page() -> rx.Component:
    """Show the share of a period or a year with every figure, and give it back."""
    post = button("Give back", look="solid", icon="undo-2", on_click=Common.post)
    return rx.fragment(
        page_header(
            "Common credit",
            "Credit on what serves exempt supplies too is given back in part: rules 42 and 43.",
            rx.cond(Common.may_record & (Common.sums["may_post"] != ""), post),
        ),
        gst_tabs("/gst/common-credit"),
        tiles(
            stat_tile(
                "Exempt", Common.sums["exempt"], icon="stethoscope", note=Common.sums["turnover"]
            ),
            stat_tile(
                "Share", Common.sums["to_reverse"], icon="scale", note=Common.sums["recorded"]
            ),
            stat_tile(
                Common.sums["rest_words"],
                Common.sums["rest"],
                icon="undo-2",
                note=Common.sums["booked_on"],
            ),
        ),
        list_view(
            Common,
            label="Purchases that may serve both",
            search="Supplier or number",
            filters=[
                Filter("starts_on", "Month", Common.months, "Last month"),
                Filter("is_year", "Days", [("true", "Its financial year")], "The month"),
                Filter(
                    "is_private_too",
                    "Other use",
                    [("true", "Some is private"), ("false", "None is private")],
                    "As before",
                ),
                Filter("gstin", "Registration", Common.registrations, "First registration"),
            ],
            row_action=_uses,
            empty=Empty(
                "scale",
                "Nothing that serves both",
                "Expenses, freight, charges and assets with credit stand here; goods for sale serve taxable supplies.",
            ),
        ),
        rx.cond(
            Common.figures.length() > 0,
            card(
                data_table(
                    SHARE_COLUMNS, Common.figures, label="Figures of the rule", linked=False
                ),
                title="Figures of the rule",
            ),
        ),
    )


def _uses(row: Any) -> rx.Component:
    def choose(use: str) -> rx.Component:
        change = button(USES[use], look="ghost", on_click=Common.serve(row["id"], use))
        return rx.cond(row["served"] != use, change)

    return rx.cond(
        Common.may_record, rx.el.div(*(choose(use) for use in USES), class_name="row-actions")
    )
