"""Fixed assets: the list, and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
    date_field,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    lookup_field,
    money_field,
    notice,
    page_header,
    reason_dialog,
    reason_field,
    select_field,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.assets.tabs import asset_tabs
from erp.pages.routing import Nav, page
from erp.state.assets.assets import (
    LOSS_COLUMNS,
    MOVE_COLUMNS,
    AssetListState,
    AssetState,
    CancelAssetSaleState,
    DisposeAssetState,
    MoveAssetState,
    SellAssetState,
)
from erp.state.assets.wording import PAID_INTO, STATUSES, VIEW

head = AssetState.head


@page(
    route="/fixed-assets",
    title="Fixed assets",
    permission=VIEW,
    nav=Nav("Fixed assets", "armchair", group="Money", order=47, section="/fixed-assets"),
    on_load=[AssetListState.open_assets, AssetListState.open_list, AssetListState.listen],
)
def assets_page() -> rx.Component:
    """List assets."""
    state = AssetListState
    add = rx.cond(
        state.may_manage, link_button("Register an asset", "/fixed-assets/new", icon="plus")
    )
    return rx.fragment(
        page_header("Fixed assets", "What is used for years, and what it is worth.", add),
        asset_tabs("/fixed-assets"),
        list_view(
            state,
            label="Fixed assets",
            search="Name, number, serial, place or person",
            filters=[Filter("status", "Status", list(STATUSES.items()))],
            empty=Empty(
                "armchair", "No asset yet", "Register what was bought, or bring it over.", add
            ),
        ),
    )


@page(
    route="/fixed-assets/[asset_id]",
    title="Fixed asset",
    permission=VIEW,
    parent="/fixed-assets",
    record="asset",
    on_load=[AssetState.open_record, AssetState.listen],
)
def asset_page() -> rx.Component:
    """Show one asset."""
    losses = data_table(LOSS_COLUMNS, AssetState.losses, label="Depreciation")
    none = rx.el.p("Nothing is posted yet.", class_name="soft")
    moves = data_table(MOVE_COLUMNS, AssetState.moves, label="Moves")
    return record_view(
        AssetState,
        page_header(head["name"], head["about"], _actions()),
        rx.cond(head["gone"] != "", notice(head["gone"], tone="gray", icon="archive")),
        rx.cond(head["sold"] != "", notice(head["sold"], tone="gray", icon="receipt-text")),
        grid(
            rx.el.div(
                card(rx.cond(AssetState.losses.length() > 0, losses, none), title="Depreciation"),
                rx.cond(AssetState.moves.length() > 0, card(moves, title="Where it was")),
                class_name="stack span-7",
            ),
            rx.el.div(card(_facts(), title="Asset"), class_name="stack span-5 full-below"),
        ),
        _moving(),
        _disposing(),
        _selling(),
        reason_dialog(
            CancelAssetSaleState,
            title="Cancel this sale?",
            subtitle="Its invoice keeps its number, nothing of it is owed, and the asset is in use again.",
            example="The buyer withdrew",
            submit="Cancel the sale",
            name="reason",
        ),
        list_route="/fixed-assets",
        list_label="All assets",
    )


def _actions() -> rx.Component:
    subject = (head["id"], head["number"])
    return rx.fragment(
        rx.cond(
            head["sees_books"] != "",
            link_button("Journal", head["journal"], look="outline", icon="book-open"),
        ),
        rx.cond(
            head["may_change"] != "",
            rx.fragment(
                button("Move", icon="move-right", on_click=MoveAssetState.open_dialog(*subject)),
                button(
                    "Scrap",
                    icon="archive",
                    on_click=DisposeAssetState.open_dialog(*subject),
                ),
                button(
                    "Sell",
                    look="solid",
                    icon="receipt-text",
                    on_click=SellAssetState.open_dialog(*subject),
                ),
            ),
        ),
        rx.cond(
            head["invoice_href"] != "",
            link_button(head["invoice"], head["invoice_href"], look="outline", icon="receipt-text"),
        ),
        rx.cond(
            head["may_cancel"] != "",
            button(
                "Cancel the sale",
                icon="undo-2",
                on_click=CancelAssetSaleState.open_dialog(*subject),
            ),
        ),
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Cost", rx.el.b(head["cost"], class_name="numeric")),
            ("Lost so far", head["lost"]),
            ("Worth", rx.el.b(head["worth"], class_name="numeric")),
            ("Method", head["method"]),
            ("Left at the end", head["residual"]),
            ("GST credit", or_dash(head["credit"])),
            ("Account", head["account"]),
            ("Bought", head["bought"]),
            ("Bill", or_dash(head["bill"])),
            ("In the books since", head["booked"]),
            ("In use from", head["used_from"]),
            ("Serial number", or_dash(head["serial"])),
            ("Place", or_dash(head["place"])),
            ("Who has it", or_dash(head["custodian"])),
            ("Note", or_dash(head["note"])),
        ]
    )


def _moving() -> rx.Component:
    errors = MoveAssetState.field_errors
    return form_dialog(
        MoveAssetState,
        select_field(
            "Branch",
            "to_branch_id",
            MoveAssetState.branches,
            errors=errors,
            default_value=head["branch_id"],
        ),
        text_field("Place", "place", errors=errors, max_length=120, default_value=head["place"]),
        text_field(
            "Who has it",
            "custodian",
            errors=errors,
            max_length=120,
            default_value=head["custodian"],
        ),
        text_field("Note", "note", errors=errors, max_length=200),
        title="Move this asset",
        subtitle="To another branch it goes with its cost and depreciation, booked today.",
        submit="Move",
    )


def _selling() -> rx.Component:
    errors = SellAssetState.field_errors
    return form_dialog(
        SellAssetState,
        lookup_field(
            "Buyer",
            "buyer_id",
            "/api/erp/parties",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="city",
            placeholder="Who owes the money",
        ),
        money_field("Price without GST", "price", errors=errors, required=True),
        text_field("HSN", "hsn", errors=errors, required=True, max_length=8),
        text_field("GST, percent", "rate", errors=errors, required=True, input_mode="decimal"),
        reason_field(errors, "Replaced by a new one"),
        title="Sell this asset",
        subtitle="Today, with its invoice. Of its GST credit 5% is used up by each quarter begun; where more is"
        " left than the tax on the price, the rest goes back (s.18(6)).",
        submit="Sell and make the invoice",
    )


def _disposing() -> rx.Component:
    errors = DisposeAssetState.field_errors
    return form_dialog(
        DisposeAssetState,
        select_field(
            "What becomes of it",
            "outcome",
            (("scrapped", "Scrapped"), ("sold", "Sold without an invoice")),
            errors=errors,
        ),
        date_field("Last day", "disposed_on", errors=errors, hint="Else today"),
        money_field("Sold for, without GST", "proceeds", errors=errors),
        select_field("The money", "paid_into", list(PAID_INTO.items()), errors=errors),
        lookup_field(
            "Buyer",
            "buyer_id",
            "/api/erp/parties",
            errors=errors,
            label_key="name",
            detail_key="city",
            placeholder="Where the buyer owes it",
        ),
        reason_field(errors, "Replaced by a new one"),
        title="Take this asset out of the books",
        subtitle="Scrapped, or sold where no invoice is due. Depreciation is booked until its last day.",
        submit="Take out of the books",
    )
