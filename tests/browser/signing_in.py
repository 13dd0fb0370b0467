"""Signing in without the form, whose own tests are in `test_shell`."""

from playwright.sync_api import BrowserContext, Page


def signed_in(window: BrowserContext, url: str, login: str, password: str, path: str) -> Page:
    """Open a page as a person."""
    answer = window.request.post(
        f"{url}/auth/sign-in",
        form={"login": login, "password": password},
        headers={"origin": url},
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()
    page = window.new_page()
    page.goto(f"{url}{path}")
    return page
