"""Fixtures that every test may ask for; nothing starts until one does."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.databases",
    "tests.fixtures.people",
    "tests.fixtures.traders",
    "tests.fixtures.processes",
    "tests.fixtures.browser",
    "tests.fixtures.product",
]
