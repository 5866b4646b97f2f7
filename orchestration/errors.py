"""The one family of errors that a person is meant to read."""


class TallybookError(Exception):
    """Something the operator can mend. `str()` is one line: what failed and where."""
