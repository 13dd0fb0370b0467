"""The sister pages of GST returns."""

import reflex as rx

from erp.components import link_tabs

PAGES = (
    ("/gst", "Returns"),
    ("/gst/matching", "GSTR-2B"),
    ("/gst/amendments", "Amendments"),
    ("/gst/lost-goods", "Lost goods"),
    ("/gst/common-credit", "Common credit"),
    ("/gst/reverse-charges", "Reverse charge"),
    ("/gst/credit-changes", "Credit reversed"),
    ("/gst/challans", "Challans"),
    ("/gst/annual-returns", "Annual returns"),
    ("/gst/gstr-4", "GSTR-4"),
    ("/gst/e-invoices", "E-invoices"),
    ("/gst/way-bills", "Way bills"),
    ("/gst/registrations", "Registrations"),
    ("/gst/limits", "Limits"),
    ("/gst/scheme", "Scheme"),
)


def gst_tabs(here: str) -> rx.Component:
    """Return the tabs of GST returns."""
    return link_tabs(here, PAGES)
