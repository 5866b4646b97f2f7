"""What `tallybook publish` does, and what it has to say about it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from orchestration.outcomes import Outcome
from orchestration.progress import Progress
from orchestration.verbs import settings_of


def publish(args: argparse.Namespace, progress: Progress) -> Outcome:
    """The site to where its readers are; with `--rollback` the release before."""
    from orchestration.publishing.targets import publish_site, roll_back

    if args.rollback:
        done = roll_back(args.target)
        line = f"Rolled back: {args.target} shows release {done.release} again, {done.files:,} files"
        return Outcome(lines=(line,), summary=asdict(done))
    settings = settings_of(args)
    done = publish_site(settings.site, args.target, keep=args.keep, tenants_only=args.tenants_only, progress=progress)
    return Outcome(lines=(done.said(args.target),), summary=asdict(done))


PUBLISHING_VERBS = {"publish": publish}
