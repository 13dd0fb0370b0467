"""The table of complaints names every test that answers one, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def named(*paths: Path) -> list[str]:
    return sorted(
        name for path in paths for name in re.findall(r"test_3_\d\d_\w+", path.read_text())
    )


def test_the_table_and_the_tests_agree():
    tests = sorted((ROOT / "tests" / "scenarios").glob("test_complaints_*.py"))
    assert len(tests) == 2
    assert named(ROOT / "docs" / "complaints.md") == named(*tests)
