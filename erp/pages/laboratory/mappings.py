"""What laboratories call analytes."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    confirm_dialog,
    form_dialog,
    icon_button,
    list_view,
    page_header,
    select_field,
)
from erp.pages.laboratory.tabs import laboratory_tabs
from erp.pages.routing import page
from erp.state.laboratory.mappings import ChangeMappingState as Form
from erp.state.laboratory.mappings import MappingsState as State
from erp.state.laboratory.wording import VIEW


@page(
    route="/laboratory/mappings",
    title="Mappings",
    permission=VIEW,
    parent="/laboratory",
    on_load=[State.open_list, State.listen],
)
def mappings_page() -> rx.Component:
    """List what laboratories call analytes."""
    return rx.fragment(
        page_header(
            "Mappings",
            "What laboratories call their tests. A change counts for what comes from now on.",
        ),
        laboratory_tabs("/laboratory/mappings"),
        list_view(
            State,
            label="Mappings",
            search="Test or analyte",
            filters=[Filter("laboratory_id", "Laboratory", State.laboratories)],
            row_action=_actions,
            empty=Empty(
                "arrow-left-right",
                "No mapping yet",
                "A test that is not known waits; who says which analyte it is makes the mapping.",
            ),
        ),
        form_dialog(
            Form,
            select_field(
                "Analyte", "analyte_id", Form.analytes, errors=Form.field_errors, required=True
            ),
            title="Which analyte is it?",
            subtitle=Form.subject["label"],
            submit="Change",
        ),
        confirm_dialog(
            State.is_asking,
            title=f"End the mapping of {State.asked['told']}?",
            message="Results that are here stay. Rows with this test wait for a person from now on.",
            confirm="End mapping",
            look="danger",
            on_confirm=State.end,
            on_cancel=State.keep,
        ),
    )


def _actions(row: rx.Var[dict[str, Any]]) -> rx.Component:
    standing = rx.cond(
        row["is_active"] != "",
        icon_button("archive", "End", on_click=State.ask_end(row["id"], row["told"])),
        button("Use again", look="ghost", on_click=State.take_up(row["id"])),
    )
    change = icon_button("pencil", "Change", on_click=Form.open_dialog(row["id"], row["told"]))
    return rx.cond(
        State.may_record, rx.el.div(change, standing, class_name="row-actions"), rx.fragment()
    )
