"""Nothing we install binds our own code: see docs/licences.md."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRONG = re.compile(
    r"(?<!L)\bA?GPL|Affero|GNU General Public|SSPL|BUSL|Commons Clause", re.IGNORECASE
)
WE_CHOOSE_ANOTHER = {"text-unidecode": "Artistic"}


def python_packages():
    command = [str(Path(sys.executable).with_name("pip-licenses")), "--format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {entry["Name"]: entry["License"] for entry in json.loads(done.stdout)}


def browser_packages():
    lock = json.loads((ROOT / "reflex.lock/package-lock.json").read_text())["packages"]
    return {name: str(entry.get("license", "")) for name, entry in lock.items() if name}


@pytest.mark.parametrize("packages", [python_packages, browser_packages])
def test_no_package_is_under_a_strong_copyleft(packages):
    found = packages()
    assert len(found) > 100
    for name, licence in found.items():
        chosen = WE_CHOOSE_ANOTHER.get(name)
        if chosen is None:
            assert not STRONG.search(licence), f"{name} is under {licence}"
        else:
            assert chosen in licence, f"{name} no longer offers {chosen}"


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", False),
        ("GNU Library or Lesser General Public License (LGPL)", False),
        ("MPL-2.0", False),
    ],
)
def test_the_pattern_tells_strong_from_weak(licence, binds):
    assert bool(STRONG.search(licence)) is binds
