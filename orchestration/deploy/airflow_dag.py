"""A run every morning by Airflow 3: for its folder of DAGs. Tallybook's own environment is at /opt/tallybook."""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="tallybook",
    schedule="0 6 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    # One process writes at a time.
    max_active_runs=1,
):
    BashOperator(
        task_id="run",
        # 3: done, with something quarantined, held back or not read. 99 would be Airflow's own for skipped.
        bash_command="cd /opt/tallybook && { .venv/bin/tallybook run || [ $? -eq 3 ]; }",
        append_env=True,
        retries=2,
        retry_delay=timedelta(minutes=10),
    )
