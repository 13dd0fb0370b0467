"""The product's screens as data: route, title, permission and place in the navigation.

Pages register themselves through `erp.pages.routing.page`; the shell, the command palette and
the page guard read this list.
"""

from dataclasses import dataclass

GROUPS = ("", "Sell", "Stock", "Buy", "Clinic", "Money", "Setup")
"""Order of the navigation's groups; the first stands on top without a heading."""


@dataclass(frozen=True, slots=True)
class Nav:
    """Where a screen stands in the side navigation.

    Attributes:
        label: One or two words.
        icon: Name of a lucide icon.
        group: One of `GROUPS`.
        order: Smaller stands higher in its group.
        keys: Keyboard sequence that opens it, such as `g p`.
        section: Start of every address it stands for; its own where none is given.
    """

    label: str
    icon: str
    group: str = ""
    order: int = 50
    keys: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of the product.

    Attributes:
        permission: What its readers need; `SIGNED_IN` for everybody.
        parent: Route of the page above it in the breadcrumbs.
        command: Name of the command its form runs, which the palette offers by the title.
        record: Kind of record it shows, as the search calls it (`product`, `party`, `invoice`,
            `sale` ...); the palette opens what it finds here.
    """

    route: str
    title: str
    permission: str
    nav: Nav | None = None
    parent: str = ""
    command: str = ""
    record: str = ""


_SCREENS: dict[str, Screen] = {}


def register_screen(screen: Screen) -> Screen:
    """Add a screen.

    Raises:
        RuntimeError: Its route is taken, its group is unknown, or another shows such a record.
    """
    if screen.route in _SCREENS:
        raise RuntimeError(f"Two pages have the route {screen.route}.")
    if screen.nav is not None and screen.nav.group not in GROUPS:
        raise RuntimeError(f"{screen.route} wants the unknown navigation group {screen.nav.group}.")
    if screen.record and any(known.record == screen.record for known in _SCREENS.values()):
        raise RuntimeError(f"Two pages show one {screen.record}; a search opens only one of them.")
    _SCREENS[screen.route] = screen
    return screen


def get_screen(route: str) -> Screen | None:
    """Return the screen of a route as it was declared."""
    return _SCREENS.get(route)


def list_screens() -> list[Screen]:
    """Return every screen, in navigation order."""
    return sorted(_SCREENS.values(), key=_place)


def trail_of(screen: Screen) -> list[Screen]:
    """Return the screens above a screen, topmost first, then itself."""
    above = _SCREENS.get(screen.parent)
    return [*(trail_of(above) if above else []), screen]


def _place(screen: Screen) -> tuple[int, int, str]:
    nav = screen.nav
    return (
        (GROUPS.index(nav.group), nav.order, nav.label) if nav else (len(GROUPS), 0, screen.title)
    )
