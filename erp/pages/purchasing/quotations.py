"""Requests for quotation: the list, and one of them with the answers side by side."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    download_link,
    empty_state,
    fact_list,
    form_dialog,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    question_dialog,
    submit_button,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import Nav, page
from erp.state.purchasing.quotations import (
    CloseRequestState,
    RequestListState,
)
from erp.state.purchasing.quotations import (
    ComparisonState as State,
)
from erp.state.purchasing.wording import REQUEST_STANDINGS, REQUEST_STATUSES, VIEW

head = State.head


@page(
    route="/purchases/quotations",
    title="Requests for quotation",
    permission=VIEW,
    nav=Nav("Quotations", "scale", group="Buy", order=8),
    parent="/purchases",
    on_load=[RequestListState.open_requests, RequestListState.open_list, RequestListState.listen],
)
def requests_page() -> rx.Component:
    """List requests for quotation."""
    add = rx.cond(
        RequestListState.may_order,
        link_button("New request", "/purchases/quotations/new", icon="plus"),
    )
    return rx.fragment(
        page_header(
            "Requests for quotation", "Several suppliers asked for one price, and compared.", add
        ),
        list_view(
            RequestListState,
            label="Requests for quotation",
            search="Number or supplier",
            filters=[
                Filter("standing", "Standing", list(REQUEST_STANDINGS.items())),
                Filter("status", "Status", list(REQUEST_STATUSES.items())),
            ],
            empty=Empty(
                "scale",
                "No supplier was asked yet",
                "Choose the goods and the suppliers; record their answers; order from the best.",
                add,
            ),
        ),
    )


@page(
    route="/purchases/quotations/[request_id]",
    title="Request for quotation",
    permission=VIEW,
    parent="/purchases/quotations",
    record="quotation_request",
    on_load=[State.open_record, State.listen],
)
def request_page() -> rx.Component:
    """Show one request with its answers."""
    close = button(
        "Close", icon="archive", on_click=CloseRequestState.open_dialog(head["id"], head["number"])
    )
    return record_view(
        State,
        page_header(
            head["number"],
            f"Asked {head['asked']} · answers by {head['answer_by']}",
            rx.cond(head["may_choose"] != "", close),
        ),
        rx.cond(head["ended"] != "", notice(head["ended"], tone="gray", icon="archive")),
        rx.cond(State.form_error != "", notice(State.form_error, tone="red")),
        card(_comparison(), title="Answers side by side", subtitle=_caption()),
        grid(
            rx.el.div(card(_suppliers(), title="Suppliers"), class_name="span-8"),
            rx.el.div(
                card(_facts(), title="Request"),
                class_name="stack span-4 full-below",
            ),
        ),
        question_dialog(State),
        form_dialog(
            CloseRequestState,
            text_field(
                "Reason",
                "reason",
                errors=CloseRequestState.field_errors,
                required=True,
                wide=True,
                placeholder="Bought elsewhere",
                auto_focus=True,
                max_length=120,
            ),
            title="Choose nothing more?",
            subtitle="The answers are kept.",
            submit="Close request",
        ),
        list_route="/purchases/quotations",
        list_label="All requests",
    )


def _caption() -> str:
    return "Price of a unit with free goods counted, GST excluded; below it what the line costs with GST."


def _comparison() -> rx.Component:
    """Return lines by suppliers, with what is chosen; a form where something may be chosen."""
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th("Goods", scope="col"), rx.foreach(State.suppliers, _supplier_head)
                )
            ),
            rx.el.tbody(rx.foreach(State.lines, _row)),
            rx.el.tfoot(
                rx.el.tr(rx.el.th("All they offer", scope="row"), rx.foreach(State.suppliers, _sum))
            ),
            class_name="table compared",
            aria_label="Comparison",
        ),
        class_name="scroll-x",
    )
    none = empty_state(
        "mail-question",
        "No answer yet",
        "Send each supplier their PDF, then record what they answer.",
    )
    shown = rx.cond(head["has_answers"] != "", table, none)
    may = (head["may_choose"] != "") & (head["has_answers"] != "")
    return rx.fragment(shown, rx.cond(may, _choosing()))


def _choosing() -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=State.form_key, read_only=True),
        text_field(
            "Why not the best",
            "reason",
            errors=State.field_errors,
            placeholder="Only they deliver before the camp",
            hint="Asked for where a dearer offer is chosen.",
            max_length=120,
        ),
        submit_button("Order what is chosen", busy=State.is_busy, icon="check"),
        on_submit=State.submit,
        class_name="choosing",
        no_validate=True,
        key=State.form_key,
    )


def _supplier_head(supplier: Any) -> rx.Component:
    return rx.el.th(
        ReactRouterLink.create(supplier["name"], to=supplier["href"]),
        rx.cond(supplier["is_best"] != "", badge(supplier["is_best"], "green")),
        rx.el.span(supplier["answered"], class_name="detail"),
        rx.cond(
            (supplier["quotation_id"] != "") & (head["may_choose"] != ""),
            rx.el.button(
                "Choose for all",
                type="button",
                class_name="link-like",
                on_click=State.choose_whole(supplier["quotation_id"]),
            ),
        ),
        scope="col",
        key=supplier["id"],
    )


def _row(line: Any) -> rx.Component:
    order = rx.el.span(
        ReactRouterLink.create(line["order"], to=line["order_href"]),
        rx.cond(line["reason"] != "", rx.el.span(": ", line["reason"])),
        class_name="detail",
    )
    return rx.el.tr(
        rx.el.th(
            ReactRouterLink.create(line["label"], to=line["href"]),
            rx.el.span(line["words"], class_name="detail"),
            rx.cond(line["for"] != "", rx.el.span(line["for"], class_name="detail")),
            rx.cond(line["order"] != "", order),
            scope="row",
        ),
        rx.foreach(State.cells[line["line_no"]], lambda cell: _cell(line, cell)),
        key=line["line_no"],
    )


def _cell(line: Any, cell: Any) -> rx.Component:
    is_on = State.chosen[line["line_no"]] == cell["quotation_id"]
    marks = rx.el.div(
        rx.cond(cell["is_best"] != "", badge(cell["is_best"], "green")),
        rx.cond(cell["is_lapsed"] != "", badge(cell["is_lapsed"], "amber")),
        rx.cond(cell["is_chosen"] != "", badge(cell["is_chosen"], "blue")),
        class_name="marks",
    )
    price = rx.el.div(rx.el.b(cell["effective"], class_name="numeric"), marks, class_name="offer")
    differences = rx.el.span(
        rx.el.span(cell["against_last"], custom_attrs={"data-tone": cell["last_tone"]}),
        rx.cond(cell["against_best"] != "", rx.el.span(cell["against_best"])),
        class_name="detail differences",
    )
    pick = rx.el.button(
        rx.icon(tag="check"),
        rx.cond(is_on, "Chosen", "Choose"),
        type="button",
        class_name="choose",
        aria_pressed=rx.cond(is_on, "true", "false"),
        on_click=State.choose(line["line_no"], cell["quotation_id"]),
    )
    offer = rx.fragment(
        price,
        rx.el.span(cell["total"], class_name="detail"),
        differences,
        rx.el.span(cell["facts"], class_name="detail"),
        rx.cond(cell["may_choose"] != "", pick),
    )
    none = rx.el.span("Not offered", class_name="soft")
    return rx.el.td(
        rx.cond(cell["quotation_id"] != "", offer, none),
        key=cell["id"],
        custom_attrs={"data-on": rx.cond(is_on & (cell["quotation_id"] != ""), "true", "")},
    )


def _sum(supplier: Any) -> rx.Component:
    return rx.el.td(
        rx.el.b(supplier["total"], class_name="numeric"),
        rx.cond(supplier["offered"] != "", rx.el.span(supplier["offered"], class_name="detail")),
        rx.el.span(supplier["lead"], class_name="detail"),
        key=supplier["id"],
    )


def _suppliers() -> rx.Component:
    def entry(supplier: Any) -> rx.Component:
        record = link_button(
            rx.cond(supplier["quotation_id"] != "", "New answer", "Record answer"),
            supplier["answer_link"],
            look="outline",
            icon="pencil",
        )
        until = rx.el.span(
            supplier["until"],
            class_name="detail",
            custom_attrs={"data-tone": supplier["until_tone"]},
        )
        return rx.el.li(
            rx.el.div(
                ReactRouterLink.create(supplier["name"], to=supplier["href"]),
                rx.cond(supplier["is_late"] != "", badge(supplier["is_late"], "amber")),
                rx.el.span(supplier["answered"], class_name="detail"),
                rx.cond(supplier["until"] != "", until),
                rx.el.span("Last year: ", supplier["score"], class_name="detail"),
                rx.cond(supplier["said"] != "", rx.el.span(supplier["said"], class_name="detail")),
            ),
            rx.el.div(
                download_link("PDF", supplier["pdf"], icon="file-text"),
                rx.cond(head["may_choose"] != "", record),
                class_name="row-actions",
            ),
            key=supplier["id"],
        )

    return rx.el.ul(rx.foreach(State.suppliers, entry), class_name="fact-lines folding")


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Answer by", head["answer_by"]),
            ("Needed by", or_dash(head["needed_by"])),
            ("Best of each line", rx.el.b(head["best"], class_name="numeric")),
            ("Note", or_dash(head["note"])),
        ]
    )
