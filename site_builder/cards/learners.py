"""Who has done which training and who has not, by name: what a learning platform is told."""

from collections.abc import Sequence

from site_builder.gather.presence import Learner
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "learners"
MOST_NAMED = 5
ROWS_SHOWN = 12
_COLUMNS = (
    Column("tenant_id", "Tenant", "name", data_only=True), Column("user_id", "User id", "name", data_only=True),
    Column("user_name", "User", "name"), Column("training_name", "Training", "name"),
    Column("is_completed", "Completed", "yes"), Column("completed_on", "On"), Column("team_name", "Team", "name"),
    Column("training_id", "Training id", "name", data_only=True),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    learners = view.now.learners
    rows = [
        (
            learner.tenant_id, learner.user_id, learner.user_name, learner.training_name,
            learner.completed_on is not None, learner.completed_on, learner.team_name, learner.training_id,
        )
        for learner in learners
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Trainings by person",
        title=_title(learners),
        about=f"As of {periods.short_date(view.period.covered.last)} · {view.scope.zone}",
        table=Table(_COLUMNS, rows),
        page_table=Table(_COLUMNS, rows[:ROWS_SHOWN]),
        definition="A row for each training that the directory has a user do, with the local date of its completion up "
        "to the period's last; those who have not come first. The CSV is a report for a learning platform.",
        facts=_facts(learners),
        is_empty=not learners,
        is_wide=True,
        shows_table=True,
    )


def _waiting(learners: Sequence[Learner]) -> dict[tuple[str, str], str]:
    """The names of those with a training still to do, in order, by tenant and user."""
    return {learner[:2]: learner.user_name for learner in learners if learner.completed_on is None}


def _facts(learners: Sequence[Learner]) -> list[Fact]:
    waiting = list(_waiting(learners).values())
    return [Fact("To remind", phrases.some_of(waiting, MOST_NAMED))] if waiting else []


def _title(learners: Sequence[Learner]) -> str:
    if not learners:
        return "No trainings are assigned"
    people = formats.plural(len({learner[:2] for learner in learners}), "person", "people")
    waiting = len(_waiting(learners))
    if not waiting:
        return f"Nobody of {people} has a training to do"
    return f"{formats.count(waiting)} of {people} {'has' if waiting == 1 else 'have'} trainings to do"
