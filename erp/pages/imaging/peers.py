"""DICOM peers: the titles we are called by, and who may speak to us."""

import reflex as rx

from erp.components import (
    Empty,
    button,
    card,
    check_field,
    confirm_dialog,
    form_dialog,
    icon_button,
    list_view,
    notice,
    page_header,
    select_field,
    text_field,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.peers import PeerFormState as Form
from erp.state.imaging.peers import PeerListState as State
from erp.state.imaging.peers import TitleFormState


@page(
    route="/imaging/peers",
    title="DICOM peers",
    permission="imaging.view",
    parent="/imaging",
    on_load=[State.open_list, State.listen],
)
def peers_page() -> rx.Component:
    """List our AE titles, and the peers with what they may do."""
    add = button("Add peer", look="solid", icon="plus", on_click=Form.open_dialog("", ""))
    return rx.fragment(
        page_header(
            "DICOM peers",
            "Modalities, workstations and archives that speak DICOM. Nobody else is let in.",
            rx.cond(State.may_operate, add),
        ),
        imaging_tabs("/imaging/peers"),
        _titles(),
        list_view(
            State,
            label="Peers",
            search="AE title, name, address",
            row_action=_row_actions,
            empty=Empty("network", "No peer yet", "Nobody is let in until the first one is added."),
        ),
        _peer_dialog(),
        _title_dialog(),
        confirm_dialog(
            State.is_asking,
            title=f"Retire {State.asked['label']}?",
            message="New associations are refused within seconds. What came by it stays.",
            confirm="Retire",
            look="danger",
            on_confirm=State.retire,
            on_cancel=State.keep,
        ),
    )


def _titles() -> rx.Component:
    """Return the titles our branches are called by."""
    add = button(
        "Add title", look="ghost", icon="plus", on_click=TitleFormState.open_dialog("", "")
    )
    none = notice("No AE title yet: add one, so that peers can call this branch.", tone="amber")
    return card(
        rx.el.div(
            rx.cond(
                State.titles.length() > 0,
                rx.el.ul(rx.foreach(State.titles, _title), class_name="title-chips"),
                none,
            ),
            rx.cond(State.may_operate, add),
            class_name="title-bar",
        ),
        title="We are called",
    )


def _title(title: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.span(title["title"], class_name="code"),
        rx.el.span(title["branch"], class_name="muted"),
        rx.cond(
            State.may_operate,
            icon_button(
                "x", "Retire", on_click=State.ask_retire("title", title["id"], title["title"])
            ),
        ),
    )


def _row_actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    changing = rx.el.div(
        rx.cond(
            row["has_place"] != "",
            button("Echo", look="outline", icon="radio", on_click=State.echo(row["id"])),
        ),
        icon_button("pencil", "Edit", on_click=Form.open_dialog(row["id"], row["ae_title"])),
        icon_button(
            "archive", "Retire", on_click=State.ask_retire("peer", row["id"], row["ae_title"])
        ),
        class_name="row-actions",
    )
    return rx.cond(State.may_operate, changing)


def _peer_dialog() -> rx.Component:
    errors, values = Form.field_errors, Form.values
    is_new = Form.subject["id"] == ""
    return form_dialog(
        Form,
        rx.cond(
            is_new,
            rx.fragment(
                text_field(
                    "AE title",
                    "ae_title",
                    errors=errors,
                    required=True,
                    max_length=16,
                    placeholder="CT1",
                    hint="What the peer calls itself, letter by letter.",
                ),
                select_field("Branch", "branch_id", Form.branches, errors=errors),
            ),
        ),
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            default_value=values["name"],
            placeholder="CT in room 2",
        ),
        text_field(
            "Let in from",
            "address",
            errors=errors,
            required=True,
            default_value=values["address"],
            placeholder="10.0.0.5",
            hint="An address, or a network such as 10.0.0.0/24.",
        ),
        text_field(
            "Host we call",
            "host",
            errors=errors,
            default_value=values["host"],
            placeholder="10.0.0.5",
            hint="For echo, for sending it objects, and for answers to storage commitment.",
        ),
        text_field(
            "Port we call",
            "port",
            errors=errors,
            default_value=values["port"],
            placeholder="104",
            input_mode="numeric",
            max_length=5,
        ),
        *_what_it_is(),
        _rights(),
        title=rx.cond(is_new, "Add a DICOM peer", f"Change {Form.subject['label']}"),
        submit=rx.cond(is_new, "Add peer", "Save"),
        width="640px",
    )


def _what_it_is() -> tuple[rx.Component, ...]:
    errors, values = Form.field_errors, Form.values
    return (
        text_field(
            "Modality", "modality", errors=errors, default_value=values["modality"], max_length=16
        ),
        text_field("Model", "model", errors=errors, default_value=values["model"]),
        text_field("Serial number", "serial", errors=errors, default_value=values["serial"]),
        text_field(
            "Its certificate",
            "certificate",
            errors=errors,
            default_value=values["certificate"],
            max_length=120,
            placeholder="AB:CD:…",
            hint="SHA-256 fingerprint. It is let in and called with this one alone; empty for any.",
            wide=True,
        ),
    )


def _rights() -> rx.Component:
    choices = (
        ("Send objects to us", "may_store"),
        ("Search the archive", "may_query"),
        ("Fetch objects, or have them sent to it", "may_retrieve"),
        ("Read the worklist", "may_worklist"),
        ("We call it over TLS", "uses_tls"),
    )
    return rx.el.fieldset(
        rx.el.legend("It may", class_name="field-label"),
        *[
            check_field(label, name, default_checked=Form.values[name] != "")
            for label, name in choices
        ],
        class_name="field wide checks",
        key=Form.form_key,
    )


def _title_dialog() -> rx.Component:
    errors = TitleFormState.field_errors
    return form_dialog(
        TitleFormState,
        text_field(
            "AE title",
            "ae_title",
            errors=errors,
            required=True,
            max_length=16,
            placeholder="VANTAGE_PUNE",
            hint="Up to 16 characters; unique on this server.",
        ),
        select_field("Branch", "branch_id", TitleFormState.branches, errors=errors),
        text_field("Note", "name", errors=errors),
        title="Add an AE title of ours",
        subtitle="The title a peer calls decides whose archive it speaks to.",
        submit="Add title",
    )
