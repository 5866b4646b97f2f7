"""A folder to begin with: settings with comments, a directory without rows, and what git shall leave alone."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from orchestration.errors import TallybookError
from orchestration.loading.directory.tables import DIRECTORY_TABLES

_IGNORED = """\
# Logs, and what is computed from them.
/raw/*/
!/raw/directory/
/warehouse/
/site/
"""


class StartError(TallybookError):
    """A folder to begin with could not be made."""


def start(folder: Path) -> list[Path]:
    """Write what a new user begins with into `folder`, which is made where it is missing; the files, in order.

    Raises StartError, and writes nothing, where any of them is there already; also where one cannot be written.
    """
    contents = {folder / path: content for path, content in _contents().items()}
    for path in contents:
        if path.exists() or path.is_symlink():
            raise StartError(f"{path} is there already; nothing was written")
    for path, content in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(content)
        except OSError as error:
            raise StartError(f"{path} cannot be written: {error.strerror or error}") from error
    return list(contents)


def _contents() -> dict[str, str]:
    """Text by path below the folder."""
    headers = {table.path: ",".join(column.name for column in table.columns) + "\n" for table in DIRECTORY_TABLES}
    settings = files("orchestration.starting").joinpath("tallybook.toml").read_text(encoding="utf-8")
    return {
        "tallybook.toml": settings,
        ".gitignore": _IGNORED,
        **{f"raw/{path}": header for path, header in headers.items()},
    }
