WITH period AS (
  SELECT child_id, looked_after_period_id,
         coalesce(min(entered_care_on), min(started_on)) AS entered_on,
         CASE WHEN bool_and(ceased_on IS NOT NULL) THEN max(ceased_on) END AS ended_on,
         CASE WHEN bool_and(ceased_on IS NOT NULL) THEN arg_max(ceased_reason_code, (ceased_on, started_on, episode_id)) END AS ceased_reason_code
  FROM records.looked_after_episodes
  WHERE looked_after_period_id IS NOT NULL AND child_id IS NOT NULL
  GROUP BY child_id, looked_after_period_id
)
SELECT period.*, bool_or(status.child_id IS NOT NULL) AS is_short_break
FROM period
LEFT JOIN records.legal_statuses AS status
  ON status.child_id = period.child_id AND status.legal_status_code IN ('V3', 'V4')
 AND status.started_on <= period.entered_on AND (status.ended_on IS NULL OR status.ended_on > period.entered_on)
GROUP BY ALL
ORDER BY child_id, looked_after_period_id
