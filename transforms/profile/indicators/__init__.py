"""The indicators: one SQL file each, that says who is in and whether the case counts. The folder is the register."""
