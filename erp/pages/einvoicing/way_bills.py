"""Way bills: the list and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
    download_link,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    select_field,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import Nav, page
from erp.state.einvoicing.way_bills import (
    VEHICLE_COLUMNS,
    CancelWayBillState,
    ChangeVehicleState,
    RecordWayBillState,
    WayBillListState,
    WayBillState,
)
from erp.state.einvoicing.wording import CALL_COLUMNS, REASONS, VIEW, WAY_STATUSES

head = WayBillState.head


@page(
    route="/gst/way-bills",
    title="Way bills",
    permission=VIEW,
    parent="/gst",
    nav=Nav("Way bills", "route", group="Stock", order=28),
    on_load=[WayBillListState.open_list, WayBillListState.listen],
)
def way_bills_page() -> rx.Component:
    """List way bills."""
    return rx.fragment(
        page_header("Way bills", "Permission to carry goods above the limit of their state."),
        rx.cond(WayBillListState.sees_returns, gst_tabs("/gst/way-bills")),
        list_view(
            WayBillListState,
            label="Way bills",
            search="Number, document or vehicle",
            filters=[Filter("status", "State", list(WAY_STATUSES.items()))],
            empty=Empty(
                "route",
                "No way bill yet",
                "The page of an invoice or transfer says whether its goods need one, and makes it.",
            ),
        ),
    )


@page(
    route="/gst/way-bills/[way_bill_id]",
    title="Way bill",
    permission=VIEW,
    parent="/gst/way-bills",
    on_load=[WayBillState.open_record, WayBillState.listen],
)
def way_bill_page() -> rx.Component:
    """Show one way bill."""
    vehicles = card(
        data_table(VEHICLE_COLUMNS, WayBillState.vehicles, label="Vehicles"), title="Vehicles"
    )
    calls = card(
        data_table(CALL_COLUMNS, WayBillState.calls, label="Calls to the portal"),
        title="Calls to the portal",
    )
    return rx.fragment(
        record_view(
            WayBillState,
            page_header(head["title"], head["about"], _actions()),
            rx.cond(head["problem"] != "", notice(head["problem"], tone="red")),
            rx.cond(head["asked"] != "", notice(head["asked"], icon="hourglass")),
            grid(
                rx.el.div(
                    card(_travel(), title="How the goods travel"),
                    rx.cond(WayBillState.vehicles.length() > 0, vehicles),
                    rx.cond(WayBillState.calls.length() > 0, calls),
                    class_name="stack span-8 full-below",
                ),
                rx.el.div(card(_facts(), title="Way bill"), class_name="stack span-4 full-below"),
            ),
            list_route="/gst/way-bills",
            list_label="All way bills",
        ),
        _recording(),
        _vehicle(),
        _cancelling(),
    )


def _actions() -> rx.Component:
    named = (head["id"], head["title"])
    return rx.fragment(
        rx.cond(
            head["may_cancel"] != "",
            button(
                "Cancel", look="ghost", icon="ban", on_click=CancelWayBillState.open_dialog(*named)
            ),
        ),
        download_link("Portal JSON", head["file_href"], icon="file-json"),
        link_button("Document", head["document_href"], look="outline", icon="file-text"),
        rx.cond(
            head["may_record"] != "",
            button(
                "Type in number",
                look="outline",
                icon="pencil",
                on_click=RecordWayBillState.open_dialog(*named),
            ),
        ),
        rx.cond(
            head["may_change"] != "",
            button(
                "Change vehicle",
                look="outline",
                icon="truck",
                on_click=ChangeVehicleState.open_dialog(*named),
            ),
        ),
        rx.cond(
            head["may_send"] != "",
            button("Send to the portal", look="solid", icon="send", on_click=WayBillState.send),
        ),
    )


def _travel() -> rx.Component:
    return fact_list(
        [
            ("By", head["mode"]),
            ("Distance", head["distance"]),
            ("Vehicle", or_dash(head["vehicle"])),
            ("Transporter", or_dash(head["carrier"])),
            ("Transport document", or_dash(head["carried"])),
        ]
    )


def _facts() -> rx.Component:
    return fact_list(
        [
            ("State", badge(head["status"], head["tone"])),
            ("Number", or_dash(head["number"])),
            ("Value", head["value"]),
            ("Made", or_dash(head["made"])),
            ("Holds until", or_dash(head["until"])),
            ("May be cancelled until", or_dash(head["may_cancel_until"])),
            ("Cancelled", or_dash(head["cancelled"])),
        ]
    )


def _recording() -> rx.Component:
    errors = RecordWayBillState.field_errors
    return form_dialog(
        RecordWayBillState,
        text_field(
            "Number",
            "number",
            errors=errors,
            required=True,
            input_mode="numeric",
            hint="12 digits, as the portal gave it",
            max_length=20,
        ),
        title="Number of the way bill",
        subtitle="For a file that was uploaded at the portal by hand.",
        submit="Save number",
    )


def _vehicle() -> rx.Component:
    errors = ChangeVehicleState.field_errors
    return form_dialog(
        ChangeVehicleState,
        text_field(
            "Vehicle",
            "vehicle_no",
            errors=errors,
            required=True,
            placeholder="MH12AB1234",
            max_length=15,
        ),
        text_field("Goes on from", "place", errors=errors, required=True, max_length=50),
        text_field(
            "Why",
            "reason",
            errors=errors,
            required=True,
            max_length=50,
            placeholder="Reloaded on a larger lorry",
        ),
        title="Another vehicle carries on",
        submit="Change vehicle",
    )


def _cancelling() -> rx.Component:
    errors = CancelWayBillState.field_errors
    return form_dialog(
        CancelWayBillState,
        select_field("Reason", "code", REASONS, errors=errors, required=True),
        text_field("In words", "reason", errors=errors, required=True, max_length=50),
        title="Cancel this way bill?",
        subtitle="Only within 24 hours, and only if the goods did not travel with it.",
        submit="Cancel it",
    )
