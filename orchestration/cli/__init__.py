"""The `tallybook` command: one module a verb."""

from orchestration.cli.command import main

__all__ = ["main"]
