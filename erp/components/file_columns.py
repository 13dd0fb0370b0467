"""What stands above the rows of a file: its name, and which column each part is read from."""

from typing import Any

import reflex as rx


def chosen_file(name: rx.Var[str]) -> rx.Component:
    """Return the name of the file that was chosen; nothing before one was."""
    return rx.cond(
        name != "", rx.el.p(rx.icon("file-check"), rx.el.b(name), class_name="chosen-file")
    )


def file_columns(state: Any, summary: str, *, is_open: bool = False) -> rx.Component:
    """Return a choice of column for each part of a file's rows; nothing until a file was read.

    Args:
        state: Has `headers`, those of the file; `read_from`, with `part`, `label` and `header`
            of each choice; and `choose_column(part, header)`.
        summary: What folds the choices away.
    """

    def choice(one: Any) -> rx.Component:
        name = "column-" + one["part"]
        return rx.el.div(
            rx.el.label(one["label"], html_for=name),
            rx.el.select(
                rx.el.option("No column", value=""),
                rx.foreach(state.headers, lambda header: rx.el.option(header, value=header)),
                id=name,
                value=one["header"],
                on_change=lambda header: state.choose_column(one["part"], header),
                class_name="input",
            ),
            class_name="field",
            key=one["part"],
        )

    choices = rx.el.details(
        rx.el.summary(summary),
        rx.el.div(rx.foreach(state.read_from, choice), class_name="form-grid four"),
        class_name="columns-read",
        open=is_open,
    )
    return rx.cond(state.read_from.length() > 0, choices)
