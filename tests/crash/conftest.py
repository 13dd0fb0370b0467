"""Where tills write down what they know."""

from pathlib import Path

import pytest

from tests.crash.till import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.jsonl")
