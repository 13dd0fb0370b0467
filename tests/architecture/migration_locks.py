"""Which tables a migration keeps locked while it reads all their rows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CONSTRAINTS = {"create_check_constraint", "create_foreign_key", "create_unique_constraint"}
ADDED = re.compile(
    r"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\S+)\s.*?\badd\s+constraint\b(.*)", re.DOTALL
)
INDEXED = re.compile(
    r"create\s+(?:unique\s+)?index\s+(?!concurrently)(?:.*?)\bon\s+(?:only\s+)?(\w+|\{\})",
    re.DOTALL,
)
MADE = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)")
REASONS = "BRIEFLY_LOCKED"


def locked_tables(source: str, sql: Path) -> set[str]:
    """Return tables that stood before a migration and that it neither spares nor gives a reason for.

    Args:
        source: The migration. sql: the folder of the files that it runs.
    """
    body = [one for one in ast.parse(source).body if getattr(one, "name", "") != "downgrade"]
    module = ast.Module(body, [])
    statements = [part for text in _texts(module, sql) for part in text.lower().split(";")]
    locked = {*_by_calls(module), *_by_statements(statements)}
    locked |= _validated_at_once(statements)
    return locked - _made(module, statements) - _reasoned(module)


def _by_calls(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = {one.arg: one.value for one in node.keywords if one.arg}
        spared = {name for name, value in given.items() if getattr(value, "value", None) is True}
        is_bad_index = node.func.attr == "create_index" and "postgresql_concurrently" not in spared
        is_bad_rule = node.func.attr in CONSTRAINTS and "postgresql_not_valid" not in spared
        if is_bad_index or is_bad_rule:
            place = given.get("table_name") or given.get("source_table") or node.args[1]
            yield _said(place)


def _by_statements(statements: list[str]) -> Iterator[str]:
    for one in statements:
        added = ADDED.search(one)
        if added and "not valid" not in added[2]:
            yield added[1]
        indexed = INDEXED.search(one)
        if indexed:
            yield indexed[1]


def _validated_at_once(statements: list[str]) -> set[str]:
    """Return constraints that are validated while the lock of adding them is held: a migration is one transaction."""
    text = ";".join(statements)
    validated = re.findall(r"validate\s+constraint\s+(\S+)", text)
    return {
        name for name in validated if re.search(rf"add\s+constraint\s+{re.escape(name)}\s", text)
    }


def _made(module: ast.Module, statements: list[str]) -> set[str]:
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    made = {
        _said(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "create_table" and call.args
    }
    return made | {found[1] for one in statements for found in MADE.finditer(one)}


def _reasoned(module: ast.Module) -> set[str]:
    """Return the tables that the migration says it may lock, each with why."""
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == REASONS:
            reasons = ast.literal_eval(node.value)
            return {table for table, why in reasons.items() if len(why.split()) > 3}
    return set()


def _said(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def _texts(module: ast.Module, sql: Path) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = (getattr(one, "value", "{}") for one in node.values)
            yield "".join(one if isinstance(one, str) else "{}" for one in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
            yield (sql / name).read_text() if name.endswith(".sql") else name
