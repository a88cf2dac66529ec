/*
code     = "X006"
source   = "own"
title    = "The extract was made with a version of the standard that the contracts were not written for"
kind     = "error"
severity = "warning"
table    = "records.extract_versions"
column   = "version_number"
fix      = "Tell the reporting team; compare the release's changes with the declared columns before relying on the figures."
reading  = "Our definition: the contracts were written from version 1.4.5 of the standard safeguarding dataset and accept any release of 1.4. Only the release flagged as current is checked."
*/
SELECT version.received_row
FROM records.extract_versions AS version
WHERE version.is_current AND NOT starts_with(version.version_number, '1.4.')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.extract_versions"
rows = """
received_row | version_number | released_on | is_current | verdict | because
2            | 1.4.5          | 2026-03-01  | true       | met     | the version the contracts were written from
3            | 1.4.9          | 2026-03-01  | true       | met     | a later release of 1.4
4            | 1.5.0          | 2026-03-01  | true       | broken  | 1.5
5            | 1.3.2          | 2024-03-01  | false      | met     | no longer current
6            | 1.40.1         | 2026-03-01  | true       | broken  | 1.40 is not 1.4
"""
*/
