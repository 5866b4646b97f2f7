"""Which of a report's cards its page shows, in which sections, and how wide."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from site_builder.cards import registry, statement
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Line, Section
from site_builder.planning.periods import DAILY


def with_something_to_say(view: View, cards: Sequence[Card], lines: Collection[Line]) -> list[Card]:
    """The cards that a page shows: of a daily those with news of the day, and what its first lines lead to.

    What a daily leaves out stands in its files and, over the week, in the weekly report.
    """
    if view.period.edition != DAILY:
        return list(cards)
    led_to = {line.card for line in lines}
    return [
        card
        for card in cards
        if not registry.section_of(card.name) or (not card.is_empty and (card.name in led_to or _is_news(view, card)))
    ]


_ALWAYS = frozenset(["credit_trend", "drivers", "causes"])
_NEWS: Mapping[str, Callable[[View], bool]] = {
    "budgets": lambda view: any(budget.status != "on_track" for budget in view.now.budgets),
    "balance": lambda view: any(move.pool == "overdraft" and move.closing < 0 for move in view.now.pools),
    "statement": lambda view: any(entry.entry_type != statement.SPEND for entry in view.now.entries),
    "items": lambda view: bool(view.now.runaways),
    "jobs": lambda view: any(job.errors for job in view.now.jobs),
    "invoices": lambda view: bool(view.now.invoices),
}


def _is_news(view: View, card: Card) -> bool:
    return card.name in _ALWAYS or (card.name in _NEWS and _NEWS[card.name](view))


def sections(cards: Sequence[Card]) -> list[Section]:
    """The cards by section: what the page opens with, then the others in their order, each with its cards in theirs."""
    opening = [card for card in cards if not registry.section_of(card.name)]
    opening.sort(key=lambda card: registry.OPENING.index(card.name))
    named = [(name, [card for card in cards if registry.section_of(card.name) == name]) for name in registry.SECTIONS]
    return [Section(name, _paired(found)) for name, found in [("", opening), *named] if found]


def _paired(cards: Sequence[Card]) -> list[Card]:
    """Cards of half the page's width stand in twos; one that would be left alone takes all of it."""
    found: list[Card] = []
    is_open = False
    for place, card in enumerate(cards):
        is_wide = card.is_wide or card.shows_table
        if not is_wide and not is_open:
            following = cards[place + 1] if place + 1 < len(cards) else None
            is_wide = following is None or following.is_wide or following.shows_table
            is_open = not is_wide
        elif not is_wide:
            is_open = False
        found.append(replace(card, is_wide=is_wide))
    return found
