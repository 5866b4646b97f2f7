"""Trainings: how many of those assigned are completed, per tenant and training."""

from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.onboarding import Training
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Panel, Table
from site_builder.words import formats, phrases

NAME = "trainings"
CHART_ROWS = 12
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("training_id", "Training id", "name", data_only=True),
    Column("training_name", "Training", "name"), Column("assigned", "Assigned", "int"),
    Column("completed", "Completed", "int"), Column("completed_in_period", "In this period", "int"),
    Column("completion", "Completion", "ratio"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    trainings = view.now.trainings
    return Card(
        name=NAME,
        subject="Trainings",
        title=_title(view),
        about=phrases.about(view),
        table=Table(_COLUMNS, [(*row, phrases.share(row.completed, row.assigned)) for row in trainings]),
        definition="Trainings of the directory: assigned to users as it says now, completed by the end of the period "
        "and within it, by local date. Completion is completed of assigned.",
        panels=[Panel("", [_chart(view)])] if trainings else (),
        is_empty=not trainings,
    )


def _title(view: View) -> str:
    trainings = view.now.trainings
    if not trainings:
        return "No trainings are assigned"
    assigned, completed = sum(row.assigned for row in trainings), sum(row.completed for row in trainings)
    recent = sum(row.completed_in_period for row in trainings)
    return (
        f"{phrases.share_text(completed, assigned)} of {formats.plural(assigned, 'assigned training')} completed, "
        f"{recent or 'none'} of them in this period"
    )


def _chart(view: View) -> Ranking:
    """By training; where tenants stand together, by tenant."""
    groups: dict[str, list[Training]] = {}
    for row in view.now.trainings:
        groups.setdefault(row.tenant_id if view.scope.is_all else row.training_id, []).append(row)
    ranks = []
    for key, rows in groups.items():
        assigned, completed = sum(row.assigned for row in rows), sum(row.completed for row in rows)
        name = view.tenant_names[key] if view.scope.is_all else rows[0].training_name
        text = f"{phrases.share_text(completed, assigned)} · {completed} of {assigned}"
        ranks.append(Rank(formats.shown_name(name), Decimal(completed) / assigned, text))
    ranks.sort(key=lambda rank: -rank.value)
    by = "tenant" if view.scope.is_all else "training"
    described = f"{formats.plural(len(ranks), by)}, the largest part completed first."
    return Ranking(f"Trainings completed by {by}", described, ranks[:CHART_ROWS], full=1)
