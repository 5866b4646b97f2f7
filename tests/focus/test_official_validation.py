"""What the validator wrote is read right, whatever its exit code says."""

from __future__ import annotations

from pathlib import Path

from tests.focus.official_validation import Verdict, read_verdict

JUNIT = """<?xml version='1.0' encoding='utf-8'?>
<testsuites name="FOCUS Validations" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="BilledCost-C-000">
    <testcase name="BilledCost-C-001-M :: Type" time="0" />
    <testcase name="BilledCost-C-003-M :: Nullability" time="0">
      <failure name="BilledCost-C-003-M" message="Nullability check" type="AssertionError">Failed</failure>
    </testcase>
    <testcase name="BilledCost-C-006-M :: Dynamic" time="0"><skipped message="dynamic" /></testcase>
  </testsuite>
</testsuites>
"""


def test_a_failed_rule_is_named(tmp_path: Path) -> None:
    (tmp_path / "result.xml").write_text(JUNIT, encoding="utf-8")
    assert read_verdict(tmp_path / "result.xml") == Verdict(passed=1, skipped=1, failed=("BilledCost-C-003-M",))
