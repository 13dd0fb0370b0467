"""Groups of the chart, and of one's own below them."""

from typing import Any

import reflex as rx

from erp.components import Empty, button, form_dialog, list_view, page_header, text_field
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.groups import (
    GroupListState,
    OpenGroupState,
    RemoveGroupState,
    RenameGroupState,
)


@page(
    route="/books/groups",
    title="Groups of accounts",
    permission="accounting.view",
    parent="/books/accounts",
    on_load=[GroupListState.open_list],
)
def groups_page() -> rx.Component:
    """Show the tree of groups."""
    return rx.fragment(
        page_header(
            "Groups of accounts",
            "The chart's groups decide side and statement; your own stand below them. Open one for its lines.",
        ),
        book_tabs("/books/accounts"),
        list_view(
            GroupListState,
            label="Groups",
            search="Search by name",
            empty=Empty("list-tree", "No such group", "Search for other words."),
            row_action=_actions,
        ),
        _opening(),
        _renaming(),
        _removing(),
    )


def _actions(row: Any) -> rx.Component:
    add = button(
        "Group below",
        look="ghost",
        icon="plus",
        on_click=OpenGroupState.open_dialog(row["group"], row["group"]),
    )
    rename = button(
        "Rename",
        look="ghost",
        icon="pencil",
        on_click=RenameGroupState.open_dialog(row["group_id"], row["group"]),
    )
    remove = button(
        "Remove",
        look="ghost",
        icon="trash-2",
        on_click=RemoveGroupState.open_dialog(row["group_id"], row["group"]),
    )
    is_own = row["group_id"] != ""
    own = rx.cond(is_own, rx.fragment(rename, rx.cond(row["is_empty"] != "", remove)))
    return rx.cond(GroupListState.may_post, rx.fragment(own, add))


def _opening() -> rx.Component:
    state = OpenGroupState
    name = text_field(
        "Name",
        "name",
        errors=state.field_errors,
        required=True,
        auto_focus=True,
        max_length=120,
    )
    return form_dialog(
        state,
        name,
        title=f"New group below {state.subject['label']}",
        subtitle="Statements add its accounts up under this name.",
        submit="Add group",
    )


def _renaming() -> rx.Component:
    state = RenameGroupState
    name = text_field(
        "New name",
        "name",
        errors=state.field_errors,
        required=True,
        auto_focus=True,
        max_length=120,
        default_value=state.subject["label"],
    )
    return form_dialog(
        state,
        name,
        title=f"Rename {state.subject['label']}",
        subtitle="Reports of the past call it so as well.",
        submit="Rename",
    )


def _removing() -> rx.Component:
    state = RemoveGroupState
    return form_dialog(
        state,
        title=f"Remove {state.subject['label']}?",
        subtitle="It holds no account. Groups below it are removed first.",
        submit="Remove group",
    )
