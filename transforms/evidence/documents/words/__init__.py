"""What a list shows for a code if the request has its own words for it: one TOML file per set of values."""
