"""What the sheets' own checks have to say: a code, a sentence on what is wrong, one on how to mend it.

``{column}``, ``{value}`` and ``{cell}`` are filled in by the reader, the other fields by the check.
"""

from __future__ import annotations

from config.language import N_
from data_access.findings import error, info, warning

# Any sheet

DUPLICATE_ROW = error(
    "DUPLICATE_ROW",
    N_("This row repeats an earlier row of the sheet."),
    N_("Keep one of the two rows and delete the other."),
)
NOT_UNIQUE = error(
    "NOT_UNIQUE",
    N_("“{value}” in {column} stands in this sheet already."),
    N_("Give each row its own {column}."),
)
DATES_OUT_OF_ORDER = error(
    "DATES_OUT_OF_ORDER",
    N_("{column} is {later}, before {earlier}."),
    N_("Check both dates; the later one may not come first."),
)
DATE_IN_FUTURE = error(
    "DATE_IN_FUTURE",
    N_("{column} is {date}, which is still to come."),
    N_("Write the day on which it happened, today at the latest."),
)
NAME_NOT_A_NAME = error(
    "NAME_NOT_A_NAME",
    N_("{column} is not a person's name."),
    N_("Write the name in 2–20 characters without digits."),
)

# Base data

CODE_NOT_PLAIN = error(
    "CODE_NOT_PLAIN",
    N_("The code “{value}” holds something other than letters and digits."),
    N_("Use letters and digits only, or leave it blank."),
)
ALIAS_SHARED = error(
    "ALIAS_SHARED",
    N_("The name “{alias}” already belongs to {other}."),
    N_("Remove it from one of the two communities."),
)
SURVEYED_ABOVE_PLAN = warning(
    "SURVEYED_ABOVE_PLAN",
    N_("{surveyed} people were surveyed, but only {to_survey} were to be surveyed."),
    N_("Check both numbers; correct the number to survey if people have moved in."),
)
CONTRAINDICATED_ABOVE_SURVEYED = error(
    "CONTRAINDICATED_ABOVE_SURVEYED",
    N_("{unfit} contraindicated people are more than the {surveyed} surveyed."),
    N_("Correct the number contraindicated or the number surveyed."),
)
ELIGIBLE_NOT_DERIVED = warning(
    "ELIGIBLE_NOT_DERIVED",
    N_("The sheet says {printed} eligible; surveyed {surveyed} less contraindicated {unfit} is {derived}."),
    N_("The board uses {derived}. Correct the sheet if one of the numbers is wrong."),
)
GROUPS_NOT_TOTAL = warning(
    "GROUPS_NOT_TOTAL",
    N_("The whole community says {total} surveyed, its groups add up to {sum} (difference {difference})."),
    N_("The groups may not overlap and must cover everybody; check them against the total."),
)
DOSES_OUT_OF_ORDER = error(
    "DOSES_OUT_OF_ORDER",
    N_("{column} is not after the dose before it."),
    N_("Check the dose dates: each dose comes after the one before."),
)

DEFER_UNTIL_MISSING = error(
    "DEFER_UNTIL_MISSING",
    N_("The person is deferred, but {column} is blank."),
    N_("Write the day on which to look again."),
)

# Roster

LAST_DOSE_MISSING = error(
    "LAST_DOSE_MISSING",
    N_("This is not a first dose, but {column} is blank."),
    N_("Write the date of the dose before."),
)
COLUMN_NEEDED = warning(
    "COLUMN_NEEDED",
    N_("The sheet has no column {column}, which this row and maybe others need."),
    N_("Add the column and send the sheet again; until then the rows count without it."),
)
REASON_MISSING = error(
    "REASON_MISSING",
    N_("Nothing says why this person was not vaccinated."),
    N_("Give the reason for deferred, contraindicated, refused and rescheduled people."),
)
OBSERVATION_MISSING = error(
    "OBSERVATION_MISSING",
    N_("The person was vaccinated, but {column} is blank."),
    N_("Write yes if the 30 minutes were completed, no if not."),
)

ID_WRONG_LENGTH = error(
    "ID_WRONG_LENGTH",
    N_("This identity card number does not have 18 digits."),
    N_("Copy the number from the card again, or choose the right document type."),
)
ID_CHECK_DIGIT = error(
    "ID_CHECK_DIGIT",
    N_("This identity card number is mistyped: its last digit does not fit the others."),
    N_("Copy the number from the card again."),
)
ID_BIRTH_DATE = error(
    "ID_BIRTH_DATE",
    N_("This identity card number holds no possible date of birth."),
    N_("Copy the number from the card again."),
)
ID_OLD_NUMBER = warning(
    "ID_OLD_NUMBER",
    N_("This is an old identity card number of 15 digits."),
    N_("Accepted; write the number of 18 digits when you have it."),
)
SEX_NOT_BY_ID = warning(
    "SEX_NOT_BY_ID",
    N_("The sex does not agree with the identity card number."),
    N_("Check the sex and the number."),
)
AGE_NOT_BY_ID = warning(
    "AGE_NOT_BY_ID",
    N_("The age is {age}; by the identity card number it is {computed}."),
    N_("Check the age and the number; the board uses the number."),
)
PERSON_TWICE = error(
    "PERSON_TWICE",
    N_("This person is on the sheet for this dose already, in an earlier row."),
    N_("Keep one of the two rows and delete the other."),
)
LIAISONS_DIFFER = warning(
    "LIAISONS_DIFFER",
    N_("The sheet names {n} different liaisons for one community and day."),
    N_("Give the whole community one liaison for the day."),
)
BATCH_WITHOUT_LEADER = warning(
    "BATCH_WITHOUT_LEADER",
    N_("Batch {batch} has {n} people but no leader."),
    N_("Name the person who leads this batch."),
)
LAST_DOSE_NOT_BEFORE = error(
    "LAST_DOSE_NOT_BEFORE",
    N_("The last dose is dated {last}, not before the vaccination day {day}."),
    N_("Check both dates."),
)
OBSERVATION_NOT_DONE = warning(
    "OBSERVATION_NOT_DONE",
    N_("Vaccinated, but the observation of 30 minutes was not completed."),
    N_("Ask the site; note the reason in the remarks."),
)
AEFI_CASE_NEEDED = warning(
    "AEFI_CASE_NEEDED",
    N_("A suspected reaction is ticked for this person."),
    N_("The case record must follow; describe it in the remarks."),
)

# Morning and evening

NOT_A_MORNING = error(
    "NOT_A_MORNING",
    N_("The meeting time {time} is not before 12:00."),
    N_("Write the time of the morning meeting, such as 09:00."),
)
PLANNED_DOSES_DIFFER = warning(
    "PLANNED_DOSES_DIFFER",
    N_("{planned} people are planned, but the doses add up to {sum} (difference {difference})."),
    N_("Correct the plan or its split by dose."),
)
NOTIFIED_ABOVE_PLAN = error(
    "NOTIFIED_ABOVE_PLAN",
    N_("{number} people were notified, more than the {limit} planned."),
    N_("Correct one of the two numbers."),
)
ARRIVED_ABOVE_ROSTER = error(
    "ARRIVED_ABOVE_ROSTER",
    N_("{number} people arrived, more than the {limit} on the roster."),
    N_("Count people who are not on the roster as walk-in only."),
)
VACCINATED_ABOVE_ROSTER = error(
    "VACCINATED_ABOVE_ROSTER",
    N_("{number} people were vaccinated on the roster, which has {limit}."),
    N_("Count people who are not on the roster as walk-in only."),
)
OBSERVED_ABOVE_VACCINATED = error(
    "OBSERVED_ABOVE_VACCINATED",
    N_("{number} people were observed, more than the {limit} vaccinated."),
    N_("Correct one of the two numbers."),
)
OWNER_OF_ISSUE_MISSING = error(
    "OWNER_OF_ISSUE_MISSING",
    N_("The issue needs coordination, but {column} is blank."),
    N_("Say what the issue is, who settles it and by when."),
)
SUPPLY_GAP = warning(
    "SUPPLY_GAP",
    N_("{stock} doses are in stock for {planned} people: {gap} are lacking."),
    N_("Ask for vaccine before the first batch, or move people to another day."),
)
STAFF_MISSING = error(
    "STAFF_MISSING",
    N_("{planned} people are planned, but no staff is on duty."),
    N_("Write the number of staff at the site; leave it blank if it is not known."),
)
I1_UNEXPLAINED = warning(
    "I1_UNEXPLAINED",
    N_("{roster} people were on the roster, {explained} are accounted for: unexplained difference {amount}."),
    N_("Go through the roster name by name and correct the reasons; until then the day is not reconciled."),
)
DIFFERENCE_NOT_NOTED = warning(
    "DIFFERENCE_NOT_NOTED",
    N_("There is a difference of {amount}, but no note on it."),
    N_("Say in the note what the difference is."),
)
RECONCILED_WITH_DIFFERENCE = warning(
    "RECONCILED_WITH_DIFFERENCE",
    N_("The row says reconciled, but {amount} people are unexplained."),
    N_("The board shows it as not reconciled until the difference is 0."),
)
VACCINATED_SUM = warning(
    "VACCINATED_SUM",
    N_("{total} vaccinated in all is not {on_roster} on roster plus {walk_in} walk-in (difference {difference})."),
    N_("Correct the one of the three numbers that is wrong."),
)
DOSES_SUM = warning(
    "DOSES_SUM",
    N_("{total} vaccinated in all, but the doses add up to {sum} (difference {difference})."),
    N_("Correct the total or its split by dose."),
)
OBSERVED_BELOW = warning(
    "OBSERVED_BELOW",
    N_("{missing} of {total} vaccinated people were not observed to the end."),
    N_("Ask the site and say why in the issues."),
)
AEFI_WITHOUT_NOTE = warning(
    "AEFI_WITHOUT_NOTE",
    N_("{n} suspected reactions are reported without a word on them."),
    N_("Describe them in the issues, without names; the case record must follow."),
)
I3_COURSE_ABOVE_FIRST = error(
    "I3_COURSE_ABOVE_FIRST",
    N_("{column} is {number}, more than the {limit} with a first dose."),
    N_("Nobody completes a course without a first dose: correct one of the two totals."),
)
I3_BOOSTER_ABOVE_COURSE = error(
    "I3_BOOSTER_ABOVE_COURSE",
    N_("{column} is {number}, more than the {limit} with a full course."),
    N_("Nobody is boosted before the full course: correct one of the two totals."),
)
CUMULATIVE_PEOPLE_DIFFER = warning(
    "CUMULATIVE_PEOPLE_DIFFER",
    N_("{people} people vaccinated so far, but {first} first doses."),
    N_("Everybody vaccinated has one first dose: correct one of the two totals."),
)
RATE_NOT_RECOMPUTED = warning(
    "RATE_NOT_RECOMPUTED",
    N_("The sheet says {printed} %, but {people} of {eligible} is {computed} %."),
    N_("The board shows {computed} %. Check the totals if your figure is the right one."),
)

# Progress, evidence, action items

FIX_MISSING = error(
    "FIX_MISSING",
    N_("The item is fixed, but {column} is blank."),
    N_("Write what was done and the day on which it was done."),
)

RATE_NEEDS_BOTH = error(
    "RATE_NEEDS_BOTH",
    N_("A rate needs its numerator and its denominator; one is missing."),
    N_("Write both numbers; the board computes the rate."),
)
COUNT_NEEDS_DONE = error(
    "COUNT_NEEDS_DONE",
    N_("The number done is blank."),
    N_("Write the number done; 0 if nothing was done."),
)
ZERO_NOT_CONFIRMED = warning(
    "ZERO_NOT_CONFIRMED",
    N_("Zero occurrence is not confirmed; the indicator stays unreported."),
    N_("Tick the zero confirmation, or write the number that occurred."),
)
ZERO_CONTRADICTED = error(
    "ZERO_CONTRADICTED",
    N_("Zero occurrence is confirmed, but {done} are reported."),
    N_("Remove the tick or the number."),
)
DENOMINATOR_ZERO = info(
    "DENOMINATOR_ZERO",
    N_("The denominator is 0: the indicator does not apply here."),
    N_("Nothing to do if nobody is concerned; otherwise correct the denominator."),
)
ITEM_CODE_FORM = error(
    "ITEM_CODE_FORM",
    N_("“{value}” is no item of the checklist."),
    N_("Write the code of the checklist as text, such as 1.4 or 2.10."),
)
SEAL_MISSING = warning(
    "SEAL_MISSING",
    N_("Item {item} needs the official seal, which is not ticked."),
    N_("Have the document sealed and tick the seal."),
)
EVENT_INCOMPLETE = warning(
    "EVENT_INCOMPLETE",
    N_("The event lacks {n} of its four fields: date, place, attendees, theme."),
    N_("Fill in all four; an incomplete event is not counted as passed."),
)
FAMILY_WITHOUT_NUMBER = error(
    "FAMILY_WITHOUT_NUMBER",
    N_("A family file needs the number of the family."),
    N_("Number the families 1, 2, 3 and write the number here."),
)
FAMILY_PART_MISSING = warning(
    "FAMILY_PART_MISSING",
    N_("The family file lacks {n} of the parts it needs."),
    N_("Add the missing parts; the two conditional ones only where someone is 65 or over or chronically ill."),
)
NOT_APPLICABLE_WITHOUT_REASON = error(
    "NOT_APPLICABLE_WITHOUT_REASON",
    N_("The item is marked as not applicable without a reason."),
    N_("Write why it does not apply, such as “no lift in the building”."),
)
NOT_APPLICABLE_REFUSED = warning(
    "NOT_APPLICABLE_REFUSED",
    N_("Item {item} applies to every community; it cannot be declared not applicable."),
    N_("Hand in the evidence the item asks for. As it stands the item counts as missing."),
)
NOT_A_WEEK = error(
    "NOT_A_WEEK",
    N_("“{value}” is a period, but no week."),
    N_("Write the week of the plan, such as 2026-W47."),
)
PLAN_DONE_WITHOUT_DAY = warning(
    "PLAN_DONE_WITHOUT_DAY",
    N_("The item is done, but the day on which it was done is blank."),
    N_("Write the day; without it the item is not counted as done in time."),
)
PLAN_WITHOUT_DAYS = warning(
    "PLAN_WITHOUT_DAYS",
    N_("The sheet has no column for the day on which an item was done."),
    N_("Add the column {column}; without it nothing is counted as done in time."),
)
PLAN_DAY_WITHOUT_DONE = warning(
    "PLAN_DAY_WITHOUT_DONE",
    N_("A day of completion is given, but the item is not marked as done."),
    N_("Mark it as done, or delete the day; until then it counts as not done."),
)
MENDED_ABOVE_FOUND = warning(
    "MENDED_ABOVE_FOUND",
    N_("{number} problems were mended, more than the {limit} found."),
    N_("Count problems of earlier periods where they were found, or correct one of the two numbers."),
)
ISSUE_TOO_SHORT = error(
    "ISSUE_TOO_SHORT",
    N_("The issue is described in fewer than 5 characters."),
    N_("Say what is wrong and where, so that somebody else could find it."),
)
CLOSED_WITHOUT_RECHECK = error(
    "CLOSED_WITHOUT_RECHECK",
    N_("The item is closed, but no re-check has passed it."),
    N_("Fill in date, person and result of the re-check, or set the status back."),
)
RECHECKED_BY_FIXER = error(
    "RECHECKED_BY_FIXER",
    N_("The re-check was made by the person who fixed it."),
    N_("Have another person re-check the item."),
)
