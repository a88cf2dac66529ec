"""Working days in England, used to count every limit in working days."""

from warehouse.contract import Table, date, text, whole_number, yes_no

TABLE = Table(
    name="records.calendar",
    one_row_is="One day.",
    key=("day",),
    team="performance team",
    sourced="verified; bank holidays of England from the holidays package, none assumed before 2019",
    columns=(
        date("day", "The day."),
        yes_no("is_working_day", "Monday to Friday, not a bank holiday in England."),
        whole_number("working_day_number", "Number of working days from the calendar's first day to this day, inclusive."),
        text("bank_holiday", "Name of the bank holiday, if it is one."),
    ),
)
