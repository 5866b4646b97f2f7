"""The marts for notebooks, as pandas DataFrames: every digit, and nothing of the warehouse can be changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pandas as pd

_NAMES = """
    select table_name from information_schema.tables
    where table_schema = 'marts' and (starts_with(table_name, 'mart_') or starts_with(table_name, 'dim_'))
    order by table_name
"""


class Marts(Mapping[str, pd.DataFrame]):
    """The marts and dims of a warehouse or serving file by name; each is read when it is asked for.

    Amounts are exact decimals, whole numbers and texts may be missing (`pd.NA`): columns have Arrow's types.
    """

    def __init__(self, path: Path | str) -> None:
        """Look into a file. Raises FileNotFoundError where there is none, duckdb.Error where it is no warehouse."""
        self._path = Path(path)
        if not self._path.is_file():
            raise FileNotFoundError(f"there is no warehouse at {self._path}")
        with self._reading() as con:
            self._names = [name for (name,) in con.execute(_NAMES).fetchall()]

    def __getitem__(self, name: str) -> pd.DataFrame:
        """All rows of a mart. Raises KeyError where there is none of that name."""
        if name not in self._names:
            raise KeyError(name)
        with self._reading() as con:
            rows = con.execute(f'select * from marts."{name}"').to_arrow_table()
        return rows.to_pandas(types_mapper=pd.ArrowDtype)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _reading(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self._path), read_only=True)


def marts(path: Path | str) -> Marts:
    """The marts of a warehouse, or of the serving file beside it, as a mapping of name to DataFrame."""
    return Marts(path)
