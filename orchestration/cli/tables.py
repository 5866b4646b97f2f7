"""Figures as lines of a table, alike on a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

_INDENT = " " * 9


def lines_of(head: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int]) -> list[str]:
    """The head and the rows in columns; `left`: places of those that begin, and do not end, below each other."""
    cells = [head, *rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    return [
        _INDENT + "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True)) if width
        ).rstrip()
        for row in cells
    ]  # fmt: skip
