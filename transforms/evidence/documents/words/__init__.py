"""What a list shows for a code where the request has words of its own: one TOML file a column of values."""
