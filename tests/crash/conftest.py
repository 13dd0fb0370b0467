"""Where tills write down what they know, and a database that may be left broken."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from erp.core import db
from erp.core.settings import get_settings
from erp.embedded import EmbeddedStack
from tests.crash.till import History
from tests.fixtures.databases import copy_template


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.jsonl")


@pytest.fixture
def scratch(
    stack: EmbeddedStack,
    environment: dict[str, str],
    worker_number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database of one test alone, which may leave it broken; the product is pointed at it."""
    assert environment
    name = f"scratch_{worker_number}"
    copy_template(stack, name)
    monkeypatch.setattr(get_settings(), "database_url", stack.postgres.url(name))
    db.dispose()
    yield stack.postgres.url(name)
    monkeypatch.undo()
    db.dispose()
