/*
one_row_is = "one stage of a complaint received or answered in the window"
feeds      = ["records.complaints"]
order      = ["received_on", "complaint_stage_id"]

[columns.complaint_id]
heading = "Complaint"
meaning = "Reference of the complaint."
[columns.stage_code]
heading = "Stage"
meaning = "Stage of the procedure."
codes   = "complaint_stage"
[columns.procedure_code]
heading = "Procedure"
meaning = "Procedure under which it is dealt with."
codes   = "complaint_procedure"
[columns.is_by_child]
heading = "By a child"
meaning = "Whether a child or young person made the complaint."
[columns.received_on]
heading = "Received on"
meaning = "Day this stage was received."
[columns.responded_on]
heading = "Answered on"
meaning = "Day this stage was answered; empty while it is open."
[columns.outcome_code]
heading = "Outcome"
meaning = "Outcome of this stage."
codes   = "complaint_outcome"
[columns.theme_code]
heading = "Theme"
meaning = "Subject of the complaint."
codes   = "complaint_theme"
[columns.service_area_code]
heading = "Service"
meaning = "The service complained about."
codes   = "service_area"
*/
SELECT
  complaint.complaint_stage_id,
  complaint.complaint_id,
  complaint.stage_code,
  complaint.procedure_code,
  complaint.is_by_child,
  complaint.received_on,
  complaint.responded_on,
  complaint.outcome_code,
  complaint.theme_code,
  complaint.service_area_code
FROM records.complaints AS complaint
WHERE (complaint.received_on > $window_begins AND complaint.received_on <= $as_at)
   OR (complaint.responded_on > $window_begins AND complaint.responded_on <= $as_at)
