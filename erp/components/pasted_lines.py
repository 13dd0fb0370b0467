"""A file of lines, chosen or pasted: where importing pages begin."""

from typing import Any

import reflex as rx

from erp.components.browser_parts import TextFile
from erp.components.buttons import submit_button


def chosen_file(state: Any, most: int) -> rx.Component:
    """Return the button that reads a file in the browser, for `read_file` or `refuse_file`."""
    return TextFile.create(
        rx.icon("file-up"),
        label="Choose a CSV or XLSX file",
        accept=".csv,.xlsx,text/csv,text/plain",
        most_bytes=most,
        on_text=state.read_file,
        on_refuse=state.refuse_file,
    )


def pasted_lines(state: Any, example: str, most: int) -> rx.Component:
    """Return the form that lines are pasted into, for `read_pasted`."""
    return rx.el.form(
        rx.el.div(
            rx.el.label("Or paste lines", html_for="pasted"),
            rx.el.textarea(
                name="content",
                id="pasted",
                placeholder=example,
                rows="7",
                class_name="input code",
                spell_check=False,
                max_length=most,
            ),
            class_name="field paste",
        ),
        rx.el.div(submit_button("Check", icon="eye"), class_name="form-foot"),
        on_submit=state.read_pasted,
        class_name="form",
        no_validate=True,
    )
