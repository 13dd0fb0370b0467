"""Files and folders from the person's computer into the imaging archive."""

import reflex as rx
from reflex.components.component import Component

from erp.components.browser_files import script_beside


class ObjectUpload(Component):
    """A place to drop files and folders on, with what became of each; bytes go past the state."""

    library = script_beside(__name__, "object_upload.jsx")
    tag = "ObjectUpload"


def object_upload() -> rx.Component:
    """Return the place to upload objects."""
    return ObjectUpload.create()
