"""The built interface on a web process of its own, with a small organisation."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from erp.embedded.frontend import build_if_changed
from erp.embedded.programs import PROJECT
from erp.services import identity, platform
from tests.browser.signing_in import signed_in
from tests.browser.viewing import Open, open_session
from tests.fixtures import forking
from tests.fixtures.product import Product
from tests.gate.serving import PASSWORD, Server, serving

PEOPLE = {"owner": "Asha Raman", "cashier": "Ravi Kumar", "storekeeper": "Meena Iyer"}
ORGANISATION = identity.NewTenant(
    name="Sanjeevani Medicals",
    slug="sanjeevani-shell",
    legal_name="Sanjeevani Medicals Pvt Ltd",
    trade_name="Sanjeevani Medicals",
    gstin=None,
    pan=None,
    state_code="33",
    branch_code="TN",
    branch_name="T. Nagar",
    address="12 Usman Road",
    city="Chennai",
    pin="600017",
)

PATIENCE = 20_000
NO_PAGES_ICON = "/favicon.ico"
"""What a browser looks for beside a PDF, which names no icon."""
SignIn = Callable[..., Page]
OpenWindow = Callable[[], BrowserContext]


@pytest.fixture(scope="package")
def organisation(environment: dict[str, str]) -> str:
    """The id of a tenant whose members sign in as `shell.<role>`."""
    assert environment
    ctx = identity.provision_tenant(ORGANISATION)
    for role, name in PEOPLE.items():
        given = {"login": f"shell.{role}", "display_name": name, "password": PASSWORD}
        platform.run("identity.create_user", ctx, given | {"roles": [role]})
    return str(ctx.tenant_id)


@pytest.fixture(scope="package")
def interface(
    environment: dict[str, str], organisation: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The running interface."""
    assert organisation
    directory: Path = tmp_path_factory.mktemp("interface")
    build_if_changed(PROJECT, directory / "build.log", print)
    with serving(environment, directory / "web.log", with_pages=True) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Wait longer for what a page shall show: two browsers and a dozen servers share the cores."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def troubles() -> list[str]:
    """What the browser complained about: blocked scripts, errors, failed requests."""
    return []


@pytest.fixture
def open_window(browser: Browser, troubles: list[str]) -> Iterator[OpenWindow]:
    """Open a browser where nobody is signed in; `troubles` collects what its console says."""
    opened: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith(NO_PAGES_ICON):
            troubles.append(f"{message.text} {message.location['url']}")

    def open_one() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("console", heard)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def browser_window(open_window: OpenWindow) -> BrowserContext:
    """A fresh browser of one person."""
    return open_window()


@pytest.fixture
def sign_in(browser_window: BrowserContext, interface: Server) -> SignIn:
    """Open a page as a role and wait until it shows the person."""

    def opened(role: str = "owner", path: str = "/") -> Page:
        page = signed_in(browser_window, interface.url, f"shell.{role}", PASSWORD, path)
        page.locator(".avatar", has_text=PEOPLE[role][0]).wait_for()
        return page

    return opened


@pytest.fixture(scope="session")
def phantoms(product: Product) -> dict[str, Any]:
    """A clinic whose device has delivered phantoms: its technician, and sessions by name."""
    done = forking.run(["tests.browser.phantoms"], product.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def opened(product: Product, phantoms: dict[str, Any], browser_window: BrowserContext) -> Open:
    """Open a session by its phantom's name."""

    def open_one(name: str, window: BrowserContext = browser_window) -> Page:
        return open_session(product, phantoms, window, name)

    return open_one
