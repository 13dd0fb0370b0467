"""Stock counts: the list, and starting one."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    card,
    check_field,
    date_field,
    form_view,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.inventory.cycle_counting import CLASSES, count_tabs
from erp.pages.routing import Nav, page
from erp.state.inventory.counts import COUNT_STATUSES, SCOPES, CountListState, StartCountState
from erp.state.inventory.stock import PlacesState

errors = StartCountState.field_errors


@page(
    route="/stock/counts",
    title="Counts",
    permission="inventory.view_counts",
    nav=Nav("Counts", "clipboard-check", group="Stock", order=25, keys="g u"),
    parent="/stock",
    on_load=[PlacesState.open_places, CountListState.open_list, CountListState.listen],
)
def counts_page() -> rx.Component:
    """List counts."""
    start = rx.cond(
        CountListState.may_count, link_button("Start a count", "/stock/counts/new", icon="plus")
    )
    return rx.fragment(
        page_header("Counts", "Shelves compared with the books while the shop sells on.", start),
        rx.cond(CountListState.may_view, count_tabs("/stock/counts")),
        list_view(
            CountListState,
            label="Counts",
            search="Number of a count",
            filters=[
                Filter("status", "Status", list(COUNT_STATUSES.items())),
                Filter("location_id", "Place", PlacesState.places),
            ],
            empty=Empty(
                "clipboard-check",
                "Nothing was counted yet",
                "Start with one shelf or brand. Sales go on while you count.",
                start,
            ),
        ),
    )


@page(
    route="/stock/counts/new",
    title="Start a count",
    permission="inventory.count",
    parent="/stock/counts",
    command="inventory.start_count",
    on_load=[StartCountState.open_start],
)
def start_count_page() -> rx.Component:
    """Choose what to count."""
    scope = select_field(
        "What is counted",
        "scope",
        SCOPES,
        errors=errors,
        value=StartCountState.scope,
        on_change=StartCountState.choose_scope,
    )
    brand = select_field("Brand", "brand_id", StartCountState.brands, errors=errors, required=True)
    before = date_field(
        "Expiring before",
        "expires_before",
        errors=errors,
        required=True,
        hint="Lots whose last usable day is before this day.",
    )
    due = select_field(
        "Class",
        "abc",
        [("", "Every class"), *CLASSES],
        errors=errors,
        default_value=StartCountState.wanted_class,
    )
    chosen = rx.match(
        StartCountState.scope,
        ("brand", brand),
        ("expiring", before),
        ("products", _products()),
        ("due", due),
        rx.fragment(),
    )
    return rx.fragment(
        page_header(
            "Start a count",
            "Nothing is frozen: each lot is compared with the books at the moment it is counted.",
        ),
        card(
            form_view(
                StartCountState,
                _place(),
                scope,
                chosen,
                text_field(
                    "Note", "note", errors=errors, max_length=200, placeholder="Monthly count"
                ),
                _blind(),
                submit="Start counting",
                cancel_to="/stock/counts",
            )
        ),
    )


def _place() -> rx.Component:
    several = select_field(
        "Place",
        "location_id",
        StartCountState.places,
        errors=errors,
        default_value=StartCountState.wanted_place,
        key=StartCountState.wanted_place,
    )
    return rx.cond(StartCountState.places.length() > 0, several)


def _blind() -> rx.Component:
    return rx.el.div(
        check_field("Blind count", "is_blind", default_checked=True),
        rx.el.p(
            "Who counts sees no stock figures on the sheet until the count is approved.",
            class_name="hint",
        ),
        class_name="field",
    )


def _products() -> rx.Component:
    finder = lookup_field(
        "Products",
        "add_product",
        "/api/erp/products",
        errors=errors,
        label_key="name",
        detail_key="brand",
        placeholder="Add a product by name",
        on_pick=StartCountState.add_product,
        key=StartCountState.adds,
    )
    return rx.el.div(
        finder,
        rx.el.ul(
            rx.foreach(
                StartCountState.products,
                lambda product: rx.el.li(
                    rx.el.span(product["label"]),
                    icon_button(
                        "x", "Leave out", on_click=StartCountState.drop_product(product["id"])
                    ),
                    class_name="barcode",
                    key=product["id"],
                ),
            ),
            class_name="barcodes",
        ),
        class_name="full",
    )
