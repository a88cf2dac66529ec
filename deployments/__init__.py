"""Where it runs: schedules, Prefect deployments, service units, container, environment."""
