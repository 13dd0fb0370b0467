"""The audit: who did what, when and from where."""

import reflex as rx

from erp.components import Empty, Filter, card, fact_list, grid, list_view, page_header
from erp.components.records import or_dash, record_view
from erp.pages.routing import Nav, page
from erp.state.platform.audit import AuditListState, AuditState


@page(
    route="/system/audit",
    title="Audit",
    permission="platform.view",
    nav=Nav("Audit", "scroll-text", group="Setup", order=60),
    on_load=[AuditListState.open_list, AuditListState.open_choices],
)
def audit_page() -> rx.Component:
    """List commands that took effect."""
    return rx.fragment(
        page_header(
            "Audit", "Every change, who made it, when and from where. Nothing here can be edited."
        ),
        list_view(
            AuditListState,
            label="Audit",
            search="",
            filters=[
                Filter("command", "Command", AuditListState.commands),
                Filter("user_id", "Person", AuditListState.people),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty("scroll-text", "Nothing yet", "The first change appears here."),
        ),
    )


@page(
    route="/system/audit/[audit_id]",
    title="Audit entry",
    permission="platform.view",
    parent="/system/audit",
    on_load=[AuditState.open_record],
)
def audit_entry_page() -> rx.Component:
    """Show one command with its input and answer."""
    head = AuditState.head
    return record_view(
        AuditState,
        page_header(head["title"], f"{head['person']} · {head['recorded']}"),
        grid(
            card(_facts(), title="Who and when", span=4),
            card(rx.el.pre(AuditState.asked, class_name="json"), title="Asked", span=4),
            card(rx.el.pre(AuditState.answered, class_name="json"), title="Answered", span=4),
        ),
        list_route="/system/audit",
        list_label="The whole audit",
    )


def _facts() -> rx.Component:
    head = AuditState.head
    return fact_list(
        [
            ("Command", rx.el.span(head["command"], class_name="code")),
            ("Person", head["person"]),
            ("On behalf of", or_dash(head["on_behalf_of"])),
            ("From", head["source"]),
            ("Address", or_dash(head["ip_address"])),
            ("Recorded", head["recorded"]),
            ("Acted on", head["acted"]),
            ("Request", rx.el.span(head["request_id"], class_name="code")),
            ("Key", rx.el.span(head["key"], class_name="code")),
        ]
    )
