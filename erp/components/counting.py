"""The field of a counting sheet."""

import reflex as rx
from reflex.components.component import Component

from erp.components.browser_files import script_beside


class CountBox(Component):
    """Units of one lot: saved on Enter, on leaving and when the typing pauses.

    What was typed and not taken by the server yet is kept in the browser, and sent after a
    reload. Enter and the arrows lead to the next lot. A barcode is told as a scan.

    Attributes:
        sheet, lot: Ids of the count and the lot, under which typed units are kept.
        problem: What is wrong with them; shown by the page under the id `<lot>-problem`.
    """

    library = script_beside(__name__, "count_box.jsx")
    tag = "CountBox"
    sheet: rx.Var[str]
    lot: rx.Var[str]
    value: rx.Var[str]
    label: rx.Var[str]
    problem: rx.Var[str]
    on_scan: rx.EventHandler[lambda code: [code]]  # type: ignore[type-arg,valid-type]
    on_save: rx.EventHandler[lambda lot, text: [lot, text]]  # type: ignore[type-arg,valid-type]


_WEDGE = script_beside(__name__, "wedge.jsx")
"""The field imports from it, beside itself."""
