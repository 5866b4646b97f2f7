{{ rows_of_run(ref('int_usage_daily')) }}
