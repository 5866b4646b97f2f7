"""When an alert is raised, cleared, taken back and raised again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from orchestration.alerting.states import AlertState, changes
from orchestration.alerting.watch import Alert

TODAY = date(2026, 11, 20)
OVER = Alert(
    "acme", "budget_at_risk", "team", "t1", "2026-11", TODAY, TODAY, False, "warning", "Support", "Acme",
    "{} is projected to go over budget", "12", "10", None,
)  # fmt: skip
REACHED = replace(OVER, kind="budget_100", severity="critical")


def told(
    alerts: Sequence[Alert], known: dict[str, AlertState], as_of: date = TODAY, **more: bool
) -> list[tuple[str, int]]:
    """Take in one evaluation; (action, cycle) of what somebody is told."""
    events = []
    shown: Mapping[str, date] = {"acme": as_of}
    for key, now, event in list(changes({alert.key: alert for alert in alerts}, known, shown, **more)):
        known[key] = now
        if event is not None:
            events.append((event.action, event.cycle))
    return events


def test_it_is_raised_once_and_cleared_once() -> None:
    known: dict[str, AlertState] = {}
    assert told([OVER], known) == [("raised", 1)]
    assert told([OVER], known) == []
    ended = replace(OVER, is_over=True)
    assert told([ended], known) == [("cleared", 1)]
    assert told([ended], known) == []
    # At risk again within the month, after it was said not to be.
    assert told([OVER], known) == [("raised", 2)]
    assert told([OVER], known) == []
    assert told([ended], known) == [("cleared", 2)]


def test_it_is_raised_again_only_after_a_restatement_took_it_back() -> None:
    known: dict[str, AlertState] = {}
    told([REACHED], known)
    assert told([], known) == [("withdrawn", 1)]
    assert told([], known) == []
    assert told([REACHED], known) == [("raised", 2)]
    assert told([REACHED], known) == []


def test_another_period_or_threshold_is_another_alert() -> None:
    known: dict[str, AlertState] = {}
    later = replace(REACHED, period="2026-12", first_date=date(2026, 12, 1), last_date=date(2026, 12, 1))
    assert told([REACHED, replace(REACHED, kind="budget_90")], known) == [("raised", 1), ("raised", 1)]
    assert told([REACHED, replace(REACHED, kind="budget_90"), later], known, date(2026, 12, 1)) == [("raised", 1)]


def test_marts_that_end_earlier_take_nothing_back() -> None:
    known: dict[str, AlertState] = {}
    told([REACHED], known)
    assert told([], known, as_of=date(2026, 11, 19)) == []
    assert told([REACHED], known) == []


def test_what_is_long_past_when_first_seen_is_told_to_nobody() -> None:
    known: dict[str, AlertState] = {}
    old = replace(REACHED, first_date=date(2026, 11, 1), last_date=date(2026, 11, 1))
    assert told([old], known) == []
    assert told([], known) == []
    assert told([old], {}, everything=True) == [("raised", 1)]


def test_what_began_and_ended_between_two_looks_is_told_whole() -> None:
    assert told([replace(OVER, is_over=True)], {}) == [("raised", 1), ("cleared", 1)]
