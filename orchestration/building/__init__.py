"""Lake → facts and marts, by dbt in this process."""
