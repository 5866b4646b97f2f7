import dagster as dg
import duckdb
import pytest

from orchestration.defs.retries import as_dagster_failures
from orchestration.errors import TallybookError


@pytest.mark.parametrize("fault", [ConnectionError("reset"), TimeoutError(), duckdb.IOException("lock")])
def test_faults_that_may_pass_are_tried_again(fault: Exception) -> None:
    with pytest.raises(dg.RetryRequested) as request, as_dagster_failures(max_retries=2, seconds=0.5):
        raise fault
    assert (request.value.max_retries, request.value.seconds_to_wait) == (2, 0.5)


def test_what_a_person_must_mend_stops_at_once() -> None:
    with pytest.raises(dg.Failure) as failure, as_dagster_failures():
        raise TallybookError("directory/users.csv line 7: duplicate key")
    assert failure.value.description == "directory/users.csv line 7: duplicate key"
    assert not failure.value.allow_retries


def test_programming_errors_are_not_dressed_up() -> None:
    with pytest.raises(KeyError), as_dagster_failures():
        raise KeyError("oops")
