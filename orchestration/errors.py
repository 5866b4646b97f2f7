"""The one family of errors that a person is meant to read."""

from orchestration.redaction import hidden


class TallybookError(Exception):
    """Something the operator can mend. `str()` is one line: what failed and where, and no secret."""

    def __init__(self, *parts: object) -> None:
        super().__init__(*(hidden(part) if isinstance(part, str) else part for part in parts))
