"""Drafts of entries, and entries that come again."""

import reflex as rx

from erp.components import Empty, button, link_button, list_view, page_header
from erp.pages.accounting.tabs import book_tabs
from erp.pages.routing import page
from erp.state.accounting.drafts import DraftListState, TemplateListState

VIEW = "accounting.view"
JOURNAL = "/books/journal"
Row = rx.Var[dict[str, str]]


@page(
    route="/books/drafts",
    title="Drafts",
    permission=VIEW,
    parent=JOURNAL,
    on_load=[DraftListState.open_list],
)
def drafts_page() -> rx.Component:
    """List entries that wait to be posted."""
    return rx.fragment(
        page_header(
            "Drafts",
            "Entries that are not in the books yet. Open one to finish it.",
            link_button("New entry", "/books/journal/new", icon="plus"),
        ),
        book_tabs("/books/drafts"),
        list_view(
            DraftListState,
            label="Drafts",
            search="Search the narration",
            row_action=_draft_actions,
            empty=Empty(
                "file-pen", "No draft waits", "Save an entry as a draft to finish it later."
            ),
        ),
    )


@page(
    route="/books/recurring",
    title="Recurring entries",
    permission=VIEW,
    parent=JOURNAL,
    on_load=[TemplateListState.open_list],
)
def recurring_page() -> rx.Component:
    """List entries that come again."""
    due = button("Make what is due", icon="repeat", on_click=TemplateListState.make_due)
    return rx.fragment(
        page_header(
            "Recurring entries",
            "Each comes on its day: posted at once, or as a draft that waits for you.",
            rx.cond(TemplateListState.may_post, due),
            link_button("New entry", "/books/journal/new", icon="plus"),
        ),
        book_tabs("/books/recurring"),
        list_view(
            TemplateListState,
            label="Recurring entries",
            search="Search the narration",
            row_action=_template_actions,
            empty=Empty("repeat", "Nothing comes again yet", "Type an entry and choose how often."),
        ),
    )


def _draft_actions(row: Row) -> rx.Component:
    return rx.cond(
        DraftListState.may_post,
        rx.el.div(
            button("Post", look="ghost", icon="check", on_click=DraftListState.post(row["id"])),
            button("Drop", look="ghost", icon="trash-2", on_click=DraftListState.drop(row["id"])),
            class_name="row-actions",
        ),
    )


def _template_actions(row: Row) -> rx.Component:
    return rx.cond(
        TemplateListState.may_post,
        rx.el.div(
            link_button(
                "Change",
                f"/books/journal/new?template={row['id']}",
                look="ghost",
                icon="pencil",
            ),
            button("Stop", look="ghost", icon="square", on_click=TemplateListState.stop(row["id"])),
            class_name="row-actions",
        ),
    )
