"""The steps of a run as plain functions over one set of settings, with what each of them did."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from orchestration.audit.run_log import Step, note_steps
from orchestration.building.build import BuildSummary, build, built_to
from orchestration.building.dbt_runner import DbtError
from orchestration.errors import TallybookError
from orchestration.keeping import keep
from orchestration.progress import Progress, silent
from orchestration.settings import AlertSettings, MailSettings, Settings
from orchestration.warehouse import explained, in_sentences
from orchestration.writer_lock import writer_lock

if TYPE_CHECKING:
    from orchestration.alerting.alerts import AlertsSent
    from orchestration.loading.summary import LoadSummary
    from orchestration.mailing.digests import Mailed
    from orchestration.publishing.release import Publication
    from orchestration.repricing.effects import Repricing
    from orchestration.serving.serve import Served
    from site_builder.reports.summary import SiteSummary


class Pipeline:
    """load → build → serve → publish → release → mail over one landing zone, warehouse and site.

    Each step returns its summary and leaves it in an attribute for whoever started the run.
    """

    def __init__(self, settings: Settings, progress: Progress = silent) -> None:
        self.settings = settings
        self.progress = progress
        self.loaded: LoadSummary | None = None
        self.repriced: Repricing | None = None
        self.built: BuildSummary | None = None
        self.served: Served | None = None
        self.published: SiteSummary | None = None
        self.released: Publication | None = None
        self.mailed: Mailed | None = None
        self.run_id = uuid.uuid4().hex

    def load(
        self,
        *,
        landing_dates: tuple[date, date] | None = None,
        full_refresh: bool = False,
        release: date | None = None,
    ) -> LoadSummary:
        """Landing zone → lake and audit."""
        from orchestration.loading.load import load

        started = datetime.now(UTC)
        with self._in_sentences():
            self.loaded = load(
                self.settings.raw,
                self.settings.warehouse,
                full_refresh=full_refresh,
                release=release,
                landing_dates=landing_dates,
                quarantine_limit_pct=self.settings.quarantine_limit_pct,
                progress=self.progress,
            )
        rows = {"read": self.loaded.rows_read}
        self._note(started, [
            Step(f"load.{step}", seconds, rows.get(step)) for step, seconds in self.loaded.seconds_by_step.items()
        ])  # fmt: skip
        return self.loaded

    def reprice(self, *, first: date | None = None, last: date | None = None) -> Repricing:
        """Present rates, contract and list prices take the place of those in force, for open dates among first..last.

        The marts then end where they ended. Raises TallybookError where they show anything else than was foreseen.
        """
        from orchestration.repricing.effects import facts_of, reprice, require_foreseen

        warehouse = self.settings.warehouse
        with writer_lock(warehouse), self._in_sentences():
            self.repriced = reprice(warehouse, first=first, last=last)
            before = facts_of(warehouse)
            keep(warehouse)
            self.build(to=built_to(warehouse))
            require_foreseen(warehouse, before, self.repriced)
        return self.repriced

    def build(self, *, to: date | None = None, full_refresh: bool = False) -> BuildSummary:
        """Lake → marts. After a load that rebuilt the lake everything is recomputed."""
        done = 0

        def on_node(node: object) -> None:
            nonlocal done
            done += 1
            self.progress("dbt", done, 0)

        started = datetime.now(UTC)
        with self._in_sentences():
            self.built = build(
                self.settings.warehouse,
                self.settings.dbt_target,
                to=to,
                full_refresh=full_refresh,
                pseudonyms=self.settings.pseudonyms,
                exchange_rate_of=self.settings.configuration.exchange_rate_of,
                virtual_tags=self.settings.configuration.virtual_tags,
                on_node=on_node,
            )
        nodes = [Step(f"build.{node.name}", node.seconds) for node in self.built.nodes if node.kind == "model"]
        self._note(started, [Step("build", self.built.seconds), *nodes] if self.built.is_built else [])
        return self.built

    def serve(self) -> Served:
        """Marts → the file that BI tools read; one that is there is removed where the settings want none."""
        from orchestration.serving.serve import serve, stop_serving

        started = datetime.now(UTC)
        with self._in_sentences():
            self.served = (
                serve(self.settings.warehouse, lambda done, total: self.progress("serving", done, total))
                if self.settings.serving
                else stop_serving(self.settings.warehouse)
            )
        if self.served.is_written:
            self._note(started, [Step("serving", self.served.seconds, self.served.rows)])
        return self.served

    def publish(
        self, *, first: date | None = None, last: date | None = None, pdf: Collection[str] = (), renamed: bool = False
    ) -> SiteSummary:
        """Marts → site; `pdf` names editions whose reports get a PDF besides the weekly and monthly ones.

        `renamed`: people have other names now, in what is closed too.
        """
        from orchestration.reporting import publish

        started = datetime.now(UTC)
        with self._in_sentences():
            self.published = publish(
                self.settings,
                first=first,
                last=last,
                pdf=pdf,
                renamed=renamed,
                progress=lambda done, total: self.progress("reports", done, total),
            )
        rows = {"render": len(self.published.reports)}
        self._note(started, [
            Step(f"site.{step}", seconds, rows.get(step)) for step, seconds in self.published.seconds_by_step.items()
        ])  # fmt: skip
        return self.published

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        """Faults of the warehouse's file and disk in words, those too that dbt hands on: none passes by itself."""
        try:
            with in_sentences(self.settings.warehouse):
                yield
        except DbtError as error:
            if (said := explained(error, self.settings.warehouse)) is None:
                raise
            raise said from error

    def _note(self, started: datetime, steps: list[Step]) -> None:
        note_steps(self.settings.warehouse, self.run_id, started, steps)
        keep(self.settings.warehouse)

    def release(self) -> Publication:
        """Site → where its readers are, as the settings say."""
        from orchestration.publishing.targets import publish_site

        target = self.settings.publish_target
        assert target is not None
        self.released = publish_site(
            self.settings.site,
            target,
            keep=self.settings.publish_keep,
            tenants_only=self.settings.publish_tenants_only,
            progress=self.progress,
        )
        return self.released

    def mail(self) -> Mailed:
        """Digests of the site's new reports to their subscribers. Raises MailError naming those who got none."""
        from orchestration.mailing.digests import send_digests
        from orchestration.mailing.subscriptions import MailError

        self.mailed = send_digests(self.settings, MailSettings.from_env(), progress=self.progress)
        if self.mailed.failed:
            raise MailError(f"not everybody got their mail: {'; '.join(self.mailed.failed)}")
        return self.mailed

    def alert(self) -> AlertsSent:
        """Alerts raised, cleared or taken back, to who wants to know. Raises TallybookError naming who failed."""
        from orchestration.alerting.alerts import tell_alerts

        done = tell_alerts(self.settings, AlertSettings.from_env())
        if done.failed:
            raise TallybookError(f"{len(done.events)} changes; not all could be sent: {'; '.join(done.failed)}")
        return done
