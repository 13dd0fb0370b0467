"""The blocks of assets of a year for income tax."""

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    date_field,
    day_filter,
    download_link,
    empty_state,
    form_dialog,
    money_field,
    notice,
    page_header,
    select_field,
)
from erp.pages.assets.tabs import asset_tabs
from erp.pages.routing import page
from erp.state.assets.tax_blocks import BLOCK_COLUMNS, SetTaxOpeningState, TaxBlocksState
from erp.state.assets.wording import VIEW

EXPORT = "/api/erp/export/assets.show_tax_blocks"
BLOCKS = (
    ("furniture", "Furniture and fittings"),
    ("machinery", "Machinery, plant and vehicles"),
    ("computers", "Computers and software"),
)


@page(
    route="/fixed-assets/tax-blocks",
    title="Blocks of assets",
    permission=VIEW,
    parent="/fixed-assets",
    on_load=[TaxBlocksState.open_blocks],
)
def tax_blocks_page() -> rx.Component:
    """Show the blocks of a year beside the books."""
    state = TaxBlocksState
    say = button("Opening worth", icon="pencil", on_click=SetTaxOpeningState.open_dialog("", ""))
    table = data_table(
        BLOCK_COLUMNS, state.rows, label="Blocks of assets", loading=state.is_loading
    )
    nothing = empty_state("armchair", "No asset in this year", "Choose a day of another year.")
    is_empty = ~state.is_loading & (state.rows.length() == 0)
    return rx.fragment(
        page_header(
            "Blocks of assets",
            f"Depreciation for income tax, s.32: {state.words}",
            day_filter("Year of", state.day, state.show_day),
            rx.cond(state.may_manage, say),
            download_link("PDF", f"/api/erp/tax-blocks.pdf?{state.asked}", icon="file-text"),
            download_link("XLSX", f"{EXPORT}.xlsx?{state.asked}"),
        ),
        asset_tabs("/fixed-assets/tax-blocks"),
        rx.cond(state.problem != "", notice(state.problem, tone="red")),
        rx.cond(
            state.unsaid != "",
            notice(
                f"Assets came over from earlier books: say what these blocks were worth. {state.unsaid}"
            ),
        ),
        rx.cond(state.gain != "", notice(state.gain, tone="gray", icon="scale")),
        card(rx.cond(is_empty, nothing, table), _totals()),
        _saying(),
    )


def _totals() -> rx.Component:
    totals = TaxBlocksState.totals
    parts = [
        ("Depreciation", "depreciation"),
        ("Closing", "closing"),
        ("In the books", "book_depreciation"),
    ]
    return rx.cond(
        TaxBlocksState.rows.length() > 0,
        rx.el.dl(
            *[rx.el.div(rx.el.dt(label), rx.el.dd(totals[name])) for label, name in parts],
            class_name="sums",
        ),
    )


def _saying() -> rx.Component:
    errors = SetTaxOpeningState.field_errors
    return form_dialog(
        SetTaxOpeningState,
        select_field("Block", "block", BLOCKS, errors=errors, required=True),
        date_field("Year of", "year", errors=errors, required=True, hint="Any day of the year"),
        money_field("Worth on 1 April", "worth", errors=errors, required=True),
        title="What a block was worth",
        subtitle="As the last assessment has it. Later years are worked out from it.",
        submit="Save",
    )
