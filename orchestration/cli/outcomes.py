"""What a verb has to say: its lines, warnings, `--json` summary and exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from orchestration.audit.load_status import LoadStatus, load_status
from orchestration.building.build import BuildSummary
from orchestration.checking.findings import findings
from orchestration.keeping import kept_folder
from orchestration.loading.refused_sums import Refused, altogether
from orchestration.loading.summary import LoadSummary
from orchestration.pipeline import Pipeline
from orchestration.repricing.notices import outdated_list, repriced, waiting
from orchestration.serving.serve import Served
from site_builder.reports.summary import SiteSummary

DONE, FAILED, INCOMPLETE = 0, 1, 3
_MOST_REFUSED = 5
_SERVED = ("tables", "rows", "bytes")
_COUNTS = ("files_loaded", "rows_read", "accepted", "duplicates", "quarantined")


@dataclass(frozen=True)
class Outcome:
    """What a verb reports: lines for stdout, warnings for stderr, the `--json` summary, and the exit code."""

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = DONE


def nothing_new(pipeline: Pipeline, outside: Mapping[str, str]) -> Outcome:
    """What a run says that found all of the landing zone in the reports."""
    now = load_status(pipeline.settings.warehouse)
    index = pipeline.settings.site / "index.html"
    released = pipeline.released
    more = [released.in_words(str(pipeline.settings.publish_target))] if released and released.sent else []
    serving, summary = _served(pipeline.served)
    return Outcome(
        lines=(
            f"Nothing new: {now.files:,} files are loaded, built and published in {index}",
            *waiting(pipeline.settings.warehouse),
            *serving,
            *more,
        ),
        warnings=_warnings(now, outside),
        summary={"reports": [], "dates": [], "restated": [], "failed": [], "site": str(index), **summary},
        exit_code=_exit_code(now, outside),
    )


def outcome_of(pipeline: Pipeline) -> Outcome:
    """What the steps that ran have to say, and how the landing zone stands after them."""
    now = load_status(pipeline.settings.warehouse)
    loaded = pipeline.loaded
    outside = {**loaded.files_outside, **loaded.files_unknown} if loaded else {}
    account = _Account(pipeline)
    failed = pipeline.published.failed if pipeline.published else ()
    return Outcome(
        lines=(*account.lines, *(_refused_lines(loaded.refused) if loaded else ())),
        warnings=(
            *_warnings(now, outside),
            *(findings(pipeline.settings.warehouse) if pipeline.built else ()),
            *(map(str, failed)),
        ),
        exit_code=FAILED if failed else _exit_code(now, outside),
        summary={**account.summary, "seconds": account.seconds},
    )


class _Account:
    """What each step that ran says, in their order."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.settings = pipeline.settings
        self.lines: list[str] = []
        self.summary: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        if pipeline.loaded:
            self._load(pipeline.loaded)
        if pipeline.repriced:
            taken = pipeline.repriced.taken
            self._say(repriced(taken), asdict(taken))
        if pipeline.built:
            self._build(pipeline.built)
        if pipeline.served:
            lines, summary = _served(pipeline.served)
            self.lines += lines
            self.summary |= summary
            self.seconds |= {"serving": pipeline.served.seconds} if lines else {}
        if pipeline.published:
            self._publish(pipeline.published)
        if pipeline.released:
            released = pipeline.released
            text = released.in_words(str(self.settings.publish_target))
            self._say(text, {"release": released.release, "files_sent": released.sent})
        if pipeline.mailed:
            sent = len(pipeline.mailed.sent)
            self._say(f"Mailed   {sent:,} digests; {pipeline.mailed.before:,} had gone out before", {"mailed": sent})

    def _say(self, line: str, summary: Mapping[str, Any]) -> None:
        self.lines.append(line)
        self.summary |= summary

    def _load(self, loaded: LoadSummary) -> None:
        if loaded.set_aside:
            self.lines.append(f"Damaged  the warehouse was, and is now {loaded.set_aside}")
        if loaded.restored:
            self.lines.append(f"Restored {loaded.restored}: from {kept_folder(self.settings.warehouse)}")
        self.lines += [
            f"Lost     {path}: the landing zone no longer has it, nor the {rows:,} rows that it gave"
            for path, rows in loaded.lost.items()
        ]
        self._say(
            f"Loaded   {loaded.files_loaded:,} new files, {loaded.rows_read:,} rows: {loaded.accepted:,} accepted, "
            f"{loaded.duplicates:,} duplicates, {loaded.quarantined:,} quarantined",
            {**{name: getattr(loaded, name) for name in _COUNTS}, "refused": altogether(loaded.refused).as_json()},
        )
        self.lines += [f"Vanished {path}: what it gave stays until --full-refresh" for path in loaded.files_vanished]
        self.lines += [f"Mended   {line}: its rows were read again" for line in loaded.mended]
        self.lines += [*outdated_list(self.settings.warehouse), *waiting(self.settings.warehouse)]
        self.seconds |= {f"load.{step}": value for step, value in loaded.seconds_by_step.items()}

    def _build(self, built: BuildSummary) -> None:
        self.lines.append(
            f"Built    {built.models} models, {built.tests} tests passed in {built.seconds:.1f} s"
            if built.is_built
            else "Built    nothing: the marts are up to date"
        )
        self.seconds["build"] = built.seconds

    def _publish(self, published: SiteSummary) -> None:
        index = self.settings.site / "index.html"
        dates = sorted(published.dates)
        span = f" for {dates[0]} … {dates[-1]}" if dates else ""
        self._say(
            f"Site     {len(published.reports):,} reports{span} in {index}",
            {
                "reports": [report.path for report in published.reports],
                "dates": [str(day) for day in dates],
                "restated": list(published.restated_now),
                "site": str(index),
                "failed": [asdict(failure) for failure in published.failed],
            },
        )
        if published.mended:
            self.lines.append(f"Mended   {published.mended:,} files of the site that were damaged or gone")
        if published.failed:
            self.lines.append(f"Failed   {len(published.failed):,} could not be made and stay as they were")
        restated, kept = len(published.restated_now), len(published.kept)
        if restated:
            page = self.settings.site / "all" / "quality" / "index.html"
            self.lines.append(f"Restated {restated:,} of them: what changed, and by which files, says {page}")
        if kept:
            self.lines.append(f"Kept     {kept:,} published reports that reach beyond the last date shown")
        self.seconds |= {f"site.{step}": value for step, value in published.seconds_by_step.items()}


def _served(served: Served | None) -> tuple[list[str], dict[str, Any]]:
    """What is to be said of the serving file, and its part of the summary; nothing where it stayed as it was."""
    if served and served.is_removed:
        return [f"Serving  {served.file} was removed, since TALLYBOOK_SERVING is 0"], {}
    if not served or not served.is_written:
        return [], {}
    size = f"{served.bytes / 1e6:,.1f} MB in {served.seconds:.1f} s"
    return (
        [f"Serving  {served.tables} tables, {served.rows:,} rows, {size}: {served.file}"],
        {"serving": {"file": str(served.file), **{name: getattr(served, name) for name in _SERVED}}},
    )


def _refused_lines(refused: Sequence[Refused]) -> list[str]:
    """What the rows refused by this run carried, the last thing that it says; nothing where they carried nothing."""
    if not refused:
        return []
    ranked = sorted(
        refused, key=lambda refusal: (-refusal.above.cost_usd, -refusal.above.credits, refusal.source, refusal.reason)
    )
    more = f"; {len(ranked) - _MOST_REFUSED:,} more reasons in audit.quarantine" if len(ranked) > _MOST_REFUSED else ""
    lines_of_refusals = [
        f"{refusal.source}, {refusal.reason}: {refusal.in_words()}, first {refusal.place}"
        for refusal in ranked[:_MOST_REFUSED]
    ]
    return [
        *(f"         {line}" for line in lines_of_refusals),
        f"Refused  {altogether(refused).in_words()}: no figure counts them{more}",
    ]


def _warnings(now: LoadStatus, outside: Mapping[str, str]) -> tuple[str, ...]:
    return (
        *(f"{path} {what} and was not read" for path, what in outside.items()),
        *(f"{path} is unreadable and quarantined whole" for path in now.unreadable),
        *(
            f"{path}: none of its rows can be used, all are in audit.quarantine"
            + (f"; and {count - 1:,} more files of that landing date" if count > 1 else "")
            for path, count in now.without_good_row
        ),
        *(
            f"landing date {day} is held back: too many bad rows; after a look at audit.quarantine admit it with "
            f"tallybook load --admit {day}"
            for day in now.held_dates
        ),
        *(["tallybook forget broke off, and what is published may still name a person: give that command again"]
          if now.forgetting else []),
    )  # fmt: skip


def _exit_code(now: LoadStatus, outside: Mapping[str, str]) -> int:
    return DONE if now.is_complete and not outside else INCOMPLETE
