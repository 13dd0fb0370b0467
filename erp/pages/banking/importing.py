"""A bank's file before it is imported."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    confirm_dialog,
    link_button,
    notice,
    page_header,
    stat_tile,
)
from erp.components.records import record_view
from erp.components.small_parts import tiles
from erp.pages.routing import page
from erp.state.banking.importing import BankFileState
from erp.state.banking.wording import DATE_ORDERS, PARTS, RECONCILE

head = BankFileState.head


@page(
    route="/bank/[bank_account_id]/import/[file_id]",
    title="Statement",
    permission=RECONCILE,
    parent="/bank",
    on_load=[BankFileState.open_file],
)
def bank_file_page() -> rx.Component:
    """Show what a file would bring."""
    bring = button(
        "Import",
        look="solid",
        icon="check",
        on_click=BankFileState.bring,
        disabled=head["may_bring"] == "",
    )
    account = link_button("Account", f"/bank/{head['account_id']}", look="outline", icon="landmark")
    return rx.fragment(
        record_view(
            BankFileState,
            page_header(
                head["name"],
                f"Statement for {head['account']}",
                account,
                rx.cond(head["imported"] != "", badge("Imported", "green"), bring),
            ),
            rx.cond(head["refusal"] != "", notice(head["refusal"], tone="red")),
            rx.cond(
                BankFileState.reading_problem != "",
                notice(BankFileState.reading_problem, tone="red"),
            ),
            tiles(
                stat_tile("Lines", head["lines"], note=head["days"]),
                stat_tile("New", head["new"], note=head["known"]),
                stat_tile("Opening", head["opening"]),
                stat_tile("Closing", head["closing"]),
            ),
            rx.cond(head["imported"] == "", _columns()),
            _rows(),
            list_route="/bank",
            list_label="All bank accounts",
        ),
        confirm_dialog(
            BankFileState.question != "",
            title="Import without proof?",
            message=BankFileState.question,
            confirm="Import",
            on_confirm=BankFileState.bring_anyway,
            on_cancel=BankFileState.keep_looking,
        ),
    )


def _columns() -> rx.Component:
    def option(choice: Any) -> rx.Component:
        return rx.el.option(choice["label"], value=choice["value"], key=choice["value"])

    def chooser(part: str, label: str) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="label"),
            rx.el.select(
                rx.el.option("Not in the file", value=""),
                rx.foreach(BankFileState.headers, option),
                value=BankFileState.parts.get(part, ""),
                on_change=lambda value: BankFileState.read_as(part, value),
                class_name="input",
            ),
            class_name="field",
        )

    def balance(name: str, label: str) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="label"),
            rx.el.input(
                on_blur=lambda value: BankFileState.take_balance(name, value),
                placeholder="As the file says",
                input_mode="decimal",
                class_name="input",
                max_length=24,
            ),
            class_name="field",
        )

    order = rx.el.label(
        rx.el.span("Order of a day", class_name="label"),
        rx.el.select(
            *[rx.el.option(label, value=value) for value, label in DATE_ORDERS],
            value=BankFileState.date_order,
            on_change=BankFileState.order_days,
            class_name="input",
        ),
        class_name="field",
    )
    choosers = rx.fragment(*[chooser(part, label) for part, label in PARTS], order)
    return card(
        rx.el.div(
            rx.cond(head["is_table"] != "", choosers),
            balance("opening", "Balance before it"),
            balance("closing", "Balance after it"),
            class_name="form-grid four mapping",
        ),
        title="How to read it",
    )


def _rows() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Row", class_name="right wide-only"),
        rx.el.th("Day"),
        rx.el.th("Text"),
        rx.el.th("Amount", class_name="right"),
        rx.el.th("Balance", class_name="right wide-only"),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(BankFileState.rows, _row)),
        class_name="table",
        aria_label="Lines of the file",
    )
    return card(rx.el.div(table, class_name="scroll-x"), title="Lines")


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row["row"], class_name="right soft wide-only"),
        rx.el.td(row["day"], class_name="nowrap"),
        rx.el.td(
            rx.cond(row["wrong"] != "", badge("Row " + row["row"].to_string(), "red")),
            " ",
            row["text"],
            rx.cond(row["detail"] != "", rx.el.span(row["detail"], class_name="detail")),
        ),
        rx.el.td(row["amount"], class_name="right"),
        rx.el.td(row["balance"], class_name="right wide-only"),
    )
