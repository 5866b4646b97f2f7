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

from site_builder.explore.months import scripts
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
_TOUCHING = (periods.DAILY, periods.WEEKLY, periods.MONTHLY)
_PARTS = (
    "cube.js", "sums.js", "words.js", "measures.js", "state.js", "names.js", "charts.js", "drawings.js", "figures.js",
    "exports.js", "controls.js", "page.js", "start.js",
)  # fmt: skip
# What there is to show and to divide by, as measures.js and state.js know them.
_MEASURES = (
    ("credits", "Credits"), ("input_credits", "Input credits"), ("output_credits", "Output credits"),
    ("requests", "Messages"), ("runs", "Runs"), ("calls", "Calls"), ("errors", "Failed messages"),
    ("success", "Success rate"), ("tokens", "Tokens"), ("input_tokens", "Input tokens"),
    ("output_tokens", "Output tokens"), ("latency", "Response time, mean"), ("rating", "Rating, mean"),
    ("cost", "Known cost (USD)"),
)  # fmt: skip
_DIMS = (
    ("tenant", "Tenant"), ("team", "Team"), ("user", "User"), ("item", "Agent or item"), ("model", "Model"),
    ("channel", "Channel"), ("item_type", "Item type"), ("project", "Project"), ("task", "Task"),
    ("provider", "Provider"), ("tier", "Tier"),
)  # fmt: skip
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
    dims: Sequence[tuple[str, str]]
    measures: Sequence[tuple[str, str]]
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
    # What changes a longer report changes that of a month, too, and a running year would make all its months again.
    for report in [report for report in reports if report.period.edition in _TOUCHING]:
        days = report.period.covered.dates()
        touched.setdefault(report.scope.folder, set()).update(f"{day:%Y-%m}" for day in days)
    return [
        month
        for scope in scopes
        for month in months_of(scope)
        if month.month in touched.get(scope.folder, ()) or not {*_month_files(month)} <= sound.files.keys()
    ]


def _month_files(month: ScopeMonth) -> tuple[str, str]:
    folder = month.scope.folder
    return urls.explore_data(folder, month.month), urls.explore_more(folder, month.month)


def put_explorers(
    con: duckdb.DuckDBPyConnection,
    draft: Draft,
    published: Manifest,
    sound: Manifest,
    scopes: Sequence[Scope],
    reports: Iterable[Report],
    failed: list[Failed],
    *,
    tenants_see_cost: bool = False,
) -> dict[str, FileRecord]:
    """Write what changed of every scope's explorer; the records of all its files, by path.

    `sound`: what is published without what was damaged. What cannot be made goes to `failed`, and stays as published.
    `tenants_see_cost`: what use cost at providers is in tenants' folders, too.
    """
    records: dict[str, FileRecord] = {}
    for cube in cubes(con, months_to_make(sound, scopes, reports)):
        paths = _month_files(cube.month)
        with costing_only(paths[0], failed):
            made = scripts(cube, has_cost=cube.month.scope.is_all or tenants_see_cost)
            records |= {path: draft.put(path, content) for path, content in zip(paths, made, strict=True)}
    for path, record in published.files.items():
        if "/explore/data/" in path:
            records.setdefault(path, record)
    for scope in scopes:
        page = urls.explore_page(scope.folder)
        with costing_only(page, failed):
            known = about(scope, scopes, _months_in(records, scope), has_cost=scope.is_all or tenants_see_cost)
            records |= _put_fixed_files(draft, sound, scope, known)
        if page not in records:
            records |= {path: file for path, file in published.files.items() if _is_fixed(path, scope)}
    return records


def _is_fixed(path: str, scope: Scope) -> bool:
    is_asset = path.startswith(f"{scope.folder}/{urls.ASSETS}/")
    return path == urls.explore_page(scope.folder) or (is_asset and path.endswith((".js", ".css")))


def _months_in(records: Mapping[str, FileRecord], scope: Scope) -> list[str]:
    return [month.month for month in months_of(scope) if {*_month_files(month)} <= records.keys()]


def _put_fixed_files(draft: Draft, sound: Manifest, scope: Scope, known: Mapping[str, Any]) -> dict[str, FileRecord]:
    return {
        path: content if isinstance(content, FileRecord) else draft.put(path, content)
        for path, content in _fixed_files(sound, scope, known)
    }


def _fixed_files(sound: Manifest, scope: Scope, known: Mapping[str, Any]) -> Iterator[tuple[str, bytes | FileRecord]]:
    """The page and what it loads besides the months."""
    css, own = templating.stylesheet(), (_SOURCE / STYLES).read_bytes()
    code = b"".join((_SOURCE / name).read_bytes() for name in _PARTS)
    stem = f"{scope.folder}/{urls.ASSETS}/{CHARTS.removesuffix('.js')}."
    kept = [file for path, file in sound.files.items() if path.startswith(stem)]
    # A second and more to make: what an earlier build wrote of the same version is as good.
    charts = kept[0].path if kept else urls.asset(scope.folder, CHARTS, _charts())
    yield charts, kept[0] if kept else _charts()
    assets = {STYLES: own, SCRIPTS: code}
    paths = {name: urls.asset(scope.folder, name, content) for name, content in assets.items()}
    yield from ((paths[name], content) for name, content in assets.items())
    path = urls.explore_page(scope.folder)
    page = ExplorePage(
        path=path,
        stylesheet=urls.relative(path, urls.asset(scope.folder, templating.STYLESHEET, css)),
        own_stylesheet=urls.relative(path, paths[STYLES]),
        home=urls.relative(path, urls.scope_index(scope.folder)),
        scope_name=scope.name,
        zone=scope.zone,
        dims=[(dim, label) for dim, label in _DIMS if scope.is_all or dim != "tenant"],
        measures=[(name, label) for name, label in _MEASURES if known["hasCost"] or name != "cost"],
        charts=urls.relative(path, charts),
        scripts=urls.relative(path, paths[SCRIPTS]),
        about=json.dumps(known, ensure_ascii=True).replace("<", "\\u003c"),
    )
    yield path, templating.html("explore.html", page)


def about(scope: Scope, scopes: Sequence[Scope], months: Sequence[str], *, has_cost: bool) -> dict[str, Any]:
    """What the scripts have to know of a scope: its months, its dates and its tenants', how numbers look."""
    marks = notation.current()
    own = [other for other in scopes if other.tenant_id in scope.tenants]
    return {
        "name": scope.folder, "first": _iso(scope.first), "asOf": _iso(scope.as_of), "months": list(months),
        "isAll": scope.is_all, "tenant": scope.tenant_id, "hasCost": has_cost,
        "begins": {tenant.tenant_id: _iso(tenant.first) for tenant in own},
        "billing": {tenant.tenant_id: _billing(tenant, scope.as_of) for tenant in own},
        "marks": {
            "decimal": marks.decimal, "thousands": marks.group, "grouping": [*marks.sizes], "percent": [*marks.percent],
        },
    }  # fmt: skip


def _billing(tenant: Scope, as_of: date) -> list[tuple[str, str]]:
    """First and last date of a tenant's present billing period and the one before, as far as they are kept."""
    begun = [span for span in tenant.billing if span.first <= as_of]
    return [(_iso(span.first), _iso(span.last)) for span in begun[-2:]]


def _iso(day: date) -> str:
    return day.isoformat()


@cache
def _charts() -> bytes:
    """Vega-Lite and all that it needs, as one script that leaves nothing behind but its three names."""
    from vl_convert import javascript_bundle

    bundle = javascript_bundle()  # type: ignore[call-arg]  # its stub asks for what may be left out
    return f"(function () {{\n{bundle}\n}})();\n".encode()
