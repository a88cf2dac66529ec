"""Parts that lists share: an SQL file each, read by lists under its name."""
