"""Reg 33/44 independent visits."""

from warehouse.contract import Table, date, text, whole_number, yes_no

TABLE = Table(
    name="records.independent_visits",
    one_row_is="One independent visit.",
    key=("visit_id",),
    file="reg_visits",
    source="council",
    team="residential services",
    sourced="proposed; basis: SI 2015/541 reg 44; reg 33 of the 2001 Regs before Apr 2015",
    columns=(
        text("visit_id", "Reference of the visit.", "visit_id", required=True),
        text("home_urn", "URN of the home.", "home_urn", required=True, refers_to="records.childrens_homes.home_urn", about=True),
        date("visited_on", "Day of the visit.", "visit_date", required=True, event_date=True),
        yes_no("is_announced", "Whether the visit was announced.", "announced"),
        text("visitor_ref", "Reference of the independent visitor.", "visitor_ref"),
        date("reported_on", "Day of the written report.", "report_date"),
        date("sent_to_ofsted_on", "Date sent to Ofsted.", "sent_ofsted"),
        date("sent_to_placing_authority_on", "Date sent to the placing authority.", "sent_placing_la"),
        yes_no("is_safeguarded", "Visitor's opinion: children are effectively safeguarded (reg 44(4)(a)).", "opinion_safeguarded"),
        yes_no("is_wellbeing_promoted", "Visitor's opinion: the home promotes children's wellbeing (reg 44(4)(b)).", "opinion_wellbeing"),
        whole_number("children_spoken_to_count", "Number of children spoken to.", "children_spoken_to"),
    ),
)
