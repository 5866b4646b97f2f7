"""Keeps typesetting and forking apart.

Typst starts threads and waits for them. A forked process has none of its parent's threads, and would wait for ever.
"""

import os

_started_in: set[int] = set()


class TypesettingError(Exception):
    """A PDF could not be made; the message says which report's and why."""


def may_fork() -> bool:
    """Whether processes forked from this one may typeset."""
    return not _started_in


def start() -> None:
    """To be called before typesetting; RuntimeError where it would never end."""
    if _started_in - {os.getpid()}:
        raise RuntimeError("this process was forked from one that had typeset, and so cannot typeset itself")
    _started_in.add(os.getpid())
