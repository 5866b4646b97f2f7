"""The explorer's page, its scripts, and which of its months are to be made again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from site_builder.explore.months import script
from site_builder.failures import Failed, costing_only
from site_builder.files import urls
from site_builder.files.manifest import FileRecord, Manifest
from site_builder.files.write import Draft
from site_builder.gather.cubes import ScopeMonth, cubes
from site_builder.planning import periods
from site_builder.planning.plan import Report
from site_builder.planning.scopes import Scope
from site_builder.render import templating
from site_builder.words import notation

CHARTS = f"vega-{version('vl-convert-python')}.js"
SCRIPTS, STYLES = "explorer.js", "explorer.css"
_PARTS = ("cube.js", "state.js", "words.js", "charts.js", "page.js")
_SOURCE = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class ExplorePage:
    """Context of templates/explore.html; `about` is what the scripts have to know, as JSON."""

    path: str
    stylesheet: str
    own_stylesheet: str
    home: str
    scope_name: str
    zone: str
    is_all: bool
    charts: str
    scripts: str
    about: str


def months_of(scope: Scope) -> list[ScopeMonth]:
    """Every month of a scope, cut to its dates."""
    months, first = [], scope.first
    while first <= scope.as_of:
        whole = periods.month_of(first)
        months.append(ScopeMonth(scope, f"{first:%Y-%m}", first, min(whole.last, scope.as_of)))
        first = whole.last + periods.ONE_DAY
    return months


def months_to_make(sound: Manifest, scopes: Sequence[Scope], reports: Iterable[Report]) -> list[ScopeMonth]:
    """Months with a date that some report of the scope is looked at for, and those that are not there."""
    touched: dict[str, set[str]] = {}
    for report in reports:
        days = report.period.covered.dates()
        touched.setdefault(report.scope.folder, set()).update(f"{day:%Y-%m}" for day in days)
    return [
        month
        for scope in scopes
        for month in months_of(scope)
        if month.month in touched.get(scope.folder, ())
        or urls.explore_data(scope.folder, month.month) not in sound.files
    ]


def put_explorers(
    con: duckdb.DuckDBPyConnection,
    draft: Draft,
    published: Manifest,
    sound: Manifest,
    scopes: Sequence[Scope],
    reports: Iterable[Report],
    failed: list[Failed],
) -> dict[str, FileRecord]:
    """Write what changed of every scope's explorer; the records of all its files, by path.

    `sound`: what is published without what was damaged. What cannot be made goes to `failed`, and stays as published.
    """
    records: dict[str, FileRecord] = {}
    for cube in cubes(con, months_to_make(sound, scopes, reports)):
        path = urls.explore_data(cube.month.scope.folder, cube.month.month)
        with costing_only(path, failed):
            records[path] = draft.put(path, script(cube))
    for path, record in published.files.items():
        if "/explore/data/" in path:
            records.setdefault(path, record)
    for scope in scopes:
        page = urls.explore_page(scope.folder)
        with costing_only(page, failed):
            records |= _put_fixed_files(draft, sound, scope, records)
        if page not in records:
            records |= {path: file for path, file in published.files.items() if _is_fixed(path, scope)}
    return records


def _is_fixed(path: str, scope: Scope) -> bool:
    is_asset = path.startswith(f"{scope.folder}/{urls.ASSETS}/")
    return path == urls.explore_page(scope.folder) or (is_asset and path.endswith((".js", ".css")))


def _put_fixed_files(
    draft: Draft, sound: Manifest, scope: Scope, records: Mapping[str, FileRecord]
) -> dict[str, FileRecord]:
    return {
        path: content if isinstance(content, FileRecord) else draft.put(path, content)
        for path, content in _fixed_files(sound, scope, records)
    }


def _fixed_files(
    sound: Manifest, scope: Scope, records: Mapping[str, FileRecord]
) -> Iterator[tuple[str, bytes | FileRecord]]:
    """The page and what it loads besides the months."""
    css, own = templating.stylesheet(), (_SOURCE / STYLES).read_bytes()
    scripts = b"".join((_SOURCE / name).read_bytes() for name in _PARTS)
    stem = f"{scope.folder}/{urls.ASSETS}/{CHARTS.removesuffix('.js')}."
    kept = [file for path, file in sound.files.items() if path.startswith(stem)]
    # A second and more to make: what an earlier build wrote of the same version is as good.
    charts = kept[0].path if kept else urls.asset(scope.folder, CHARTS, _charts())
    yield charts, kept[0] if kept else _charts()
    assets = {STYLES: own, SCRIPTS: scripts}
    paths = {name: urls.asset(scope.folder, name, content) for name, content in assets.items()}
    yield from ((paths[name], content) for name, content in assets.items())
    path = urls.explore_page(scope.folder)
    folder = urls.explore_data(scope.folder, "").removesuffix(".js")
    months = sorted(file.removeprefix(folder).removesuffix(".js") for file in records if file.startswith(folder))
    page = ExplorePage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        own_stylesheet=urls.relative(path, paths[STYLES]),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        zone=scope.zone,
        is_all=scope.is_all,
        charts=urls.relative(path, charts),
        scripts=urls.relative(path, paths[SCRIPTS]),
        about=about(scope, months),
    )
    yield path, templating.html("explore.html", page)


def about(scope: Scope, months: Sequence[str]) -> str:
    """What the scripts have to know, as JSON that may stand in a page."""
    marks = notation.current()
    facts: dict[str, Any] = {
        "name": scope.folder, "first": _iso(scope.first), "asOf": _iso(scope.as_of), "months": list(months),
        "isAll": scope.is_all,
        "marks": {
            "decimal": marks.decimal, "thousands": marks.group, "grouping": [*marks.sizes], "percent": [*marks.percent],
        },
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=True).replace("<", "\\u003c")


def _iso(day: date) -> str:
    return day.isoformat()


@cache
def _charts() -> bytes:
    """Vega-Lite and all that it needs, as one script that leaves nothing behind but its three names."""
    from vl_convert import javascript_bundle

    bundle = javascript_bundle()  # type: ignore[call-arg]  # its stub asks for what may be left out
    return f"(function () {{\n{bundle}\n}})();\n".encode()
