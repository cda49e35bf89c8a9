"""What may be found on a file on its way in, beside what the reader and the sheets have to say."""

from __future__ import annotations

from config.language import N_
from data_access.findings import error, warning

FILE_UNREADABLE = error(
    "FILE_UNREADABLE",
    N_("The file cannot be read from the disk."),
    N_("Copy it to this machine once more; if it is open in another program, close it there."),
)
FILE_NOT_ALLOWED = error(
    "FILE_NOT_ALLOWED",
    N_("This account cannot send the file: {reason}"),
    N_("Ask somebody who may send it."),
)
FILE_STOPPED = error(
    "FILE_STOPPED",
    N_("The file was not taken in: {reason}"),
    N_("The file lies where it was; try again."),
)
DAY_CLOSED = error(
    "DAY_CLOSED",
    N_("{day} was closed by {by} at {time}; nothing of that day is changed any more."),
    N_("A supervisor or an administrator opens the day again with a reason (dispatch page); then take this in again."),
)
FORMER_NAME = warning(
    "FORMER_NAME",
    N_("{former} is called {name} now; the row was taken for it."),
    N_("Write the name that it bears now. Communities are renamed on the administration page."),
)
NAMED_TWICE = error(
    "NAMED_TWICE",
    N_("{former} is a former name of {name}, and that stands on the sheet too."),
    N_("Take one of the two rows out."),
)
RETIREMENT_KEPT = warning(
    "RETIREMENT_KEPT",
    N_("{name} has ended on {day}; that the sheet says otherwise was not taken."),
    N_("Whether a community ends or goes on is decided on the administration page."),
)

# What a community clerk may not say.
STREET_SHEET = error(
    "STREET_SHEET",
    N_("{sheet} belongs to the whole street; a community clerk cannot send it."),
    N_("Hand the file to a supervisor."),
)
STREET_MATTER = error(
    "STREET_MATTER",
    N_("A community clerk reports what was done about matters of the own community, and nothing else on this sheet."),
    N_("Matter {number}: leave due date, re-check and closing to the street; ask a supervisor."),
)
REVIEW_KEPT = warning(
    "REVIEW_KEPT",
    N_("The review is the street's; what the sheet says of it in {n} rows was not taken."),
    N_("Leave the columns of the review empty."),
)
