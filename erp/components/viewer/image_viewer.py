"""The viewer as one Reflex component; its bundle loads on the pages that use it alone."""

from typing import Any, Final

import reflex as rx
from reflex.components.component import NoSSRComponent
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from erp.components.browser_files import script_beside

MODULES: Final = (
    "viewer_controls.jsx",
    "viewer_frames.jsx",
    "viewer_pictures.jsx",
    "viewer_screen.jsx",
    "viewer_style.jsx",
)
PACKAGES: Final = [
    "@cornerstonejs/core@5.14.0",
    "@cornerstonejs/tools@5.14.0",
    "@cornerstonejs/metadata@5.14.0",
    "@cornerstonejs/utils@5.14.0",
    "@kitware/vtk.js@36.4.1",
    "gl-matrix@3.4.3",
    "d3-array@3.2.4",
    "d3-interpolate@3.0.1",
    "events@3.3.0",  # vtk.js needs it in the browser and does not say so
    LUCIDE_LIBRARY,
]

for _module in MODULES:
    script_beside(__name__, _module)


class ImageViewer(NoSSRComponent):
    """Shows the images of a study, with window, zoom, pan, cine and lengths.

    Pixels never pass through Reflex state: the component fetches the list of images from
    `source` and each frame from `{base}/instances/{id}/frames/{n}` (n from 1), whose body
    is plain samples and whose `Pixel-Description` header is a PixelDescription as JSON.
    Without WebGL it shows `{base}/instances/{id}/rendered?frame=&center=&width=&invert=&edge=`.

    Attributes:
        source: Address that answers `{"stacks": [{"id", "label", "modality",
            "instances": [{"id", "number", "frames", "rows", "columns", "spacing_mm",
            "spacing_source", "spacing_region", "frame_time_ms", "is_renderable", "is_lossy", "laterality",
            "windows"}]}]}`.
        base: Address below which instances are.
        start: Identifier of the instance to open at.
        presets: Further windows: label, center, width.
        lengths: Saved lengths to draw: id, instance, frame, points_px (column and row of its ends).
        lengths_turn: Another number draws them anew, as after a save that failed.
        may_measure: Whether lengths may be drawn, moved and deleted.
        on_image: Called with the instance and frame that is now on the screen.
        on_measure: Called with a finished length: tool, instance, frame, points_px, value,
            unit, spacing_source, and the id of the saved one it replaces, or nothing.
        on_unmeasure: Called with the id of a saved length that was deleted.
        on_failure: Called with the instance and why it cannot be shown.
    """

    library = script_beside(__name__, "viewer.jsx")
    lib_dependencies: list[str] = PACKAGES
    tag = "ImageViewer"

    source: rx.Var[str]
    base: rx.Var[str]
    start: rx.Var[str]
    presets: rx.Var[list[dict[str, Any]]]
    lengths: rx.Var[list[dict[str, Any]]]
    lengths_turn: rx.Var[int]
    may_measure: rx.Var[bool]
    on_image: rx.EventHandler[lambda instance, frame: [instance, frame]]  # type: ignore[type-arg,valid-type]
    on_measure: rx.EventHandler[lambda measure: [measure]]  # type: ignore[type-arg,valid-type]
    on_unmeasure: rx.EventHandler[lambda length_id: [length_id]]  # type: ignore[type-arg,valid-type]
    on_failure: rx.EventHandler[lambda instance, text: [instance, text]]  # type: ignore[type-arg,valid-type]


def image_viewer(source: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return the viewer of the images that `source` lists; give it a height."""
    return rx.box(ImageViewer.create(source=source, **props), height="100%", min_height="320px")
