"""Petty cash: the boxes, and the book of one."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    card,
    data_table,
    day_filter,
    download_link,
    empty_state,
    form_dialog,
    link_button,
    list_view,
    money_field,
    notice,
    page_header,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.expenses.tabs import expense_tabs
from erp.pages.routing import page
from erp.state.expenses.petty_cash import (
    BOOK_COLUMNS,
    ChangeBoxState,
    CountState,
    OpenBoxState,
    PettyBookState,
    PettyCashState,
    TopUpState,
)
from erp.state.expenses.wording import SEE_BOX

head = PettyBookState.head
SOURCES = (("bank", "Bank"), ("petty_cash", "The office's cash"))


@page(
    route="/expenses/petty-cash",
    title="Petty cash",
    permission=SEE_BOX,
    parent="/expenses",
    on_load=[PettyCashState.open_list, PettyCashState.listen],
)
def petty_cash_page() -> rx.Component:
    """List the boxes of all branches."""
    state = PettyCashState
    add = rx.cond(
        state.may_arrange & ~state.has_own,
        button(
            "Open petty cash here",
            look="solid",
            icon="plus",
            on_click=OpenBoxState.open_dialog("", ""),
        ),
    )
    spend = rx.cond(
        state.may_spend & state.has_own,
        link_button("New voucher", "/expenses/petty-cash/new", icon="receipt-text"),
    )
    errors = OpenBoxState.field_errors
    return rx.fragment(
        page_header("Petty cash", "A box per branch, topped up to a fixed amount.", add, spend),
        expense_tabs("/expenses/petty-cash"),
        list_view(
            state,
            label="Petty cash",
            search="Branch",
            empty=Empty(
                "coins", "No petty cash yet", "Say who keeps it and what it is topped up to.", add
            ),
        ),
        form_dialog(
            OpenBoxState,
            select_field(
                "Kept by", "custodian_id", OpenBoxState.people, errors=errors, required=True
            ),
            money_field("Topped up to", "amount", errors=errors, required=True),
            title="Open petty cash for this branch",
            submit="Open",
        ),
    )


@page(
    route="/expenses/petty-cash/[float_id]",
    title="Petty cash book",
    permission=SEE_BOX,
    parent="/expenses/petty-cash",
    record="petty_float",
    on_load=[PettyBookState.open_book, PettyBookState.open_record, PettyBookState.listen],
)
def petty_book_page() -> rx.Component:
    """Show the book of one box."""
    state = PettyBookState
    table = data_table(BOOK_COLUMNS, state.lines, label="Petty cash book", linked=True)
    nothing = empty_state("book-open", "Nothing moved in these days", "Choose other days.")
    return record_view(
        state,
        page_header(head["branch"], head["about"], _actions()),
        tiles(
            stat_tile("In the box", head["balance"]),
            stat_tile("To top up", head["room_words"]),
            stat_tile("Received in these days", head["received"]),
            stat_tile("Paid in these days", head["paid"]),
        ),
        rx.cond(state.day_problem != "", notice(state.day_problem, tone="red")),
        card(
            rx.cond(state.lines.length() > 0, table, nothing),
            rx.el.dl(
                rx.el.div(rx.el.dt("Opening"), rx.el.dd(head["opening"])),
                rx.el.div(rx.el.dt("Closing"), rx.el.dd(head["closing"])),
                class_name="sums",
            ),
            title="Book",
            actions=(
                day_filter(
                    "From", state.choices["from_day"], lambda day: state.choose("from_day", day)
                ),
                day_filter("To", state.choices["to_day"], lambda day: state.choose("to_day", day)),
                download_link(
                    "PDF",
                    f"/api/erp/petty-cash/{head['id']}/book.pdf?{state.asked}",
                    icon="file-text",
                ),
            ),
        ),
        _dialogs(),
        list_route="/expenses/petty-cash",
        list_label="All petty cash",
    )


def _actions() -> rx.Component:
    subject = (head["id"], head["branch"])
    return rx.fragment(
        rx.cond(
            head["may_arrange"] != "",
            rx.fragment(
                button("Change", icon="pencil", on_click=ChangeBoxState.open_dialog(*subject)),
                button(
                    "Top up",
                    icon="banknote",
                    on_click=TopUpState.open_dialog(*subject),
                    disabled=head["is_full"] != "",
                ),
            ),
        ),
        rx.cond(
            head["may_count"] != "",
            button("Count", icon="calculator", on_click=CountState.open_dialog(*subject)),
        ),
        rx.cond(
            head["may_spend"] != "",
            link_button("New voucher", "/expenses/petty-cash/new", icon="receipt-text"),
        ),
    )


def _dialogs() -> rx.Component:
    errors, changed = CountState.field_errors, ChangeBoxState.field_errors
    return rx.fragment(
        form_dialog(
            TopUpState,
            select_field("From", "source", SOURCES, errors=TopUpState.field_errors),
            money_field(
                "Amount",
                "amount",
                errors=TopUpState.field_errors,
                hint="Up to what is missing",
                default_value=head["room"],
            ),
            title="Top up the box",
            submit="Top up",
        ),
        form_dialog(
            CountState,
            money_field("Counted", "counted", errors=errors, required=True, auto_focus=True),
            text_field(
                "Why it differs",
                "note",
                errors=errors,
                hint="Only where it differs from the book",
                max_length=200,
            ),
            title="Count the box",
            subtitle="What differs from the book is booked as short or over.",
            submit="Book the count",
        ),
        form_dialog(
            ChangeBoxState,
            select_field(
                "Kept by",
                "custodian_id",
                ChangeBoxState.people,
                errors=changed,
                required=True,
                default_value=head["custodian_id"],
            ),
            money_field(
                "Topped up to",
                "amount",
                errors=changed,
                required=True,
                default_value=head["amount"],
            ),
            title="Change petty cash",
            subtitle="What is in the box stays as it is.",
        ),
    )
