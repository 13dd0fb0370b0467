"""Grey shapes that keep the place of what is still loading, so that nothing jumps."""

import reflex as rx


def bone(width: str = "100%", height: str = "12px") -> rx.Component:
    """Return one grey bar."""
    return rx.el.span(
        class_name="bone", style={"width": width, "height": height}, aria_hidden="true"
    )


def page_skeleton() -> rx.Component:
    """Return the shape of a page: a heading and a card of rows."""
    rows = [bone(f"{92 - 7 * (i % 4)}%", "14px") for i in range(9)]
    return rx.el.div(
        bone("180px", "26px"),
        rx.el.div(
            *rows,
            class_name="card",
            style={"padding": "20px", "display": "flex", "flex_direction": "column", "gap": "22px"},
        ),
        class_name="page-bones",
        role="status",
        aria_label="Loading",
    )


def row_skeletons(columns: int, rows: int = 8) -> list[rx.Component]:
    """Return table rows of grey bars."""
    return [
        rx.el.tr(
            *[rx.el.td(bone(f"{80 - 9 * ((row + column) % 4)}%")) for column in range(columns)],
            aria_hidden="true",
        )
        for row in range(rows)
    ]


def chart_skeleton(height: str) -> rx.Component:
    """Return the shape of a bar chart."""
    bars = [bone("100%", f"{30 + 13 * ((7 * i) % 5)}%") for i in range(12)]
    return rx.el.div(
        *bars,
        style={"display": "flex", "align_items": "flex-end", "gap": "10px", "height": height},
        role="status",
        aria_label="Loading the chart",
    )
