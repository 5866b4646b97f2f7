"""Reports that stand beside each other: of a scope and an edition, by date."""

from bisect import bisect_left
from collections.abc import Collection
from datetime import date
from functools import lru_cache

from site_builder.planning.periods import CUSTOM, Span


def before_and_after(folder: str, known: frozenset[str]) -> tuple[str | None, str | None]:
    """The folders of the `known` reports before and after one of the same edition; None where there is none.

    Of custom ones those as long, which end the date before it and begin the date after, come first.
    """
    pairs = zip(_adjoining(folder), _nearest(folder, known), strict=True)
    before, after = (adjoining if adjoining in known else nearest for adjoining, nearest in pairs)
    return before, after


def beside(planned: Collection[str], published: Collection[str]) -> set[str]:
    """Of a scope's published reports those that may get another neighbour by the planned ones that are new."""
    fresh = sorted(set(planned) - set(published))
    known = frozenset([*fresh, *published])
    found = {near for folder in fresh for near in (*_nearest(folder, known), *_adjoining(folder))}
    return {near for near in found if near is not None and near in published}


def _nearest(folder: str, known: frozenset[str]) -> tuple[str | None, str | None]:
    shelf = _shelves(known).get(folder.rpartition("/")[0], [])
    place = bisect_left(shelf, folder)
    after = place + 1 if place < len(shelf) and shelf[place] == folder else place
    return shelf[place - 1] if place else None, shelf[after] if after < len(shelf) else None


def _adjoining(folder: str) -> tuple[str | None, str | None]:
    scope, edition, name = folder.split("/")
    if edition != CUSTOM:
        return None, None
    span = Span(*map(date.fromisoformat, name.split("_")))
    before, after = (span.shifted(days) for days in (-span.days, span.days))
    return f"{scope}/{edition}/{before.first}_{before.last}", f"{scope}/{edition}/{after.first}_{after.last}"


# Names of the same edition are in the order of their dates.
@lru_cache(maxsize=4)
def _shelves(known: frozenset[str]) -> dict[str, list[str]]:
    shelves: dict[str, list[str]] = {}
    for folder in sorted(known):
        shelves.setdefault(folder.rpartition("/")[0], []).append(folder)
    return shelves
