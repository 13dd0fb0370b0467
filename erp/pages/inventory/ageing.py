"""Stock by age."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    bone,
    button,
    card,
    chart_card,
    date_field,
    form_dialog,
    grid,
    link_button,
    list_view,
    page_header,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.small_parts import tiles
from erp.pages.inventory.analysis_tabs import analysis_tabs, settings_list
from erp.pages.routing import Nav, page
from erp.state.catalog.wording import FORMS
from erp.state.inventory.ageing import BUCKETS, AgeingState, SetCarryingRateState
from erp.state.inventory.stock import PlacesState


@page(
    route="/stock/ageing",
    title="Stock analysis",
    permission="inventory.view",
    nav=Nav("Stock analysis", "chart-column-stacked", group="Stock", order=60),
    parent="/stock",
    on_load=[PlacesState.open_places, AgeingState.open_list, AgeingState.listen],
)
def ageing_page() -> rx.Component:
    """Show how long goods have been here and what that costs."""
    return rx.fragment(
        page_header(
            "Stock analysis",
            "How long goods have been with the business, at cost, and what holding them takes.",
        ),
        analysis_tabs("/stock/ageing"),
        tiles(
            _tile("Stock at cost", "value", note="quantity", icon="coins"),
            _tile("Holding, a month", "carrying", note="carrying_note", icon="percent"),
            _tile("Average age", "average", icon="hourglass"),
            _tile("Over 180 days", "old", note="old_note", icon="archive"),
        ),
        grid(
            chart_card(
                "Value at cost by age in days",
                AgeingState.chart,
                loading=AgeingState.is_loading,
                is_empty=~AgeingState.has_stock,
                empty_text="Goods appear here with the first delivery.",
                on_click=AgeingState.open_bar,
                span=8,
                height="300px",
            ),
            _rates(),
        ),
        list_view(
            AgeingState,
            label="Lots by age",
            search="Product or lot number",
            filters=[
                Filter("bucket", "Age", list(BUCKETS.items())),
                Filter("form", "Form", list(FORMS.items())),
                Filter("location_id", "Place", PlacesState.places),
            ],
            empty=Empty(
                "package-open",
                "Nothing is in stock",
                "Lots appear here with the first delivery.",
                link_button("Receive goods", "/receiving/new", icon="truck"),
            ),
        ),
        _set_rate(),
    )


def _tile(label: str, key: str, *, note: str = "", icon: str) -> rx.Component:
    sums, loading = AgeingState.sums, AgeingState.is_loading
    value = rx.cond(loading, bone("120px", "24px"), sums[key])
    words = rx.cond(loading, bone("90px"), sums[note]) if note else "weighed with the cost"
    return stat_tile(label, value, note=words, icon=icon)


def _rates() -> rx.Component:
    change = button(
        "Set a rate", look="ghost", icon="pencil", on_click=SetCarryingRateState.open_dialog("", "")
    )
    waiting = rx.el.div(bone("80%"), bone("60%"), bone("70%"), class_name="bones")
    return card(
        rx.cond(
            AgeingState.is_loading,
            waiting,
            rx.fragment(
                settings_list(AgeingState.rates, "rate"),
                rx.el.p(
                    "In percent of the goods' cost: interest, rent, insurance.", class_name="hint"
                ),
            ),
        ),
        title="Cost of holding, a year",
        actions=(rx.cond(AgeingState.may_plan, change),),
        span=4,
    )


def _set_rate() -> rx.Component:
    errors = SetCarryingRateState.field_errors
    forms = [("", "All goods without a rate of their own"), *FORMS.items()]
    return form_dialog(
        SetCarryingRateState,
        select_field("Goods", "form", forms, errors=errors),
        text_field(
            "Percent a year",
            "rate",
            errors=errors,
            required=True,
            placeholder="12",
            input_mode="decimal",
            max_length=8,
        ),
        date_field("From", "valid_from", errors=errors, hint="Today where none is given."),
        title="What holding goods costs",
        subtitle="A twelfth of it is a month's cost. Rates set before stay as they were.",
        submit="Set rate",
    )
