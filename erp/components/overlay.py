"""What lies over every page while the server cannot be reached."""

import reflex as rx
from reflex.components.component import NoSSRComponent
from reflex_components_core.core.banner import connection_errors_count

from erp.components.browser_files import script_beside


class ConnectionWatch(NoSSRComponent):
    """Says quietly that the connection is lost, and leads to the sign-in form if that is why."""

    library = script_beside(__name__, "overlay.jsx")
    tag = "ConnectionWatch"
    failures: rx.Var[int]


def connection_overlay() -> rx.Component:
    """Return the overlay that replaces Reflex's banner, which shows addresses.

    Reflex puts the rest of the app inside what this returns, hence the fragment.
    """
    return rx.fragment(ConnectionWatch.create(failures=connection_errors_count))
