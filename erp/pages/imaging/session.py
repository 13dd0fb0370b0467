"""One session: viewer, facts, decision, report."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    download_link,
    fact_list,
    form_dialog,
    icon_button,
    link_button,
    lookup_field,
    new_tab_link,
    notice,
    page_header,
    progress_bar,
    text_area,
    text_field,
    timeline,
)
from erp.components.records import history_card, or_dash, record_view
from erp.components.skeletons import bone
from erp.pages.imaging.review import (
    checklist_card,
    readings_cards,
    review_actions,
    review_card,
    review_notices,
)
from erp.pages.imaging.review_dialogs import review_dialogs
from erp.pages.imaging.summary import summary_card, summary_dialogs
from erp.pages.imaging.viewing import (
    biomarkers_card,
    measurements,
    viewer,
)
from erp.pages.routing import once_filled, page
from erp.state.drafting.drafts import DraftsState
from erp.state.imaging.review import ReviewState
from erp.state.imaging.session import AssignState, ReportState, SendReportState
from erp.state.imaging.session import ImagingSessionState as State
from erp.state.imaging.summary import SummaryState
from erp.state.shell import ShellState

head = State.head


@page(
    route="/imaging/sessions/[imaging_session_id]",
    title="Session",
    permission="imaging.view",
    parent="/imaging",
    on_load=[
        State.open_record,
        State.listen,
        ReviewState.open_record,
        ReviewState.listen,
        SummaryState.open_record,
        SummaryState.listen,
        DraftsState.open_record,
        DraftsState.listen,
    ],
    waits_itself=True,
)
def session_page() -> rx.Component:
    """Show one session and decide about it."""
    return rx.fragment(
        once_filled(_head(), rx.el.div(bone("220px", "26px"), class_name="imaging-waiting")),
        rx.cond(
            State.problem == "",
            rx.el.div(
                rx.el.div(viewer(), class_name="imaging-stage"),
                once_filled(rx.cond(State.is_loading, _side_skeleton(), _side()), _side_skeleton()),
                class_name="imaging",
            ),
        ),
        once_filled(_dialogs(), rx.fragment()),
    )


def _head() -> rx.Component:
    """Say whose session it is and what must be known first; or that it is not here."""
    return record_view(
        State,
        page_header(
            head["patient"],
            rx.el.span(head["number"], " \u00b7 ", head["device"], class_name="numeric"),
            review_actions(),
        ),
        review_notices(),
        rx.foreach(State.warnings, _warning),
        rx.cond(State.fresh > 0, _fresh()),
        list_route="/imaging",
        list_label="The queue",
        waiting=rx.el.div(bone("220px", "26px"), class_name="imaging-waiting"),
        tells_history=False,
    )


def _side() -> rx.Component:
    return rx.el.div(
        review_card(),
        checklist_card(),
        summary_card(),
        card(_facts(), title="Session"),
        rx.cond(State.steps.length() > 0, card(_steps(), title="Performed steps")),
        _report(),
        measurements(),
        biomarkers_card(),
        readings_cards(),
        _decisions(),
        card(timeline(State.events), title="What the device told"),
        history_card(State),
        class_name="stack imaging-side",
    )


def _side_skeleton() -> rx.Component:
    rows = [bone(f"{90 - 8 * (n % 4)}%", "14px") for n in range(8)]
    return rx.el.div(
        rx.el.div(*rows, class_name="card imaging-waiting-rows"),
        class_name="stack imaging-side",
        role="status",
        aria_label="Loading",
    )


def _warning(words: rx.Var[str]) -> rx.Component:
    return notice(words)


def _fresh() -> rx.Component:
    words = rx.cond(
        State.fresh == 1, "1 more object has arrived.", f"{State.fresh} more objects have arrived."
    )
    return rx.el.div(
        rx.icon("images"),
        rx.el.div(words),
        button("Show", look="ghost", on_click=State.show_new_pictures),
        class_name="notice imaging-fresh",
        role="status",
    )


def _facts() -> rx.Component:
    patient = rx.el.span(
        head["patient"],
        rx.cond(
            head["is_matched"] == "",
            rx.cond(
                head["may_review"] != "",
                button(
                    "Assign patient",
                    look="ghost",
                    icon="user-search",
                    on_click=AssignState.open_dialog(head["id"], head["number"]),
                ),
            ),
            rx.cond(
                ShellState.may_open["/laboratory"],
                link_button("Results", head["trends"], look="ghost", icon="chart-line"),
            ),
        ),
        class_name="imaging-patient",
    )
    facts: list[tuple[str, Any]] = [
        ("Device says", badge(head["state"], head["state_tone"])),
        ("Patient", patient),
        ("Patient number", or_dash(head["patient_code"])),
        ("Objects", _objects()),
        ("Modality", or_dash(head["modality"])),
        ("Protocol", or_dash(head["protocol"])),
        ("Operator", or_dash(head["operator"])),
        ("Started", or_dash(head["started"])),
        ("Completed", or_dash(head["completed"])),
        ("Device", rx.el.span(head["device_topic"], class_name="code")),
    ]
    return fact_list(facts)


def _steps() -> rx.Component:
    """Say what the modality told of the steps it performs (MPPS)."""
    return rx.el.ul(rx.foreach(State.steps, _step), class_name="imaging-rows")


def _step(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(row["title"]),
            rx.el.div(row["detail"], class_name="hint"),
            rx.cond(row["made"] != "", rx.el.div(row["made"], class_name="hint")),
            rx.cond(row["reason"] != "", rx.el.div(row["reason"], class_name="hint")),
        ),
        badge(row["state"], row["tone"]),
        key=row["id"],
    )


def _objects() -> rx.Component:
    return rx.el.span(
        head["objects"],
        rx.cond(head["missing"] != "", rx.el.span(f" · {head['missing']} missing")),
        rx.cond(head["held"] != "", rx.el.span(f" · {head['held']} held")),
        rx.cond(head["gaps"] != "", rx.el.span(f" · {head['gaps']} messages missing")),
    )


def _report() -> rx.Component:
    preview = rx.cond(
        State.has_pictures,
        new_tab_link("Preview", f"/api/erp/imaging/sessions/{head['id']}/report-preview.pdf"),
    )
    ask = rx.cond(
        head["may_report"] != "",
        button(
            "Make report",
            icon="file-text",
            disabled=State.is_reporting | ~State.has_pictures,
            on_click=ReportState.open_dialog(head["id"], head["number"]),
        ),
    )
    running = rx.el.div(
        rx.el.div(
            rx.el.span(State.report_step),
            rx.el.span(f"{State.report_percent}%", class_name="numeric"),
            class_name="imaging-step",
        ),
        progress_bar(State.report_percent, "Report"),
        role="status",
        class_name="imaging-progress",
    )
    none = rx.cond(
        State.is_reporting,
        rx.fragment(),
        rx.el.p(
            "A PDF of key images, measurements, summary and decision, laid out as the protocol's"
            " template says.",
            class_name="hint",
        ),
    )
    return card(
        rx.cond(State.is_reporting, running),
        rx.cond(
            State.reports.length() > 0,
            rx.el.ul(rx.foreach(State.reports, _made), class_name="imaging-rows"),
            none,
        ),
        title="Report",
        actions=(preview, ask),
    )


def _made(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(row["title"]),
            rx.el.span(row["detail"], class_name="hint"),
            rx.cond(row["problem"] != "", rx.el.p(row["problem"], class_name="error")),
        ),
        rx.cond(
            row["href"] != "",
            rx.el.div(
                rx.cond(
                    head["may_report"] != "",
                    icon_button(
                        "send",
                        f"Send {row['title']} by e-mail",
                        on_click=SendReportState.open_dialog(row["id"], row["title"]),
                    ),
                ),
                download_link("Download", row["href"]),
                class_name="row-actions",
            ),
        ),
        key=row["id"],
    )


def _decisions() -> rx.Component:
    return rx.cond(State.decisions.length() > 0, card(timeline(State.decisions), title="Decisions"))


def _dialogs() -> rx.Component:
    return rx.fragment(
        review_dialogs(),
        summary_dialogs(),
        _assign_dialog(),
        _report_dialog(),
        form_dialog(
            SendReportState,
            text_field(
                "To",
                "to_address",
                errors=SendReportState.field_errors,
                type="email",
                placeholder="The patient's own address",
                hint="Empty takes the address on the patient's record.",
            ),
            text_area("Note", "note", errors=SendReportState.field_errors, max_length=500),
            title=f"Send the report, {SendReportState.subject['label']}",
            subtitle="As a PDF by e-mail, once a day to the same address.",
            submit="Send",
        ),
    )


def _assign_dialog() -> rx.Component:
    return form_dialog(
        AssignState,
        lookup_field(
            "Patient",
            "patient_id",
            "/api/erp/parties",
            errors=AssignState.field_errors,
            required=True,
            label_key="name",
            detail_key="code",
            placeholder="Name, phone or code",
        ),
        title="Whose images are these?",
        subtitle="The texts inside the images stay as they came.",
        submit="Assign",
    )


def _report_dialog() -> rx.Component:
    return form_dialog(
        ReportState,
        text_area(
            "Comments",
            "findings",
            errors=ReportState.field_errors,
            hint="Printed in this version of the report beside the summary; may stay empty.",
            max_length=4000,
        ),
        title="Make the report",
        subtitle="A PDF by the protocol's template, made in the background.",
        submit="Make report",
    )
