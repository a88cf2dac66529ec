"""Working table for the DfE Early Adopter JSON API, not an extract (payload, hashes, submission state)."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, json, moment, text

TABLE = Table(
    name="records.api_submissions",
    one_row_is="One child per payload.",
    key=("submission_id",),
    file="ssd_api_data_staging",
    source="case_management",
    team="case system reporting",
    columns=(
        text("submission_id", "Staging row key.", "id", required=True),
        child_id("person_id", "Child in the payload."),
        json("payload_json", "JSON sent to DfE.", "json_payload", identifies=True),
        text("current_hash", "Hash of the current payload.", "current_hash"),
        text("previous_hash", "Hash of the last payload sent, to detect changes.", "previous_hash"),
        code("submission_status_code", "Stage of the payload in the send cycle.", "api_submission_status", "submission_status"),
        moment("submitted_at", "When the send was attempted.", "submission_timestamp", required=True, event_date=True),
        text("api_response", "Response code and text from the endpoint.", "api_response"),
        code("row_state_code", "Whether the child's record is new, changed, deleted or unchanged since last send.", "api_row_state", "row_state"),
        moment("last_updated_at", "When the staging row was refreshed.", "last_updated"),
    ),
)
