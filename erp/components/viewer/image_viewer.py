"""The viewer as one Reflex component; its bundle loads on the pages that use it alone."""

from typing import Any, Final

import reflex as rx
from reflex.components.component import NoSSRComponent
from reflex_components_lucide.icon import LUCIDE_LIBRARY

from erp.components.browser_files import script_beside

MODULES: Final = (
    "viewer_asked.js",
    "viewer_controls.jsx",
    "viewer_frames.jsx",
    "viewer_greys.js",
    "viewer_hand.jsx",
    "viewer_keeping.jsx",
    "viewer_keys.jsx",
    "viewer_loading.jsx",
    "viewer_marks.jsx",
    "viewer_maths.js",
    "viewer_painters.jsx",
    "viewer_pane.jsx",
    "viewer_panes.js",
    "viewer_pictures.jsx",
    "viewer_presets.js",
    "viewer_screen.jsx",
    "viewer_series.jsx",
    "viewer_sources.jsx",
    "viewer_style.jsx",
    "viewer_words.js",
)
PACKAGES: Final = [
    "@cornerstonejs/core@5.14.0",
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
    """Shows the images of a study in one to four panes, with what is drawn on them.

    Pixels never pass through Reflex state: the component fetches the list of images from
    `source` (`imaging.list_pictures`) and each frame from `{base}/instances/{id}/frames/{n}`
    (n from 1), whose body is plain samples and whose `Pixel-Description` header is a
    PixelDescription as JSON. Without WebGL it shows
    `{base}/instances/{id}/rendered?frame=&center=&width=&invert=&edge=`.

    The session is the one that the page's address ends in: its first picture does not wait for the
    page to be filled.

    Attributes:
        source: Address that ends in `/sessions/{id}/images?seen=` with the number of objects that
            are known of, once the page is filled; until it names the session of the page's address
            nothing else that the page says counts. Sessions to compare with are found beside it.
        base: Address below which instances and sessions are.
        start: Identifier of the instance to open at.
        presets: Further windows: label, center, width, and the modality they are for, if any.
        marks: Saved marks: id, instance, frame, tool, points_px, value, unit, spacing_source,
            label, statistics, look, counted_by, author.
        mark_news: What came of acts on marks: key, and the problem or nothing.
        marks_turn: Another number says that there are news.
        may_mark: Whether marks may be drawn, changed and deleted.
        can_undo: Whether there is an act to take back. can_redo: To do again.
        layout: `1x1`, `1x2`, `2x1` or `2x2`; rows by columns.
        look_at: Another `turn` goes to the picture `instance`, `frame` and selects the mark `id`;
            `look` is how the picture is shown there: `window` and `isInverted`.
        on_image: Called with the instance and frame that is now on the screen.
        on_mark: Called with a finished mark: key, tool, instance, frame, points_px, label,
            statistics, look, and the id of the saved one it replaces, or nothing.
        on_unmark: Called with the id of a saved mark that was deleted, and a key.
        on_undo: Called to take the last act back. on_redo: To do it again.
        on_layout: Called with the layout that was chosen.
        on_failure: Called with the instance and why it cannot be shown.
    """

    library = script_beside(__name__, "viewer.jsx")
    lib_dependencies: list[str] = PACKAGES
    tag = "ImageViewer"

    source: rx.Var[str]
    base: rx.Var[str]
    start: rx.Var[str]
    presets: rx.Var[list[dict[str, Any]]]
    marks: rx.Var[list[dict[str, Any]]]
    mark_news: rx.Var[list[dict[str, str]]]
    marks_turn: rx.Var[int]
    may_mark: rx.Var[bool]
    can_undo: rx.Var[bool]
    can_redo: rx.Var[bool]
    layout: rx.Var[str]
    look_at: rx.Var[dict[str, Any]]
    on_image: rx.EventHandler[lambda instance, frame: [instance, frame]]  # type: ignore[type-arg,valid-type]
    on_mark: rx.EventHandler[lambda mark: [mark]]  # type: ignore[type-arg,valid-type]
    on_unmark: rx.EventHandler[lambda mark_id, key: [mark_id, key]]  # type: ignore[type-arg,valid-type]
    on_undo: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_redo: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_layout: rx.EventHandler[lambda layout: [layout]]  # type: ignore[type-arg,valid-type]
    on_failure: rx.EventHandler[lambda instance, text: [instance, text]]  # type: ignore[type-arg,valid-type]


class ViewerAhead(rx.Component):
    """Fetches the viewer before a session is opened, and its first picture when a hand goes to it."""

    library = script_beside(__name__, "viewer_ahead.jsx")
    lib_dependencies: list[str] = PACKAGES
    tag = "ViewerAhead"


def viewer_ahead() -> rx.Component:
    """Return what fetches the viewer before it is asked for; it shows nothing."""
    return ViewerAhead.create()


def image_viewer(source: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return the viewer of the images that `source` lists; give it a height."""
    return rx.box(ImageViewer.create(source=source, **props), height="100%", min_height="320px")
