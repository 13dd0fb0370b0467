"""What was held back: why, and what to do about it."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    dialog,
    fact_list,
    form_dialog,
    link_button,
    list_view,
    page_header,
    text_area,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.quarantine import DiscardState, FileState
from erp.state.imaging.quarantine import QuarantineState as State


@page(
    route="/imaging/quarantine",
    title="Quarantine",
    permission="imaging.view",
    parent="/imaging",
    on_load=[State.open_list, State.listen],
)
def quarantine_page() -> rx.Component:
    """List what devices sent that was not taken."""
    return rx.fragment(
        page_header(
            "Quarantine",
            "What devices sent and the archive did not take. Nothing here is lost.",
        ),
        imaging_tabs("/imaging/quarantine"),
        _strip(),
        list_view(
            State,
            label="Quarantine",
            search="Reason, device, session",
            filters=[
                Filter(
                    "status",
                    "Status",
                    [("released", "Released"), ("discarded", "Discarded")],
                    anything="Waiting",
                ),
                Filter("kind", "What", [("object", "Objects"), ("message", "Messages")]),
            ],
            row_action=_row_actions,
            empty=Empty("shield-check", "Nothing is held", "Everything devices sent was taken."),
        ),
        _facts(),
        form_dialog(
            FileState,
            text_area("How do you know", "note", errors=FileState.field_errors),
            title="File it under the study's patient?",
            subtitle="The object goes on naming the other patient; who filed it stays on record.",
            submit="File it",
        ),
        form_dialog(
            DiscardState,
            text_area("Why", "note", errors=DiscardState.field_errors),
            title="Discard it?",
            subtitle=DiscardState.subject["label"],
            submit="Discard",
        ),
    )


def _strip() -> rx.Component:
    """Return how objects come in at the moment: backlog, rate, lag, failures."""
    facts = (
        ("waiting", "On the way", False),
        ("oldest", "The oldest since", False),
        ("rate", "Objects in the last minute", False),
        ("lag", "Usual lag", False),
        ("failures", "Refused or held in the last hour", False),
        ("damaged", "Damaged in the store", True),
    )
    return rx.el.div(
        *[
            rx.el.span(
                f"{label} ",
                rx.el.b(State.strip[key]),
                data_bad=rx.cond((State.strip[key] != "0") & is_bad, "true", "false"),
            )
            for key, label, is_bad in facts
        ],
        class_name="card ingest-strip",
        role="status",
        aria_label="What comes in",
    )


def _row_actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.div(
        button("Look", look="ghost", icon="eye", on_click=State.look(row["id"])),
        rx.cond(
            row["may_decide"] != "",
            button("Retry", look="outline", icon="rotate-cw", on_click=State.retry(row["id"])),
        ),
        class_name="row-actions",
    )


def _facts() -> rx.Component:
    shown = State.shown
    facts = fact_list(
        [
            ("What", f"{shown['kind']}, {shown['size_text']}"),
            ("From", shown["device"]),
            ("About", rx.el.span(shown["about"], class_name="code")),
            ("Detail", shown["full_detail"]),
            ("Held since", shown["held_at"]),
            ("Looked at again", f"{shown['tries']} times"),
        ]
    )
    deciding = rx.el.div(
        rx.cond(shown["link"] != "", link_button("Session", shown["link"], look="ghost")),
        rx.cond(
            shown["may_file"] != "",
            button(
                "It is the study's patient",
                icon="user-check",
                on_click=FileState.open_dialog(shown["id"], shown["about"]),
            ),
        ),
        button(
            "Discard",
            icon="trash-2",
            on_click=DiscardState.open_dialog(shown["id"], shown["reason"]),
        ),
        button("Retry", look="solid", icon="rotate-cw", on_click=State.retry(shown["id"])),
        class_name="form-foot",
    )
    return dialog(
        State.is_showing,
        facts,
        rx.cond(
            shown["picture"] != "",
            rx.el.img(
                src=shown["picture"], alt="No picture can be made of it.", class_name="held-preview"
            ),
        ),
        rx.cond(shown["preview"] != "", rx.el.pre(shown["preview"], class_name="json held-bytes")),
        rx.cond(shown["may_decide"] != "", deciding),
        title=shown["reason"],
        subtitle=shown["advice"],
        on_close=State.stop_looking,
        width="560px",
    )
