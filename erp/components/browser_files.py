"""JavaScript beside a component's module: part of the frontend's build, by the name it has there."""

from pathlib import Path
from sys import modules

from reflex.assets import _link_shared_asset
from reflex_base import constants


def script_beside(module: str, name: str) -> str:
    """Link a file beside a module into the assets, and return what JavaScript imports it by.

    As `rx.asset(name, shared=True)`, which finds its caller by reading the whole stack: forty
    such calls took two thirds of the time that a web process needs to start (Reflex 0.10.1).

    Args:
        module: `__name__` of the module that the file lies beside.
    """
    source = Path(modules[module].__file__ or "").with_name(name)
    if not source.exists():
        message = f"File not found: {source}"
        raise FileNotFoundError(message)
    folder = Path(constants.Dirs.EXTERNAL_APP_ASSETS, *module.split("."))
    target = Path.cwd() / constants.Dirs.APP_ASSETS / folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    _link_shared_asset(target, source)
    return f"$/public/{(folder / name).as_posix()}"
