"""Regulation 8 visits, one row per visit."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.private_fostering_visits",
    one_row_is="One regulation 8 visit.",
    key=("pf_visit_id",),
    file="pf_visits",
    source="private_fostering",
    sheet="private_fostering",
    handling="restricted",
    keeps_unknown_columns=False,
    text_dates=("%d/%m/%Y", "%d/%m/%y"),
    team="private fostering team",
    sourced="proposed; basis: SI 2005/1533 reg 8",
    columns=(
        text("pf_visit_id", "Reference of the visit.", "pf_visit_id", required=True),
        text("pf_ref", "Reference of the arrangement.", "pf_ref", required=True, refers_to="records.private_fostering_arrangements.pf_ref", about=True),
        date("visited_on", "Day of the visit.", "visit_date", required=True, event_date=True),
        code("visit_kind_code", "Kind of visit: initial, statutory or requested.", "pf_visit_kind", "visit_kind", required=True),
        code("seen_alone_code", "Child seen alone.", "pf_alone", "seen_alone", required=True),
        date("reported_on", "Date of the report (reg 8(5)).", "report_date"),
    ),
)
