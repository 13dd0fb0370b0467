"""Background work that failed."""

import reflex as rx

from erp.components import Empty, Filter, button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.platform.deliveries import DeliveryListState as Deliveries


@page(
    route="/system/deliveries",
    title="Background work",
    permission="platform.operate",
    nav=Nav("Background work", "workflow", group="Setup", order=70),
    on_load=[Deliveries.open_list],
)
def deliveries_page() -> rx.Component:
    """List what could not be done, with its error."""
    return rx.fragment(
        page_header(
            "Background work",
            "What an event sets off is tried eight times. What still failed waits here for a person.",
        ),
        list_view(
            Deliveries,
            label="Background work",
            search="",
            filters=[
                Filter(
                    "status",
                    "Status",
                    [("pending", "Due"), ("leased", "Running"), ("done", "Done")],
                    anything="Failed",
                )
            ],
            row_action=_retry,
            empty=Empty(
                "circle-check", "Nothing failed", "Work that gives up is kept here, with its error."
            ),
        ),
    )


def _retry(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.cond(
        row["may_retry"] != "",
        button("Try again", look="outline", icon="rotate-cw", on_click=Deliveries.retry(row["id"])),
    )
