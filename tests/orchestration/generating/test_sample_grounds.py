"""Each feature that a page shows only where there is something to show has its ground in the sample."""

import csv
import json
import re
from datetime import date
from math import sqrt
from pathlib import Path

import duckdb
import pytest

from orchestration.generating import catalogue
from orchestration.generating.sample import END
from orchestration.loading.summary import LoadSummary
from site_builder.configuration.schema import Configuration, read_configuration
from site_builder.planning.schedule import OPTIONAL_EDITIONS

Loaded = tuple[duckdb.DuckDBPyConnection, LoadSummary]


@pytest.fixture(scope="module")
def settings(raw: Path) -> Configuration:
    return read_configuration(raw / "tallybook.toml")


def directory(raw: Path, table: str, column: str) -> set[str]:
    with (raw / "directory" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def test_its_settings_are_those_of_its_report(project_dir: Path) -> None:
    makefile = (project_dir / "Makefile").read_text("utf-8")
    assert "raw/tallybook.toml" in re.findall(r"^SAMPLE := (.*)$", makefile, re.MULTILINE)[0]
    assert re.search(r"^report: .*\n(\t.*\n)*\t@\$\(SAMPLE\) run$", makefile, re.MULTILINE)


def test_an_hour_is_worth_something_for_every_kind_of_task(settings: Configuration) -> None:
    assert settings.roi is not None
    assert set(settings.roi.minutes_saved) == set(catalogue.TASKS)


def test_custom_reports_come_once_and_again_and_quarters_and_years_too(settings: Configuration, raw: Path) -> None:
    intervals = {(each.tenants, each.weeks > 0) for each in settings.schedule.intervals}
    assert (("harbor-lane",), False) in intervals and (None, True) in intervals
    assert {tenant for tenants, _ in intervals for tenant in tenants or ()} <= directory(raw, "tenants", "tenant_id")
    assert settings.schedule.editions == OPTIONAL_EDITIONS


def test_cost_centers_are_made_of_teams_that_there_are(settings: Configuration, raw: Path) -> None:
    (tag,) = json.loads(settings.virtual_tags or "[]")
    teams = {team for rule in tag["rules"] for team in rule["match"].get("team_id", ())}
    assert (tag["key"], teams) == ("cost_center", directory(raw, "teams", "team_id"))
    assert set(tag["shared"]) & {rule["value"] for rule in tag["rules"]}


def test_pages_lead_to_the_platform_and_somebody_gets_the_finance_digest(settings: Configuration, raw: Path) -> None:
    assert settings.links and settings.brand.name
    assert settings.finance and settings.finance <= directory(raw, "subscriptions", "email")


def test_a_job_runs_as_the_sample_ends(loaded: Loaded) -> None:
    running = "select tenant_id, job_id, started_at::date from lake.job_runs where status = 'running'"
    assert loaded[0].execute(running).fetchall() == [("weiss-optik", "usage-digest", END)]


def test_on_one_date_a_tenant_uses_nothing(loaded: Loaded) -> None:
    used = {row[0] for row in loaded[0].execute(
        "select distinct wall::date from live where tenant_id = 'tuatara-studio'").fetchall()}  # fmt: skip
    day = date(2026, 10, 26)
    assert day not in used and {day.replace(day=25), day.replace(day=27)} <= used


def test_what_runs_by_itself_is_faster_off_peak_often_enough_for_advice(loaded: Loaded) -> None:
    bands = """
        select wall::date, extract('hour' from wall) between 9 and 16 as is_peak, count(*), avg(latency_ms),
            avg(output_tokens)
        from live
        where tenant_id = 'weiss-optik' and channel = 'api' and model_id = 'mistral-large-latest'
            and isodow(wall) < 6 and wall::date between '2026-10-23' and '2026-11-21'
        group by all
    """
    found: dict[bool, dict[date, tuple[int, float, float]]] = {True: {}, False: {}}
    for day, is_peak, *figures in loaded[0].execute(bands).fetchall():
        found[is_peak][day] = tuple(figures)
    both = found[True].keys() & found[False].keys()
    better = sum(found[False][day][1] < found[True][day][1] for day in both)
    assert len(both) >= 10 and sum(found[True][day][0] for day in both) >= 100
    # Wilson's lower bound at 95 %.
    size, share, z = len(both), better / len(both), 1.96
    assert (share + z * z / 2 / size - z * sqrt(share * (1 - share) / size + (z / 2 / size) ** 2)) / (
        1 + z * z / size
    ) > 0.5


def test_after_advice_at_a_months_end_the_work_moved(loaded: Loaded) -> None:
    by_model = """
        select model_id, count(*) filter (where wall::date between '2026-10-02' and '2026-10-31'),
            count(user_rating) filter (where wall::date between '2026-10-02' and '2026-10-31'),
            count(*) filter (where wall::date >= '2026-11-01')
        from live
        where tenant_id = 'harbor-lane' and task_category = 'drafting' and event_type = 'request'
            and model_id in ('gpt-4o', 'gpt-4o-mini')
        group by model_id order by model_id
    """
    (dear, *dear_found), (cheap, *cheap_found) = loaded[0].execute(by_model).fetchall()
    assert (dear, cheap) == ("gpt-4o", "gpt-4o-mini")
    for requests, ratings, _ in (dear_found, cheap_found):
        assert requests >= 100 and ratings >= 20
    assert cheap_found[2] / dear_found[2] > 2 * cheap_found[0] / dear_found[0]


def test_what_is_published_first_is_corrected_by_what_lands_later(project_dir: Path, loaded: Loaded) -> None:
    makefile = (project_dir / "Makefile").read_text("utf-8")
    (landed_to,) = re.findall(r"load --landed-to (\S+)", makefile)
    assert set(re.findall(r"site --from (\S+) --to (\d{4}-\d\d-\d\d)", makefile)) == {("2026-11-02", "2026-11-02")}
    later = f"""
        select count(*) from live
        where revision = 1 and wall::date = '2026-11-02' and landing_date > date '{landed_to}'
    """
    assert loaded[0].execute(later).fetchone()[0] > 0
