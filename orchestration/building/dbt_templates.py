"""Jinja templates of the dbt project as compiled code, kept beside the manifest: compiling them again costs a short run
as much as its queries.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any


class KeptTemplates:
    """The code of each template by its kind of environment and its source, as this Python compiles it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"templates.{sys.implementation.cache_tag}"
        self._codes: dict[tuple[str, str], CodeType] = {}
        if self._path.exists():
            self._codes = marshal.loads(self._path.read_bytes())
        self._known = len(self._codes)

    def compiling(self, compile_template: Callable[..., Any]) -> Callable[..., Any]:
        """`jinja2.Environment.compile`, asked only for what is not kept."""

        def compile_once(environment: Any, source: Any, *args: Any, **kwargs: Any) -> Any:
            if args or kwargs or not isinstance(source, str):
                return compile_template(environment, source, *args, **kwargs)
            key = (type(environment).__name__, source)
            if key not in self._codes:
                self._codes[key] = compile_template(environment, source)
            return self._codes[key]

        return compile_once

    def save(self) -> None:
        """Keep what this run has compiled, in one step, since others may read."""
        if len(self._codes) > self._known:
            written = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            written.write_bytes(marshal.dumps(self._codes))
            written.replace(self._path)

    @staticmethod
    def forget(folder: Path) -> None:
        """Remove what is kept, since the project it belongs to has changed."""
        for path in folder.glob("templates.*"):
            path.unlink(missing_ok=True)
