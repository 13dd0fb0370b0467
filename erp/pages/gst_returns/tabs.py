"""The sister pages of GST: groups, and the pages of the one that is open."""

from typing import Final

import reflex as rx

from erp.components import link_tabs

Pages = tuple[tuple[str, str], ...]
GROUPS: Final[tuple[tuple[str, Pages], ...]] = (
    (
        "Returns",
        (
            ("/gst", "GSTR-1 and 3B"),
            ("/gst/amendments", "Amendments"),
            ("/gst/gstr-4", "GSTR-4"),
            ("/gst/annual-returns", "Annual returns"),
        ),
    ),
    (
        "Credit",
        (
            ("/gst/matching", "GSTR-2B"),
            ("/gst/charges", "Charges"),
            ("/gst/common-credit", "Common credit"),
            ("/gst/lost-goods", "Lost goods"),
            ("/gst/credit-changes", "Credit reversed"),
        ),
    ),
    (
        "Paid by us",
        (
            ("/gst/reverse-charges", "Reverse charge"),
            ("/gst/challans", "Challans"),
        ),
    ),
    (
        "Documents",
        (
            ("/gst/e-invoices", "E-invoices"),
            ("/gst/way-bills", "Way bills"),
        ),
    ),
    (
        "Settings",
        (
            ("/gst/registrations", "Registrations"),
            ("/gst/scheme", "Scheme"),
            ("/gst/limits", "Limits"),
        ),
    ),
)
"""Each group opens with its first page."""


def gst_tabs(here: str) -> rx.Component:
    """Return the groups of GST, and below them the pages of the group that a route is in."""
    name, pages = next(group for group in GROUPS if here in dict(group[1]))
    homes = tuple((own[0][0], label) for label, own in GROUPS)
    sisters = rx.el.div(link_tabs(here, pages, name), class_name="sub-tabs")
    return rx.fragment(link_tabs(pages[0][0], homes, "GST"), sisters)
