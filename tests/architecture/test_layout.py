"""What import-linter cannot say about the shape of the code."""

import ast
import re
from pathlib import Path

import pytest

from erp.pages import ROUTES

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "erp/services"
LONGEST_FILE, LONGEST_FACADE, LONGEST_FUNCTION = 400, 600, 70
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "service", "manager"}


def python_files(*folders):
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found)


PRODUCT = python_files("erp", "jobs")
OWN = python_files("erp", "jobs", "tests", "alembic")
DOMAIN_FILES = [path for path in PRODUCT if path.is_relative_to("erp/services")]


def tree(path):
    return ast.parse((ROOT / path).read_text())


def imported_names(path, prefix):
    """Every dotted name below `prefix` that a file imports, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if name.startswith(prefix):
                    yield node.lineno, node.module, name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith(prefix):
                    yield node.lineno, alias.name, alias.name


@pytest.mark.parametrize("path", DOMAIN_FILES, ids=str)
def test_domain_uses_another_only_through_its_package(path):
    own = path.relative_to("erp/services").parts[0]
    for line, module, _name in imported_names(path, "erp.services."):
        _, _, domain, *inside = [*module.split("."), ""][:4]
        reaches_in = domain and domain != own and any(inside)
        assert not reaches_in, f"{path}:{line} reaches into {domain}"


@pytest.mark.parametrize("path", DOMAIN_FILES, ids=str)
def test_only_queries_read_another_domains_tables(path):
    own = path.relative_to("erp/services").parts[0]
    if path.stem == "queries" or own == "reporting":
        return
    for line, _module, name in imported_names(path, "erp.models."):
        domain = name.split(".")[2]
        assert domain in {own, "base"}, f"{path}:{line} touches a table of {domain}"


@pytest.mark.parametrize("path", OWN, ids=str)
def test_files_are_short_and_named_for_an_activity(path):
    lines = (ROOT / path).read_text().count("\n")
    is_generated = path.is_relative_to("alembic/versions")
    is_facade = path.name == "__init__.py" and path.is_relative_to("erp/services")
    longest = LONGEST_FACADE if is_facade else LONGEST_FILE  # a facade is a list of names
    assert is_generated or lines <= longest, f"{path} has {lines} lines"
    assert path.stem not in EMPTY_NAMES, f"{path}: name it for what it does"


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_functions_fit_a_screen(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}: {length} lines"


@pytest.mark.parametrize("path", OWN, ids=str)
def test_suppressed_lint_rules_are_named_and_reasoned(path):
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        if "# noqa" in line and str(path) != "tests/architecture/test_layout.py":
            assert re.search(r"# noqa: [A-Z]+\d+", line), f"{path}:{number} silences every rule"


def test_every_package_is_pinned_to_one_version():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            assert re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==\S+( ; .+)?", line), f"{name}: {line}"


def test_alembic_is_a_folder_of_scripts_beside_the_installed_package():
    assert not (ROOT / "alembic/__init__.py").exists()


def test_every_page_is_named():
    declaring = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "erp" / "pages").rglob("*.py")
        if re.search(r"^@page\(", path.read_text(), flags=re.MULTILINE)
    }
    assert declaring - set(ROUTES) == set()
