-- Choices G14: an episode open on the last day; G13: no series of short breaks (V3, V4) on that day.
SELECT period.period_id, period.starts_on, period.ends_on, episode.child_id,
       min(episode.entered_care_on) AS entered_care_on
FROM records.looked_after_episodes AS episode
JOIN profile.periods AS period
  ON episode.started_on <= period.ends_on
 AND (episode.ceased_on IS NULL OR episode.ceased_on > period.ends_on)
WHERE NOT EXISTS (
  FROM records.legal_statuses AS short_break
  WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
    AND short_break.started_on <= period.ends_on
    AND (short_break.ended_on IS NULL OR short_break.ended_on > period.ends_on)
)
GROUP BY period.period_id, period.starts_on, period.ends_on, episode.child_id
ORDER BY period.period_id, episode.child_id
