"""Objects brought by hand: from a disc, a memory stick, another clinic's folder."""

import reflex as rx

from erp.components import link_button, page_header
from erp.components.object_upload import object_upload
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page


@page(
    route="/imaging/upload",
    title="Upload",
    permission="imaging.operate",
    parent="/imaging",
)
def upload_page() -> rx.Component:
    """Take files and folders into the archive and say what became of each."""
    return rx.fragment(
        page_header(
            "Upload",
            "Pictures that no device sends: from a disc, a memory stick, another clinic.",
            link_button(
                "Biomarkers from a file", "/imaging/biomarkers", look="ghost", icon="activity"
            ),
            link_button("Quarantine", "/imaging/quarantine", look="ghost", icon="shield-alert"),
        ),
        imaging_tabs("/imaging/upload"),
        object_upload(),
    )
