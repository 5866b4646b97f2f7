"""What a restated report said before, what it says now, and which files changed it."""

from collections.abc import Sequence

from site_builder.files.manifest import Changed, Restatement
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Table
from site_builder.render import cells
from site_builder.reports import headlines
from site_builder.words import formats, phrases

NAME = "restatement"
MOST_FILES = 5
_BEFORE, _AFTER = Column("before", "Before", "exact"), Column("after", "Now", "exact")
_COLUMNS = (
    Column("figure", "Figure", "figure"), _BEFORE, _AFTER, Column("revision", "Since revision", "int"),
    Column("files", "Because of", "name"),
)  # fmt: skip


def card(view: View, restatements: Sequence[Restatement]) -> Card:
    """The card of a report that was restated, newest revision first."""
    newest = restatements[-1]
    rows = [
        (change.figure, change.before, change.after, restatement.revision, ", ".join(restatement.files))
        for restatement in reversed(restatements)
        for change in restatement.changes
    ]
    return Card(
        name=NAME,
        subject="Restated",
        title=_title(newest),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="A published report whose headline figures late data changes gets a new revision. "
        "Because of: the files that landed since, with events of the period or with what took the place of some; where "
        "there are none, the directory's that changed.",
        facts=[Fact("Because of", _because(newest.files))],
        is_wide=True,
        shows_table=True,
    )


def _title(newest: Restatement) -> str:
    first, *more = newest.changes
    rest = f"; {formats.plural(len(more), 'more figure')} changed" if more else ""
    return f"{headlines.LABELS[first.figure]}: {_text(first, 'after')}, no longer {_text(first, 'before')}{rest}"


def _text(change: Changed, side: str) -> str:
    return cells.shown(getattr(change, side), _AFTER)


def _because(files: Sequence[str]) -> str:
    if not files:
        return "no new file; the same events are computed otherwise now"
    more = f" and {formats.plural(len(files) - MOST_FILES, 'more file')}" if len(files) > MOST_FILES else ""
    return ", ".join(formats.shown_name(file) for file in files[:MOST_FILES]) + more
