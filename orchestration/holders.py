"""Which processes hold a file locked, as far as this machine tells: `/proc/locks` has them all, DuckDB names one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_LOCKS = Path("/proc/locks")
_LONGEST = 60


def holders(file: Path) -> list[int]:
    """Process ids of others that hold a lock on the file, in order; empty where the system does not say."""
    try:
        inode, lines = file.stat().st_ino, _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    # A line is `1: POSIX  ADVISORY  READ 4711 fe:00:2165248 0 EOF`; waiting ones have an arrow after the number.
    found = {int(words[4]) for words in map(str.split, lines) if len(words) > 5 and _is_of(words, inode)}
    return sorted(found - {os.getpid(), 0, -1})


def program(pid: int) -> str:
    """What a process is, such as `java metabase.jar`, without its other arguments; empty where nobody may know."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    return " ".join(_named(words))[:_LONGEST].strip()


def _is_of(words: list[str], inode: int) -> bool:
    return words[1] != "->" and words[4].lstrip("-").isdigit() and words[5].rpartition(":")[2] == str(inode)


def _named(words: list[str]) -> Iterator[str]:
    """The program, and the script, module or archive that it runs. Anything else may be anybody's secret."""
    yield Path(words[0]).name
    rest = iter(words[1:])
    for word in rest:
        if word == "-c" or not word:
            return
        if word == "-m":
            yield next(rest, "")
            return
        if not word.startswith("-"):
            if word.endswith((".py", ".jar")) or "/" in word:
                yield Path(word).name
            return
