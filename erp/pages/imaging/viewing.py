"""The viewer of a session, and what people drew on its pictures."""

import reflex as rx

from erp.components import badge, card, icon_button
from erp.components.viewer import image_viewer
from erp.state.imaging.session import ImagingSessionState as State

PRESETS = [
    {"label": "Brain", "center": 40, "width": 80, "modality": "CT"},
    {"label": "Bone", "center": 400, "width": 1800, "modality": "CT"},
    {"label": "Soft tissue", "center": 50, "width": 400, "modality": "CT"},
    {"label": "Lung", "center": -600, "width": 1500, "modality": "CT"},
    {"label": "Abdomen", "center": 60, "width": 350, "modality": "CT"},
]
head = State.head


def viewer() -> rx.Component:
    """Show the pictures of the session; the first comes before the page around it is filled."""
    return image_viewer(
        State.source,
        base="/api/erp/imaging",
        presets=PRESETS,
        marks=State.marks,
        mark_news=State.mark_news,
        marks_turn=State.marks_turn,
        may_mark=head["may_review"] == "yes",
        can_undo=State.can_undo,
        can_redo=State.can_redo,
        layout=State.layout,
        look_at=State.look_at,
        on_mark=State.keep_mark,
        on_unmark=State.withdraw_mark,
        on_undo=State.undo,
        on_redo=State.redo,
        on_layout=State.keep_layout,
    )


def measurements() -> rx.Component:
    """List key images and marks; each leads to its picture."""
    return rx.fragment(
        rx.cond(State.key_images.length() > 0, card(_key_images(), title="Key images")),
        rx.cond(State.measurements.length() > 0, card(_marks(), title="Measurements")),
    )


def biomarkers_card() -> rx.Component:
    """List what models worked out of the pictures; earlier runs stay to be seen."""

    def entry(row: rx.Var[dict[str, str]]) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.div(row["name"]),
                rx.el.span(row["detail"], class_name="hint"),
            ),
            rx.el.div(
                rx.el.div(row["value"], class_name="numeric"),
                rx.cond(row["standing"] != "", badge(row["standing"], row["tone"])),
                class_name="imaging-figure",
            ),
            key=row["id"],
        )

    listed = card(
        rx.el.p("Worked out by software; not for diagnosis.", class_name="hint"),
        rx.el.ul(rx.foreach(State.figures, entry), class_name="imaging-rows"),
        title="Biomarkers",
    )
    return rx.cond(State.figures.length() > 0, listed)


def _take_back(row: rx.Var[dict[str, str]], words: str) -> rx.Component:
    return rx.cond(
        head["may_review"] != "",
        icon_button("undo-2", words, on_click=State.withdraw_mark(row["id"], "")),
    )


def _key_images() -> rx.Component:
    def one(row: rx.Var[dict[str, str]]) -> rx.Component:
        picture = rx.el.img(src=row["source"], alt="", loading="lazy")
        return rx.el.li(
            rx.el.button(
                picture,
                rx.el.span(row["where"]),
                type="button",
                title="Show this picture",
                on_click=State.show_mark(row["id"]),
            ),
            _take_back(row, "No key image any more"),
            key=row["id"],
        )

    return rx.fragment(
        rx.el.p("These go into the report.", class_name="hint"),
        rx.el.ul(rx.foreach(State.key_images, one), class_name="imaging-keys"),
    )


def _marks() -> rx.Component:
    def entry(row: rx.Var[dict[str, str]]) -> rx.Component:
        return rx.el.li(
            rx.el.button(
                rx.el.div(row["text"], class_name="numeric"),
                rx.cond(row["figures"] != "", rx.el.div(row["figures"], class_name="hint numeric")),
                rx.el.span(
                    row["kind"], " · ", row["where"], " · ", row["detail"], class_name="hint"
                ),
                type="button",
                title="Show it in the picture",
                class_name="imaging-mark",
                on_click=State.show_mark(row["id"]),
            ),
            _take_back(row, "Take back"),
            key=row["id"],
        )

    return rx.el.ul(rx.foreach(State.measurements, entry), class_name="imaging-rows")
