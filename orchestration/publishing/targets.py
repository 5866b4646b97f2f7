"""`tallybook publish`: where to, and who may."""

from __future__ import annotations

from pathlib import Path

from orchestration.object_stores import takes_sites
from orchestration.progress import Progress, silent
from orchestration.publishing.folder import FolderTarget
from orchestration.publishing.objects import ObjectTarget
from orchestration.publishing.release import Publication, PublishingError, release_of
from orchestration.redaction import has_login

KEPT_RELEASES = 5


def target_at(place: str) -> FolderTarget | ObjectTarget:
    """A folder, or `s3://bucket/prefix`. Raises PublishingError of any other store, and MissingExtraError."""
    if "://" not in place:
        return FolderTarget(Path(place).absolute())
    if has_login(place):
        raise PublishingError("the target has a user or password in it: keys are for the environment or a profile")
    if not takes_sites(place):
        raise PublishingError(f"{place} is neither a folder nor s3://bucket/prefix: sites are published to those")
    return ObjectTarget.at(place)


def publish_site(
    site: Path,
    place: str,
    *,
    keep: int = KEPT_RELEASES,
    tenants_only: bool = False,
    progress: Progress = silent,
) -> Publication:
    """Make the site what readers at `place` see, whole or not at all, and keep so many releases to go back to.

    Raises PublishingError, and leaves what readers see as it was.
    """
    return target_at(place).publish(site, release_of(site, tenants_only=tenants_only), keep=keep, progress=progress)


def roll_back(place: str) -> Publication:
    """Readers at `place` see the release before again. Raises PublishingError where none is kept."""
    return target_at(place).roll_back()
