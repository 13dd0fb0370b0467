"""One lot: standing, places, trail, buyers."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    data_table,
    download_link,
    empty_state,
    fact_list,
    form_dialog,
    grid,
    link_button,
    notice,
    page_header,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.inventory.quality import checks_card
from erp.pages.inventory.stock import document_link
from erp.pages.routing import page
from erp.state.inventory.lot import (
    BUYER_COLUMNS,
    PLACE_COLUMNS,
    RELATIVE_COLUMNS,
    TRAIL_COLUMNS,
    HoldLotState,
    LotState,
    RecallLotState,
    ReleaseLotState,
)
from erp.state.inventory.quality import CheckListState

head = LotState.head


@page(
    route="/stock/lots/[lot_id]",
    title="Lot",
    permission="inventory.view",
    parent="/stock",
    record="lot",
    on_load=[LotState.open_record, CheckListState.open_checks, LotState.listen],
)
def lot_page() -> rx.Component:
    """Show one lot."""
    return rx.fragment(
        record_view(
            LotState,
            page_header(head["title"], head["label"], _actions()),
            rx.cond(head["status"] != "Available", _standing()),
            tiles(
                stat_tile("On hand", head["on_hand"], note=f"{head['reserved']} reserved"),
                stat_tile("Value at cost", head["value"]),
                stat_tile(
                    "Expiry",
                    or_text(head["expiry"]),
                    note=head["last_day"],
                    tone=head["expiry_tone"],
                ),
                stat_tile("MRP", head["mrp"], note="a unit, tax included"),
            ),
            grid(
                rx.el.div(card(_facts(), title="About this lot"), class_name="span-4 full-below"),
                rx.el.div(_places(), _relatives(), _buyers(), class_name="stack span-8"),
            ),
            checks_card(),
            _trail(),
            list_route="/stock",
            list_label="All stock",
        ),
        _dialogs(),
    )


def or_text(value: rx.Var[str]) -> rx.Component:
    """Return an expiry, or that there is none."""
    return rx.cond(value != "", value, "None")


def _standing() -> rx.Component:
    words = rx.fragment(
        rx.el.b(head["status"]),
        ": nothing of this lot can be sold. Reason: ",
        head["status_reason"],
    )
    return notice(words, tone=head["status_tone"], icon="ban")


def _actions() -> rx.Component:
    about = (head["id"], head["label"])

    def go(label: str, key: str, icon: str) -> rx.Component:
        return rx.cond(head[key] != "", link_button(label, head[key], look="outline", icon=icon))

    def act(label: str, key: str, icon: str, event: Any, look: Any = "outline") -> rx.Component:
        return rx.cond(head[key] != "", button(label, icon=icon, look=look, on_click=event))

    return rx.fragment(
        go("Adjust", "adjust_href", "scale"),
        go("Write off", "write_off_href", "trash-2"),
        go("Move", "transfer_href", "move-right"),
        act("Hold", "may_hold", "hand", HoldLotState.open_dialog(*about)),
        act("Release", "may_release", "check", ReleaseLotState.open_dialog(*about)),
        act("Recall", "may_recall", "octagon-alert", RecallLotState.open_dialog(*about), "danger"),
    )


def _facts() -> rx.Component:
    product = rx.link(head["label"], href=head["product_href"])
    supplier = rx.cond(
        head["supplier_href"] != "", rx.link(head["supplier"], href=head["supplier_href"]), "\u2013"
    )
    return fact_list(
        [
            ("Product", product),
            ("SKU", rx.el.span(head["sku"], class_name="code")),
            ("Status", badge(head["status"], head["status_tone"])),
            ("Maker", or_dash(head["maker"])),
            ("Made", or_dash(head["made"])),
            ("Expiry", or_dash(head["expiry"])),
            ("PTR", or_dash(head["ptr"])),
            ("PTS", or_dash(head["pts"])),
            ("First cost", head["unit_cost"]),
            ("First came from", supplier),
            ("First came on", head["first_received"]),
        ]
    )


def _places() -> rx.Component:
    table = data_table(PLACE_COLUMNS, LotState.places, label="Balances by place")
    none = empty_state(
        "package-open", "Nothing is left", "Its trail below tells where every unit went."
    )
    return card(rx.cond(LotState.places.length() > 0, table, none), title="Where it is")


def _relatives() -> rx.Component:
    table = data_table(RELATIVE_COLUMNS, LotState.relatives, label="Related lots", linked=True)
    shown = card(
        table,
        title="Dispensed here",
        subtitle="Lots it was made of, and packs made of it. A recall takes the packs along.",
    )
    return rx.cond(LotState.relatives.length() > 0, shown)


def _buyers() -> rx.Component:
    base = f"/api/erp/export/reporting.list_lot_buyers.xlsx?lot_id={head['id']}"
    table = data_table(BUYER_COLUMNS, LotState.buyers, label="Who got it")
    none = rx.el.p("Nobody bought of this lot yet.", class_name="soft")
    shown = card(
        rx.cond(LotState.buyers.length() > 0, table, none),
        title="Who got it",
        subtitle="Whom to call if the lot is recalled.",
        actions=(rx.cond(LotState.buyers.length() > 0, download_link("Export", base)),),
    )
    return rx.cond(head["sees_buyers"] != "", shown)


def _trail() -> rx.Component:
    table = data_table(
        TRAIL_COLUMNS,
        LotState.moves,
        label="Trail of the lot",
        row_action=document_link,
    )
    return card(table, title="Trail", subtitle="Every move, the last recorded first.")


def _dialogs() -> rx.Component:
    return rx.fragment(
        form_dialog(
            HoldLotState,
            select_field(
                "Keep it as",
                "status",
                [("hold", "On hold"), ("quarantine", "Quarantine")],
                errors=HoldLotState.field_errors,
            ),
            _reason(HoldLotState, "Leaking caps, asked the maker"),
            title="Hold this lot",
            subtitle="No till can sell it until it is released.",
            submit="Hold lot",
        ),
        form_dialog(
            ReleaseLotState,
            _reason(ReleaseLotState, "Checked, seals are sound"),
            title="Release this lot",
            subtitle="Tills can sell it again at once.",
            submit="Release lot",
        ),
        form_dialog(
            RecallLotState,
            _reason(RecallLotState, "Maker's circular of 12-03-2026"),
            title="Recall this lot",
            subtitle="Nothing of it is sold any more. This cannot be taken back.",
            submit="Recall lot",
        ),
    )


def _reason(state: Any, example: str) -> rx.Component:
    return text_field(
        "Reason",
        "reason",
        errors=state.field_errors,
        required=True,
        wide=True,
        placeholder=example,
        auto_focus=True,
        max_length=120,
    )
