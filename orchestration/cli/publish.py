"""What `tallybook publish` does, and what it has to say about it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from orchestration.cli.arguments import a_count, add_places, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("target", metavar="TARGET", help="a folder, or s3://bucket/prefix")
    verb.add_argument(
        "--keep", type=a_count, default=5, metavar="N", help="releases to keep, the current one included (default: 5)"
    )
    verb.add_argument("--rollback", action="store_true", help="show the release before the current one again")
    verb.add_argument(
        "--tenants-only",
        action="store_true",
        help="leave out all/, the front page and the manifest, which name every tenant",
    )
    add_places(verb, "site")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """The site to where its readers are; with `--rollback` the release before."""
    from orchestration.publishing.targets import publish_site, roll_back

    if args.rollback:
        done = roll_back(args.target)
        line = f"Rolled back: {args.target} shows release {done.release} again, {done.files:,} files"
        return Outcome(lines=(line,), summary=asdict(done))
    settings = settings_of(args)
    done = publish_site(settings.site, args.target, keep=args.keep, tenants_only=args.tenants_only, progress=progress)
    return Outcome(lines=(done.in_words(args.target),), summary=asdict(done))
