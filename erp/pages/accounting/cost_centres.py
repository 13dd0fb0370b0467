"""Cost centres of the books."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    check_field,
    form_dialog,
    list_view,
    page_header,
    text_field,
)
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.cost_centres import (
    ChangeCostCentreState,
    CostCentreListState,
    NewCostCentreState,
)


@page(
    route="/books/cost-centres",
    title="Cost centres",
    permission="accounting.view",
    parent="/books/trial-balance",
    on_load=[CostCentreListState.open_list],
)
def cost_centres_page() -> rx.Component:
    """List cost centres, add and change them."""
    add = button(
        "New cost centre",
        look="solid",
        icon="plus",
        on_click=NewCostCentreState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Cost centres",
            "Parts of the business that income and costs are booked for. Open one for its profit.",
            rx.cond(CostCentreListState.may_post, add),
        ),
        book_tabs("/books/cost-centres"),
        list_view(
            CostCentreListState,
            label="Cost centres",
            search="Search by name or code",
            row_action=_change,
            empty=Empty("split", "No cost centre yet", "Add one, then name it on entries."),
        ),
        _adding(),
        _changing(),
    )


def _change(row: rx.Var[dict[str, str]]) -> rx.Component:
    opening = ChangeCostCentreState.open_for(row["id"], row["name"], row["in_use"])
    return rx.cond(
        CostCentreListState.may_post,
        button("Change", look="ghost", icon="pencil", on_click=opening),
    )


def _adding() -> rx.Component:
    errors = NewCostCentreState.field_errors
    return form_dialog(
        NewCostCentreState,
        text_field(
            "Code",
            "code",
            errors=errors,
            required=True,
            auto_focus=True,
            max_length=20,
            placeholder="CLINIC",
            hint="Short: it is typed often, and stays.",
        ),
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        title="New cost centre",
        submit="Add",
    )


def _changing() -> rx.Component:
    state = ChangeCostCentreState
    return form_dialog(
        state,
        text_field(
            "Name",
            "name",
            errors=state.field_errors,
            required=True,
            auto_focus=True,
            max_length=120,
            default_value=state.subject["label"],
        ),
        check_field("In use", "is_active", default_checked=state.is_used),
        title="Change the cost centre",
        subtitle="Its code and its past entries stay as they are.",
    )
