"""What is left of budgets, and those of departments."""

from __future__ import annotations

from decimal import Decimal

from site_builder.cards import budgets
from site_builder.gather.alerts import Budget
from site_builder.gather.view import Slice
from tests.site_builder.made_views import view_of


def budget(team: str, whole: int, used: int, projected: int, department: str | None) -> Budget:
    return Budget(
        "acme", "team", team, team, "2026-02", Decimal(whole), Decimal(used), 100 * used / whole, Decimal(projected),
        None, None, "on_track", None, None, None, True, department,
    )  # fmt: skip


def test_a_department_has_the_budgets_of_its_teams_and_says_what_is_left() -> None:
    now = Slice(
        budgets=(
            budget("web", 100, 90, 95, "R&D"), budget("lab", 100, 50, 130, "R&D"), budget("ops", 10, 12, 12, "IT"),
            budget("none", 10, 1, 1, None),
        )
    )  # fmt: skip
    card = budgets.build(view_of(now))
    names = [column.name for column in card.table.columns]
    found = {row[names.index("scope_name")]: dict(zip(names, row, strict=True)) for row in card.table.rows}
    assert {name: (row["scope"], row["remaining"], row["status"]) for name, row in found.items()} == {
        "web": ("team", 10, "on_track"), "lab": ("team", 50, "on_track"), "ops": ("team", -2, "on_track"),
        "none": ("team", 9, "on_track"), "R&D": ("department", 60, "at_risk"), "IT": ("department", -2, "over"),
    }  # fmt: skip
    assert [panel.label for panel in card.panels] == ["All", "Departments"]
    assert [row.text for row in card.panels[1].charts[0].rows] == [
        "120% of 10.00 · 2.00 over", "70% of 200.0 · 60.00 left",
    ]  # fmt: skip
