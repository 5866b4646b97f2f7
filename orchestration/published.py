"""The published site as every verb reads it."""

from __future__ import annotations

from pathlib import Path

from orchestration.errors import TallybookError
from site_builder.failures import SiteError
from site_builder.files import manifest
from site_builder.files.manifest import Manifest


def read_manifest(site: Path) -> Manifest:
    """What is published in `site`; an empty manifest where nothing is. Raises TallybookError of a broken one."""
    try:
        return manifest.load(site)
    except SiteError as error:
        raise TallybookError(str(error)) from error
