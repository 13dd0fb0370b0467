"""The archive: studies, what holds them, copies without identity, removal by two people."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    dialog,
    download_link,
    fact_list,
    form_dialog,
    list_view,
    page_header,
    progress_bar,
    reason_dialog,
    reason_field,
    select_field,
    text_field,
)
from erp.components.records import or_dash
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.studies import (
    AskRemovalState,
    ExportState,
    HoldState,
    ReleaseState,
    RetentionState,
)
from erp.state.imaging.studies import StudyListState as State

DATES = [
    ("remove", "Take out all dates"),
    ("shift", "Move all dates by the same unknown days"),
    ("keep", "Keep the dates"),
]
shown = State.shown


@page(
    route="/imaging/studies",
    title="Archive",
    permission="imaging.view",
    parent="/imaging",
    on_load=[State.open_list, State.listen],
)
def studies_page() -> rx.Component:
    """List the studies of the archive and keep, copy or remove them."""
    years = button(
        f"Kept {State.years} years",
        look="ghost",
        icon="calendar-clock",
        on_click=RetentionState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "Archive",
            "Every study that came in, by whatever way.",
            rx.cond(State.may_keep, years),
        ),
        imaging_tabs("/imaging/studies"),
        list_view(
            State,
            label="Studies",
            search="Patient, study, accession",
            filters=[
                Filter(
                    "show",
                    "Keeping",
                    [
                        ("held", "Held"),
                        ("due", "May be removed"),
                        ("asked", "Removal asked for"),
                        ("removed", "Removed"),
                    ],
                    anything="In the archive",
                )
            ],
            row_action=lambda row: rx.el.div(
                button("Look", look="ghost", icon="eye", on_click=State.look(row["id"])),
                class_name="row-actions",
            ),
            empty=Empty("archive", "Nothing here", "Studies appear here as objects are stored."),
        ),
        _facts(),
        *_dialogs(),
    )


def _facts() -> rx.Component:
    facts = fact_list(
        [
            ("Study", rx.el.span(shown["study_uid"], class_name="code")),
            ("Patient number", or_dash(shown["patient_code"])),
            ("Accession", or_dash(shown["accession"])),
            ("Modalities", or_dash(shown["modalities"])),
            ("Objects", f"{shown['instances']}, {shown['size_text']}"),
            ("Keeping", shown["keeping"]),
            ("Last copy asked for by", or_dash(shown["export_by"])),
        ]
    )
    copy = rx.el.div(
        rx.cond(
            shown["is_exporting"] != "",
            rx.fragment(
                progress_bar(State.percent, "Copy without identity"),
                rx.el.span(shown["export_step"], class_name="soft"),
            ),
        ),
        rx.cond(
            shown["document"] != "",
            rx.fragment(
                download_link("Copy without identity (ZIP)", shown["document"]),
                rx.cond(
                    shown["export_step"] != "Ready",
                    rx.el.p(shown["export_step"], class_name="soft"),
                ),
            ),
            rx.cond(
                (shown["export_by"] != "") & (shown["is_exporting"] == ""),
                rx.el.p(shown["export_step"], class_name="soft"),
            ),
        ),
        class_name="study-copy",
    )
    return dialog(
        State.is_showing,
        facts,
        copy,
        rx.cond(shown["is_there"] != "", _deciding()),
        title=shown["patient"],
        subtitle=shown["description"],
        on_close=State.stop_looking,
        width="600px",
    )


def _deciding() -> rx.Component:
    subject = shown["patient"]
    holding = rx.cond(
        shown["hold_id"] != "",
        button(
            "Release the hold",
            icon="lock-open",
            on_click=ReleaseState.open_dialog(shown["hold_id"], subject),
        ),
        button("Hold", icon="lock", on_click=HoldState.open_dialog(shown["id"], subject)),
    )
    removing = rx.cond(
        shown["removal_id"] != "",
        rx.fragment(
            button("Keep it", on_click=State.refuse(shown["removal_id"])),
            button(
                "Approve removal",
                look="solid",
                icon="trash-2",
                on_click=State.approve(shown["removal_id"]),
            ),
        ),
    )
    ask = button(
        "Ask for removal",
        icon="trash-2",
        on_click=AskRemovalState.open_dialog(shown["id"], subject),
    )
    copying = button(
        "Copy without identity",
        look="solid",
        icon="user-x",
        on_click=ExportState.open_dialog(shown["id"], subject),
    )
    return rx.el.div(
        rx.cond(shown["may_ask"] != "", ask),
        rx.cond(State.may_keep, rx.fragment(removing, holding)),
        rx.cond(State.may_keep & (shown["is_exporting"] == ""), copying),
        class_name="form-foot",
    )


def _dialogs() -> list[rx.Component]:
    return [
        reason_dialog(
            HoldState,
            title="Hold this study?",
            subtitle=HoldState.subject["label"],
            submit="Hold",
            example="Court case, complaint, research",
            label="Why it must stay",
            name="reason",
        ),
        reason_dialog(
            ReleaseState,
            title="Release the hold?",
            subtitle=ReleaseState.subject["label"],
            submit="Release",
            example="The case is closed",
            label="Why it may go",
        ),
        reason_dialog(
            AskRemovalState,
            title="Ask for its removal?",
            subtitle=AskRemovalState.subject["label"],
            submit="Ask",
            example="Its time of keeping is over",
            name="reason",
        ),
        form_dialog(
            ExportState,
            select_field("Dates", "dates", DATES, errors=ExportState.field_errors),
            text_field(
                "What the copy is for", "purpose", errors=ExportState.field_errors, required=True
            ),
            title="Copy without identity",
            subtitle=ExportState.subject["label"],
            submit="Make the copy",
        ),
        form_dialog(
            RetentionState,
            text_field("Years", "years", errors=RetentionState.field_errors, required=True),
            reason_field(
                RetentionState.field_errors,
                "Its time of keeping is over",
                label="Why",
                name="reason",
            ),
            title="For how long studies are kept",
            subtitle="At least 3 years. Earlier rules stay on record.",
            submit="Set",
        ),
    ]
