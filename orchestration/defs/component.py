"""The whole pipeline as one component of a host's Dagster project, described in a `defs.yaml`."""

from pathlib import Path
from typing import Literal

import dagster as dg
from pydantic import Field

from orchestration.definitions import definitions
from orchestration.defs.embedding import DEFAULT, Embedding
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings
from site_builder.configuration.schema import FILE_NAME


class TallybookComponent(dg.Component, dg.Model, dg.Resolvable):
    """Usage and billing reports: raw logs → lake → marts → report site, with schedules and a sensor of what lands."""

    raw: str = Field(description="Landing zone: a folder or a URL. Relative paths start at the project's folder.")
    warehouse: str = Field("warehouse/tallybook.duckdb", description="The DuckDB file; the lake lies beside it.")
    site: str = Field("site", description="Folder of the report site.")
    config: str | None = Field(None, description="Settings of the site; tallybook.toml of the project, if it is there.")
    name: str = Field(DEFAULT.name, description="Begins the names of job, schedules, sensor, resources, ops and pool.")
    key_prefix: list[str] = Field([], description="What every asset key begins with.")
    owners: list[str] = Field(list(DEFAULT.owners), description="Owners of every asset: addresses, or team:….")
    schedules: list[Literal["daily", "weekly", "monthly"]] = Field(
        ["daily", "weekly", "monthly"], description="Which schedules there are; they are off until switched on."
    )
    sensor: bool = Field(True, description="Whether there is a sensor of landed files; it is off until switched on.")

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The definitions. Mail, alerts and publishing are set up by the environment, as for the command."""
        return definitions(
            Pipeline(self._settings(context.project_root)),
            Embedding(self.name, tuple(self.key_prefix), tuple(self.owners)),
            schedules=self.schedules,
            has_sensor=self.sensor,
        )

    def _settings(self, project: Path) -> Settings:
        usual = project / FILE_NAME
        config = str(project / self.config) if self.config else str(usual) if usual.is_file() else None
        return Settings.from_env(
            raw=self.raw if "://" in self.raw else str(project / self.raw),
            warehouse=str(project / self.warehouse),
            site=str(project / self.site),
            config=config,
            needs_raw=False,
        )
