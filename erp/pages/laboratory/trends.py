"""A patient's results over time."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    badge,
    card,
    day_filter,
    download_link,
    empty_state,
    link_button,
    notice,
    page_header,
)
from erp.components.charts import plain_chart
from erp.components.records import or_dash, record_view
from erp.pages.routing import page
from erp.state.laboratory.trends import HEIGHT, WIDTH
from erp.state.laboratory.trends import LabTrendsState as State
from erp.state.laboratory.wording import VIEW

head, about = State.head, State.about


@page(
    route="/laboratory/patients/[lab_patient_id]",
    title="Trends",
    permission=VIEW,
    parent="/laboratory",
    on_load=[State.open_trends, State.listen],
)
def lab_trends_page() -> rx.Component:
    """Show how a patient's results go on."""
    nothing = empty_state(
        "chart-line", "Nothing was measured in this time", "Choose other days, or send a file."
    )
    return record_view(
        State,
        page_header(
            head["patient"],
            rx.el.span(head["code"], " \u00b7 results over time"),
            day_filter("From", State.from_day, State.begin_on),
            day_filter("to", State.to_day, State.end_on),
            rx.cond(
                head["sees_party"] != "",
                link_button("Patient", "/parties/" + head["id"], look="outline", icon="contact"),
            ),
            rx.cond(State.trends.length() > 0, download_link("PDF", head["paper"])),
            download_link("CSV", head["file"]),
        ),
        rx.cond(
            head["is_cut"] != "",
            notice("There are more results than fit here. Choose fewer days."),
        ),
        rx.cond(
            State.trends.length() > 0,
            rx.el.div(
                rx.el.nav(
                    rx.foreach(State.trends, _line),
                    class_name="card lab-lines",
                    aria_label="Analytes",
                ),
                rx.el.div(_chart(), _numbers(), class_name="stack lab-shown"),
                class_name="lab-trends",
            ),
            card(nothing),
        ),
        list_route="/laboratory",
        list_label="All reports",
    )


def _line(row: Any) -> rx.Component:
    spark = rx.el.svg(
        rx.el.svg.path(d=row["line"]),
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        class_name="lab-spark",
        aria_hidden="true",
    )
    return rx.fragment(
        rx.cond(row["panel"] != "", rx.el.h3(row["panel"])),
        rx.el.button(
            rx.el.span(row["name"], rx.el.span(row["count"], class_name="detail")),
            spark,
            rx.el.span(
                rx.el.span(row["latest"], class_name="numeric"),
                rx.cond(row["flag"] != "", badge(row["flag"], row["tone"])),
                class_name="lab-latest",
            ),
            type="button",
            on_click=State.choose(row["key"]),
            aria_pressed=rx.cond(State.chosen == row["key"], "true", "false"),
        ),
        key=row["key"],
    )


def _chart() -> rx.Component:
    words = rx.el.p("This analyte is told in words; they stand in the table.", class_name="soft")
    band = rx.cond(
        about["range"] != "",
        rx.el.span(
            "In ",
            about["unit"],
            ". Shaded: the latest reference range, ",
            about["range"],
            ". Triangles lie outside.",
        ),
        rx.el.span("In ", about["unit"], ". No reference range was told."),
    )
    drawn = rx.el.div(
        plain_chart(State.figure, height="300px"),
        role="img",
        aria_label=about["name"],
        style={"min_height": "300px"},
    )
    return card(rx.cond(about["is_drawn"] != "", drawn, words), title=about["name"], subtitle=band)


def _numbers() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Sample taken", scope="col"),
        rx.el.th("Result", class_name="right", scope="col"),
        rx.el.th("Standing", scope="col"),
        rx.el.th("Range", class_name="wide-only", scope="col"),
        rx.el.th("From", class_name="wide-only", scope="col"),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(State.points, _point)),
        class_name="table",
        aria_label="In numbers",
    )
    return card(rx.el.div(table, class_name="scroll-x"), title="In numbers")


def _point(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row["when"], class_name="nowrap"),
        rx.el.td(
            row["shown"], rx.el.span(row["told"], class_name="detail"), class_name="right numeric"
        ),
        rx.el.td(
            rx.cond(row["flag"] != "", badge(row["flag"], row["tone"])),
            rx.cond(row["status"] != "", badge(row["status"], row["status_tone"])),
        ),
        rx.el.td(or_dash(row["range"]), class_name="wide-only nowrap"),
        rx.el.td(
            ReactRouterLink.create(row["number"], to=row["to"]),
            rx.el.span(row["by"], class_name="detail"),
            class_name="wide-only",
        ),
    )
