"""Prices of a file, checked before they are added."""

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    empty_state,
    link_button,
    notice,
    page_header,
    page_skeleton,
    submit_button,
    text_field,
)
from erp.components.pasted_lines import chosen_file, pasted_lines
from erp.pages.routing import page
from erp.state.sales.importing import (
    COLUMNS,
    ERROR_COLUMNS,
    MOST_CHARACTERS,
    ROW_COLUMNS,
    ImportState,
)
from erp.state.sales.wording import SET

EXAMPLE = "sku,price,min_quantity\nARN-30C-30ML,95,1\nARN-30C-30ML,90,12"


@page(
    route="/prices/[list_id]/import",
    title="Import prices",
    permission=SET,
    parent="/prices",
    on_load=[ImportState.open_import],
)
def import_prices_page() -> rx.Component:
    """Read a file, show what it changes, then add its prices."""
    state = ImportState
    back = link_button("Back", f"/prices/{state.head['id']}", look="outline", icon="arrow-left")
    missing = empty_state(
        "file-question",
        "This is not here",
        state.problem,
        link_button("All price lists", "/prices", look="outline", icon="arrow-left"),
    )
    content = rx.fragment(
        page_header("Import prices", f"Into {state.head['name']} ({state.head['code']})", back),
        rx.cond(state.refusal != "", notice(state.refusal, tone="red")),
        rx.cond(state.faults.length() > 0, _faults()),
        rx.cond(state.summary != "", _preview(), _choice()),
    )
    return rx.cond(
        state.is_loading, page_skeleton(), rx.cond(state.problem != "", missing, content)
    )


def _choice() -> rx.Component:
    chooser = chosen_file(ImportState, MOST_CHARACTERS)
    pasted = pasted_lines(ImportState, EXAMPLE, MOST_CHARACTERS)
    return card(
        rx.el.p(
            "The first line names the columns: ",
            rx.el.span("sku", class_name="code"),
            " or ",
            rx.el.span("barcode", class_name="code"),
            ", and ",
            rx.el.span("price", class_name="code"),
            " or ",
            rx.el.span("percent", class_name="code"),
            " (what is added to the MRP; -10 is a tenth below). ",
            rx.el.span(", ".join(COLUMNS[4:]), class_name="code"),
            " may follow. Nothing is set before you have seen what changes.",
            class_name="soft",
        ),
        rx.el.div(chooser, class_name="adder"),
        pasted,
        title="The file",
    )


def _faults() -> rx.Component:
    return card(
        data_table(ERROR_COLUMNS, ImportState.faults, label="What is wrong"),
        title="What is wrong",
        subtitle="Mend these in the file and choose it again; nothing was set.",
    )


def _preview() -> rx.Component:
    state = ImportState
    apply = rx.el.form(
        text_field(
            "Why",
            "reason",
            errors={"reason": ""},
            placeholder="Price circular of November",
            hint="Kept with each price; the file's name where none is given.",
            max_length=200,
        ),
        rx.el.div(
            button("Another file", on_click=state.start_over),
            submit_button("Set these prices", icon="check"),
            class_name="form-foot",
        ),
        on_submit=state.apply,
        class_name="form",
        no_validate=True,
    )
    return card(
        data_table(ROW_COLUMNS, state.rows, label="What changes"),
        rx.cond(state.more != "", rx.el.p(state.more, class_name="soft")),
        apply,
        title=f"{state.summary}",
        subtitle=f"{state.file_name}: set together, or not at all.",
    )
