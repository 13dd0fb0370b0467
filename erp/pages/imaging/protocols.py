"""Protocols: time to decide, second reader, checklist."""

import reflex as rx

from erp.components import (
    button,
    card,
    check_field,
    dialog,
    empty_state,
    fact_list,
    form_dialog,
    icon_button,
    link_button,
    page_header,
    page_skeleton,
    quantity_field,
    select_field,
    submit_button,
    text_field,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.protocols import (
    KIND_LABELS,
    SECOND_LABELS,
    ItemFormState,
    ProtocolFormState,
    ProtocolsState,
)

chosen = ProtocolsState.chosen
Row = rx.Var[dict[str, str]]


@page(
    route="/imaging/protocols",
    title="Protocols",
    permission="imaging.view",
    parent="/imaging",
    on_load=[ProtocolsState.open_protocols],
)
def protocols_page() -> rx.Component:
    """Show how sessions are judged, protocol by protocol."""
    add = button(
        "Add protocol",
        look="solid",
        icon="plus",
        on_click=ProtocolFormState.open_dialog("new", ""),
    )
    shown = rx.el.div(
        card(
            rx.el.ul(rx.foreach(ProtocolsState.rows, _entry), class_name="picks"), title="Protocols"
        ),
        rx.el.div(_rules(), _checklist(), class_name="stack"),
        class_name="protocols",
    )
    return rx.fragment(
        page_header(
            "Protocols",
            "How soon sessions are due, when a second person reads, and what is looked at.",
            rx.fragment(
                link_button(
                    "Report templates",
                    "/imaging/report-templates",
                    look="outline",
                    icon="layout-template",
                ),
                rx.cond(ProtocolsState.may_manage, add),
            ),
        ),
        imaging_tabs("/imaging/protocols"),
        rx.cond(ProtocolsState.is_loading, page_skeleton(), shown),
        _rules_dialog(),
        _item_dialog(),
    )


def _entry(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(row["name"]),
            rx.el.span(row["sessions"], class_name="hint"),
            type="button",
            on_click=ProtocolsState.choose(row["code"]),
            aria_current=rx.cond(chosen["code"] == row["code"], "true", "false"),
        ),
        key=row["code"],
    )


def _rules() -> rx.Component:
    edit = button(
        "Change",
        icon="pencil",
        on_click=ProtocolFormState.open_dialog(chosen["code"], chosen["name"]),
    )
    return card(
        rx.cond(
            chosen["is_own"] == "",
            rx.el.p(
                "It is judged like every other protocol, until it has rules of its own.",
                class_name="hint below",
            ),
        ),
        fact_list(
            [
                ("Decided within", chosen["times"]),
                ("Second reader", chosen["second"]),
            ]
        ),
        title=chosen["name"],
        actions=(rx.cond(ProtocolsState.may_manage, edit),),
    )


def _checklist() -> rx.Component:
    actions = rx.cond(
        ProtocolsState.may_manage,
        rx.fragment(
            button("Add item", icon="plus", on_click=ItemFormState.open_dialog),
            rx.cond(
                ProtocolsState.is_changed,
                button("Publish", look="solid", icon="check", on_click=ProtocolsState.publish),
            ),
        ),
    )
    none = empty_state(
        "list-checks",
        "No checklist",
        "Sessions are accepted on sight. Add what a reader must look at.",
    )
    note = rx.cond(
        ProtocolsState.is_changed,
        "Not published yet. Decided sessions keep the version they were judged by.",
        rx.cond(chosen["made"] != "", f"{chosen['checklist']}, {chosen['made']}", ""),
    )
    return card(
        rx.cond(note != "", rx.el.p(note, class_name="hint")),
        rx.cond(
            ProtocolsState.items.length() > 0,
            rx.el.ol(rx.foreach(ProtocolsState.items, _item), class_name="imaging-rows"),
            none,
        ),
        title="Checklist",
        actions=(actions,),
    )


def _item(item: Row) -> rx.Component:
    place = item["place"].to(int)
    moving = rx.el.div(
        icon_button("arrow-up", "Move up", on_click=ProtocolsState.raise_item(place)),
        icon_button("x", "Remove", on_click=ProtocolsState.remove(place)),
        class_name="row-actions",
    )
    return rx.el.li(
        rx.el.div(rx.el.div(item["label"]), rx.el.span(item["detail"], class_name="hint")),
        rx.cond(ProtocolsState.may_manage, moving),
        key=item["key"],
    )


def _rules_dialog() -> rx.Component:
    errors, given = ProtocolFormState.field_errors, ProtocolFormState.given

    def minutes(label: str, name: str) -> rx.Component:
        return quantity_field(label, name, errors=errors, required=True, default_value=given[name])

    code = text_field(
        "Code",
        "code",
        errors=errors,
        required=True,
        hint="As devices call it.",
        max_length=64,
    )
    return form_dialog(
        ProtocolFormState,
        rx.cond(given["is_new"] != "", code),
        text_field("Name", "name", errors=errors, default_value=given["name"], max_length=120),
        minutes("Routine, minutes", "routine_minutes"),
        minutes("Urgent, minutes", "urgent_minutes"),
        minutes("Stat, minutes", "stat_minutes"),
        select_field(
            "Second reader",
            "second_reader",
            list(SECOND_LABELS.items()),
            errors=errors,
            default_value=given["second_reader"],
        ),
        quantity_field(
            "Sample, percent",
            "sample_percent",
            errors=errors,
            default_value=given["sample_percent"],
            hint="Read twice: of all, or of the accepted (at least 10) so that the second is blind.",
        ),
        title="How its sessions are judged",
        subtitle="Due times that are set already stay.",
    )


def _item_dialog() -> rx.Component:
    errors, kind = ItemFormState.field_errors, ItemFormState.kind
    bounds = rx.fragment(
        text_field("At least", "low", errors=errors, input_mode="decimal", max_length=12),
        text_field("At most", "high", errors=errors, input_mode="decimal", max_length=12),
        text_field("Unit", "unit", errors=errors, max_length=16, placeholder="mm"),
    )
    form = rx.el.form(
        rx.el.div(
            text_field(
                "What is looked at",
                "label",
                errors=errors,
                required=True,
                wide=True,
                placeholder="Whole region covered",
                auto_focus=True,
                max_length=120,
            ),
            select_field(
                "Answer",
                "kind",
                list(KIND_LABELS.items()),
                errors=errors,
                value=kind,
                on_change=ItemFormState.choose_kind,
            ),
            rx.cond(kind == "number", bounds),
            rx.cond(
                kind == "choice",
                text_field(
                    "Choices",
                    "choices",
                    errors=errors,
                    hint="With commas between.",
                    placeholder="Good, fair, poor",
                ),
            ),
            rx.cond(kind == "yes_no", check_field("May be answered N/A", "allows_na")),
            check_field("Must be right to accept", "is_required", default_checked=True),
            class_name="form-grid",
        ),
        rx.el.div(
            button("Cancel", on_click=ItemFormState.close_dialog),
            submit_button("Add"),
            class_name="form-foot",
        ),
        on_submit=ItemFormState.add,
        class_name="form",
        no_validate=True,
    )
    return dialog(
        ItemFormState.is_open,
        form,
        title="Add an item",
        subtitle="It holds once the next version is published.",
        on_close=ItemFormState.close_dialog,
    )
