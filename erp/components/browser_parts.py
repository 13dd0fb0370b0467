"""The local browser components, bundled with the pages that use them."""

from typing import Any

import reflex as rx
from reflex.components.component import Component, NoSSRComponent

from erp.components.browser_files import script_beside


class NavItem(Component):
    """A link of the navigation that marks itself when its page is open.

    `nested` are routes below its own that have links of their own.
    """

    library = script_beside(__name__, "navigation.jsx")
    tag = "NavItem"
    to: rx.Var[str]
    section: rx.Var[str]
    label: rx.Var[str]
    nested: rx.Var[list[str]]


class Opened(Component):
    """Its first child once the page is loaded for the browser's address, its second until then.

    `at` is the path that was opened last. What is shown stays while the address does.
    """

    library = script_beside(__name__, "navigation.jsx")
    tag = "Opened"
    at: rx.Var[str]
    is_loaded: rx.Var[bool]


class NavToggle(Component):
    """The button that narrows the navigation to its icons, remembered per browser."""

    library = script_beside(__name__, "navigation.jsx")
    tag = "NavToggle"


class LinkTabs(Component):
    """A strip of links that shows the open one, and fades where it goes on; `label` is read aloud."""

    library = script_beside(__name__, "navigation.jsx")
    tag = "LinkTabs"
    label: rx.Var[str]


class NavDrawer(Component):
    """The navigation of narrow screens: a menu button and a modal drawer."""

    library = script_beside(__name__, "navigation.jsx")
    tag = "NavDrawer"


class Palette(Component):
    """The command palette; `commands` are entries with group, label, detail and href.

    Records come from `GET /api/erp/search?q=`. `destinations` says for each kind of record
    its `group` and the `route` with `{id}`; hits of other kinds are not shown.
    """

    library = script_beside(__name__, "palette.jsx")
    lib_dependencies: list[str] = ["cmdk@1.1.1"]
    tag = "Palette"
    commands: rx.Var[list[dict[str, str]]]
    destinations: rx.Var[dict[str, dict[str, str]]]


class PaletteButton(Component):
    """The button that opens the command palette."""

    library = script_beside(__name__, "palette.jsx")
    lib_dependencies: list[str] = ["cmdk@1.1.1"]
    tag = "PaletteButton"


class Shortcuts(Component):
    """The product's keyboard shortcuts; `places` have keys, label and href."""

    library = script_beside(__name__, "shortcuts.jsx")
    lib_dependencies: list[str] = ["tinykeys@4.0.0"]
    tag = "Shortcuts"
    places: rx.Var[list[dict[str, str]]]


class KeyMap(Component):
    """A page's own shortcuts: `keys` maps a tinykeys sequence to a name given to `on_key`."""

    library = script_beside(__name__, "shortcuts.jsx")
    lib_dependencies: list[str] = ["tinykeys@4.0.0"]
    tag = "KeyMap"
    keys: rx.Var[dict[str, str]]
    on_key: rx.EventHandler[lambda name: [name]]  # type: ignore[type-arg,valid-type]


class RowKeys(Component):
    """Lets the keys J and K walk down and up the links of a list; Enter opens one, as it does."""

    library = script_beside(__name__, "shortcuts.jsx")
    lib_dependencies: list[str] = ["tinykeys@4.0.0"]
    tag = "RowKeys"


class ScannerWedge(Component):
    """Turns what a keyboard scanner types into one `on_scan` event per code.

    A field that shall keep the scanned text has the attribute `data-scan`.
    """

    library = script_beside(__name__, "wedge.jsx")
    tag = "ScannerWedge"
    gap_ms: rx.Var[int]
    shortest: rx.Var[int]
    on_scan: rx.EventHandler[lambda code: [code]]  # type: ignore[type-arg,valid-type]


class SearchBox(Component):
    """A search field that reports once the typing pauses; the slash key leads to it."""

    library = script_beside(__name__, "search_box.jsx")
    tag = "SearchBox"
    value: rx.Var[str]
    placeholder: rx.Var[str]
    wait_ms: rx.Var[int]
    on_search: rx.EventHandler[lambda text: [text]]  # type: ignore[type-arg,valid-type]


class FileBox(Component):
    """A field for one file, chosen or dropped; `on_file` gets its name and content in base 64."""

    library = script_beside(__name__, "file_box.jsx")
    tag = "FileBox"
    accept: rx.Var[str]
    label: rx.Var[str]
    most_bytes: rx.Var[int]
    on_file: rx.EventHandler[lambda name, content: [name, content]]  # type: ignore[type-arg,valid-type]


class DayInput(Component):
    """A field for a day, typed and shown as day-month-year; forms and `on_day` get YYYY-MM-DD.

    What is no day reaches the form as it was typed, so that the refusal stands at the field.
    `accessible_name` is for a field inside its label, whose text would else take in the calendar's button.
    """

    library = script_beside(__name__, "day.jsx")
    tag = "DayInput"
    name: rx.Var[str]
    value: rx.Var[str]
    default_value: rx.Var[str]
    input_id: rx.Var[str]
    accessible_name: rx.Var[str]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    required: rx.Var[bool]
    on_day: rx.EventHandler[lambda day: [day]]  # type: ignore[type-arg,valid-type]


class Lookup(NoSSRComponent):
    """A field that finds one record through a REST list; the form receives its id."""

    library = script_beside(__name__, "lookup.jsx")
    tag = "Lookup"
    name: rx.Var[str]
    url: rx.Var[str]
    label_key: rx.Var[str]
    detail_key: rx.Var[str]
    value_key: rx.Var[str]
    initial_label: rx.Var[str]
    initial_value: rx.Var[str]
    placeholder: rx.Var[str]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    required: rx.Var[bool]
    input_id: rx.Var[str]
    on_pick: rx.EventHandler[lambda value, label: [value, label]]  # type: ignore[type-arg,valid-type]


class FilePick(Component):
    """A button, and a place to drop a file, that sends the file itself through REST.

    Attributes:
        largest: Bytes a file may have.
        capture: `environment` where a phone opens its camera at once.
        on_done: Takes the id that the server answered, and `yes` if it knew the file.
    """

    library = script_beside(__name__, "file_pick.jsx")
    tag = "FilePick"
    url: rx.Var[str]
    accept: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    largest: rx.Var[int]
    capture: rx.Var[str]
    on_done: rx.EventHandler[lambda made, known: [made, known]]  # type: ignore[type-arg,valid-type]


class TextFile(Component):
    """A button that reads a text file in the browser and reports its name and text, or why not."""

    library = script_beside(__name__, "text_file.jsx")
    tag = "TextFile"
    label: rx.Var[str]
    accept: rx.Var[str]
    most_bytes: rx.Var[int]
    on_text: rx.EventHandler[lambda name, text: [name, text]]  # type: ignore[type-arg,valid-type]
    on_refuse: rx.EventHandler[lambda message: [message]]  # type: ignore[type-arg,valid-type]


class SignOut(Component):
    """The form that signs out; it waits until this browser has handed in what it sold offline."""

    library = script_beside(__name__, "sign_out.jsx")
    tag = "SignOut"


def row_keys() -> rx.Component:
    """Return what lets J and K walk through the list of the page."""
    return RowKeys.create()


def scanner(on_scan: Any, **options: Any) -> rx.Component:
    """Listen for a barcode scanner while the page is open."""
    return ScannerWedge.create(on_scan=on_scan, **options)


def key_map(keys: dict[str, str], on_key: Any) -> rx.Component:
    """Give the page shortcuts of its own, such as `{"F2": "pay"}`; see `shortcut_hint`."""
    return KeyMap.create(keys=keys, on_key=on_key)
