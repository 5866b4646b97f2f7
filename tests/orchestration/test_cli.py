"""The command as a user meets it: exit codes, the JSON line, and one readable line for every failure."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import pytest

from orchestration.cli import main
from orchestration.cli.parsing import VERBS

pytestmark = pytest.mark.usefixtures("few_cards")


@dataclass(frozen=True)
class Place:
    """A landing zone of a test's own, and where its warehouse and site go."""

    zone: Path
    warehouse: Path
    site: Path

    def flags(self, *names: str) -> list[str]:
        return [word for name in names for word in (f"--{name}", str(getattr(self, "zone" if name == "raw" else name)))]

    def run(self, *more: str) -> int:
        return main(["run", *self.flags("raw", "warehouse", "site"), "--json", *more])


@pytest.fixture(scope="module")
def published(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A zone that was run once."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(tiny_zone, folder / "zone")
    place = Place(folder / "zone", folder / "w.duckdb", folder / "site")
    assert place.run() == 0
    yield place


def _last_json(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def _runs(place: Place) -> int:
    with dg.DagsterInstance.from_config(str(place.warehouse.with_name("w.dagster"))) as instance:
        return instance.get_runs_count()


def test_a_second_run_does_nothing_twice(published: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in published.site.rglob("*") if path.is_file()}
    runs = _runs(published)
    assert published.run() == 0
    out = capsys.readouterr().out
    assert out.startswith("Nothing new")
    assert json.loads(out.splitlines()[-1])["reports"] == []
    assert {path: path.stat().st_mtime_ns for path in published.site.rglob("*") if path.is_file()} == before
    assert _runs(published) == runs


def test_a_range_is_published_as_a_custom_report(published: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert published.run("--from", "2026-10-30", "--to", "2026-11-01") == 0
    assert "all/custom/2026-10-30_2026-11-01/index.html" in _last_json(capsys)["reports"]
    assert (published.site / "all/custom/2026-10-30_2026-11-01/index.html").exists()
    assert published.run() == 0


def test_another_freshness_policy_is_shown_at_once(
    published: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = published.site / "all/quality/index.html"
    before = page.read_bytes()
    monkeypatch.setenv("TALLYBOOK_FRESHNESS", "usage=2")
    assert published.run() == 0
    assert _last_json(capsys)["reports"] == [] and page.read_bytes() != before
    assert published.run() == 0
    assert capsys.readouterr().out.startswith("Nothing new")
    monkeypatch.delenv("TALLYBOOK_FRESHNESS")
    assert published.run() == 0
    assert page.read_bytes() == before


def test_new_code_of_the_site_is_something_new(
    published: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("orchestration.reporting", "site_builder.build"):
        monkeypatch.setattr(f"{module}.builder_digest", lambda: "new code")
    assert published.run() == 0
    assert "all/monthly/2026-10/index.html" in _last_json(capsys)["reports"]
    assert published.run() == 0
    assert capsys.readouterr().out.startswith("Nothing new")


def test_check_reconciles_what_was_published(published: Place, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", *published.flags("warehouse", "site"), "--json"]
    assert main(command) == 0
    assert _last_json(capsys)["checks"] > 20
    report = next(published.site.glob("all/daily/*/index.html"))
    honest = report.read_bytes()
    report.write_bytes(honest.replace(b"</html>", b"<!-- --></html>"))
    try:
        assert main(command) == 1
        assert report.parent.name in capsys.readouterr().err
    finally:
        report.write_bytes(honest)


def test_the_summary_says_what_was_read(tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(tiny_zone, tmp_path / "w.duckdb", tmp_path / "site")
    assert main(["load", *place.flags("raw", "warehouse"), "--json"]) == 0
    summary = _last_json(capsys)
    assert summary["rows_read"] == summary["accepted"] + summary["duplicates"] + summary["quarantined"] > 400
    assert summary["seconds"]


def test_an_unreadable_file_is_named_and_the_run_exits_3(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    day = next((tmp_path / "zone" / "usage").iterdir())
    (day / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08cut")
    (tmp_path / "zone" / "usage" / "stray.jsonl").write_text("{}\n", encoding="utf-8")
    place = Place(tmp_path / "zone", tmp_path / "w.duckdb", tmp_path / "site")
    assert main(["load", *place.flags("raw", "warehouse")]) == 3
    said = capsys.readouterr().err
    assert "cut.jsonl.gz is unreadable" in said
    assert "usage/stray.jsonl lies in no source's landing date" in said


def test_a_run_that_refused_money_says_so_in_its_last_lines(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    day = next((tmp_path / "zone" / "usage").iterdir())
    event = {"event_id": "e", "occurred_at": f"{day.name}T00:00:00Z", "tenant_id": "t", "model_id": "m"}
    lines = [{**event, "cost_usd": 0.5, "credits": 12, "user_rating": 9}, {**event, "cost_usd": -0.25}]
    text = "".join(f"{json.dumps(line)}\n" for line in lines) + "{malformed\n"
    (day / "refused.jsonl").write_text(text, encoding="utf-8")
    place = Place(tmp_path / "zone", tmp_path / "w.duckdb", tmp_path / "site")
    assert main(["load", *place.flags("raw", "warehouse"), "--json"]) == 0
    *said, summary = capsys.readouterr().out.splitlines()
    sums = "0.50 USD of cost, 12.00 credits, below 0: -0.25 USD of cost"
    assert said[-1] == f"Refused  3 rows with {sums}, an unknown sum in 1 of them: no figure counts them"
    first = f"first usage/{day.name}/refused.jsonl, line 1"
    assert said[-3].strip() == f"usage, bad_value: 2 rows with {sums}, {first}"
    nothing = {"cost_usd": "0.000000", "credits": "0.000000", "amounts": {}}
    assert json.loads(summary)["refused"] == {
        "cost_usd": "0.500000",
        "credits": "12.000000",
        "amounts": {},
        "below_zero": {**nothing, "cost_usd": "-0.250000"},
        "rows": 3,
        "unknown_rows": 1,
    }


def test_a_file_without_a_good_row_is_named(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    day = max((tmp_path / "zone" / "usage").iterdir())
    (day / "error.csv").write_text("ERROR: permission denied", encoding="utf-8")
    place = Place(tmp_path / "zone", tmp_path / "w.duckdb", tmp_path / "site")
    main(["load", *place.flags("raw", "warehouse")])
    assert f"usage/{day.name}/error.csv: none of its rows can be used" in capsys.readouterr().err


def test_a_bad_directory_row_stops_before_anything_is_published(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_zone, tmp_path / "zone")
    tenants = tmp_path / "zone" / "directory" / "tenants.csv"
    header, *rows = tenants.read_text(encoding="utf-8").splitlines()
    tenants.write_text("\n".join([header, *rows, rows[0]]) + "\n", encoding="utf-8")
    place = Place(tmp_path / "zone", tmp_path / "w.duckdb", tmp_path / "site")
    assert place.run() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"tenants.csv, line {len(rows) + 2}" in said
    assert not place.site.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run", "--from", "yesterday"],
        ["generate", "--tenants", "0", "--days", "1", "--events", "1", "--out", "x"],
        ["load", "--release", "2026-13-01"],
        ["load", "--admit", "2026-13-01"],
    ],
)
def test_wrong_usage_exits_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2


def test_dates_the_wrong_way_round_are_refused(
    tiny_zone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tiny_zone, tmp_path / "w.duckdb", tmp_path / "site")
    with pytest.raises(SystemExit) as exit_:
        place.run("--from", "2026-11-02", "--to", "2026-11-01")
    assert exit_.value.code == 2
    assert "after" in capsys.readouterr().err


def test_a_missing_landing_zone_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--raw", str(tmp_path / "nowhere"), "--warehouse", str(tmp_path / "w.duckdb")]) == 1
    assert "nowhere is not a folder" in capsys.readouterr().err


def test_generate_never_writes_into_a_folder_that_has_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    words = ["generate", "--tenants", "1", "--days", "1", "--events", "10", "--out", str(tmp_path)]
    assert main(words) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_unexpected_faults_are_one_line_with_their_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("first\nsecond")

    monkeypatch.setattr("orchestration.cli.check.obey", broken)
    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "RuntimeError in test_cli.py" in said


def test_help_is_there_at_once_and_every_verb_has_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Of what a verb needs nothing is imported for the help of all."""
    code = "import sys; from orchestration.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    heavy = {"duckdb", "dagster", "dbt", "pyarrow", "site_builder", "jinja2", "babel", "shtab", "fsspec", "botocore"}
    code += f"print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for verb, does in VERBS.items():
        assert f"\n    {verb}" in done.stdout
        with pytest.raises(SystemExit) as stopped:
            main([verb, "--help"])
        assert stopped.value.code == 0 and " ".join(does.split()[:3]) in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0 and capsys.readouterr().out == f"tallybook {version('tallybook')}\n"
