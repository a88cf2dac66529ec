"""Inspection frameworks, one TOML file each, named by regulator's short name and the year it came into force."""
