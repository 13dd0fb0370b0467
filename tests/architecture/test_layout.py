"""What import-linter cannot say about the shape of the code."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

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


def text_of(path):
    return (ROOT / path).read_text()


@cache
def tree(path):
    return ast.parse(text_of(path))


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


def test_domain_uses_another_only_through_its_package():
    assert [words for path in DOMAIN_FILES for words in reaching_in(path)] == []


def reaching_in(path):
    own = path.relative_to("erp/services").parts[0]
    for line, module, _name in imported_names(path, "erp.services."):
        _, _, domain, *inside = [*module.split("."), ""][:4]
        if domain and domain != own and any(inside):
            yield f"{path}:{line} reaches into {domain}"


def test_only_queries_read_another_domains_tables():
    assert [words for path in DOMAIN_FILES for words in touching_tables(path)] == []


def touching_tables(path):
    own = path.relative_to("erp/services").parts[0]
    if path.stem == "queries" or own == "reporting":
        return
    for line, _module, name in imported_names(path, "erp.models."):
        domain = name.split(".")[2]
        if domain not in {own, "base"}:
            yield f"{path}:{line} touches a table of {domain}"


def test_files_are_short_and_named_for_an_activity():
    assert [words for path in OWN for words in badly_made(path)] == []


def badly_made(path):
    lines = text_of(path).count("\n")
    is_generated = path.is_relative_to("alembic/versions")
    is_facade = path.name == "__init__.py" and path.is_relative_to("erp/services")
    longest = LONGEST_FACADE if is_facade else LONGEST_FILE  # a facade is a list of names
    if not is_generated and lines > longest:
        yield f"{path} has {lines} lines"
    if path.stem in EMPTY_NAMES:
        yield f"{path}: name it for what it does"


def test_functions_fit_a_screen():
    assert [words for path in PRODUCT for words in long_functions(path)] == []


def long_functions(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{path}:{node.lineno} {node.name}: {length} lines"


def test_suppressed_lint_rules_are_named_and_reasoned():
    files = [path for path in OWN if str(path) != "tests/architecture/test_layout.py"]
    assert [words for path in files for words in unnamed_rules(path)] == []


def unnamed_rules(path):
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if "# noqa" in line and not re.search(r"# noqa: [A-Z]+\d+", line):
            yield f"{path}:{number} silences every rule"


def test_every_package_is_pinned_to_one_version():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            assert re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==\S+( ; .+)?", line), f"{name}: {line}"


def test_the_readme_names_the_domains_in_their_order():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") == ["erp.services"]]
    there = {path.parent.name for path in SERVICES.glob("*/__init__.py")}
    named = [set(re.findall(r"\w+", layer)) & there for layer in reversed(layers)]
    (told,) = re.findall(r"Domains, low to high: ([^.]*)\.", text_of("README.md"))
    rungs = [set(re.findall(r"\w+", rung)) for rung in told.split(";")]
    assert rungs == [rung for rung in named if rung]


def test_alembic_is_a_folder_of_scripts_beside_the_installed_package():
    assert not (ROOT / "alembic/__init__.py").exists()


def test_every_page_is_named():
    declaring = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "erp" / "pages").rglob("*.py")
        if re.search(r"^@page\(", path.read_text(), flags=re.MULTILINE)
    }
    assert declaring - set(ROUTES) == set()
