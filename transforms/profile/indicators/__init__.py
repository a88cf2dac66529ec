"""The indicators: one SQL file each, which selects cases and says whether each counts. The folder is the register."""
