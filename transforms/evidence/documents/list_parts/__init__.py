"""Parts that lists share: one SQL file each, which lists read by its name."""
