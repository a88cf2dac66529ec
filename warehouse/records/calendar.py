"""Working days in England, from which every limit in working days is counted."""

from warehouse.contract import Table, date, text, whole_number, yes_no

TABLE = Table(
    name="records.calendar",
    one_row_is="One day.",
    key=("day",),
    team="performance team",
    sourced="verified; bank holidays of England from the holidays package, none assumed before 2019",
    columns=(
        date("day", "The day."),
        yes_no("is_working_day", "Monday to Friday and no bank holiday in England."),
        whole_number("working_day_number", "Working days from the calendar's first day up to and including this one."),
        text("bank_holiday", "Name of the bank holiday, where it is one."),
    ),
)
