"""What the reader itself may find, beside the rules of the sheet declarations.

Every sentence is for a clerk: what is wrong, and how to mend it. The place, column and value stand beside it.
"""

from __future__ import annotations

from config.language import N_
from data_access.findings import error, info, warning

# The file ---------------------------------------------------------------------------------------

FILE_EMPTY = error("FILE_EMPTY", N_("The file is empty."), N_("Send the file again; it may have been cut off."))
FILE_NOT_A_WORKBOOK = error(
    "FILE_NOT_A_WORKBOOK",
    N_("This file is no workbook."),
    N_("Open it in your spreadsheet program, save it as .xlsx and send that file."),
)
FILE_OF_ANOTHER_TYPE = error(
    "FILE_OF_ANOTHER_TYPE",
    N_("This file is no workbook: its content is {type}."),
    N_("Send the table itself as a workbook (.xlsx); a picture or a document cannot be read."),
)
FILE_IS_ARCHIVE = error(
    "FILE_IS_ARCHIVE",
    N_("This file is a packed archive ({type})."),
    N_("Unpack it and send the workbooks that are in it."),
)
FILE_IS_TEXT = error(
    "FILE_IS_TEXT",
    N_("This file is a text without columns."),
    N_("Save the table as .xlsx, or as .csv with commas or tabs between the columns."),
)
TEXT_QUOTES = error(
    "TEXT_QUOTES",
    N_("The quotation marks of this text file do not match from row {line} on; its columns cannot be told apart."),
    N_("Save the table as .xlsx and send that file."),
)
FILE_TOO_SLOW = error(
    "FILE_TOO_SLOW",
    N_("Reading the file took more than {seconds} seconds and was given up."),
    N_("Copy only the sheet that matters, as values, into a new workbook and send that one."),
)
FILE_TOO_HEAVY = error(
    "FILE_TOO_HEAVY",
    N_("Reading the file needs more than {megabytes} MB of memory and was given up."),
    N_("Copy only the sheet that matters, as values, into a new workbook and send that one."),
)
FILE_BROKE_READER = error(
    "FILE_BROKE_READER",
    N_("The file is built in such a way that the reading program broke off."),
    N_("Copy only the sheet that matters, as values, into a new workbook and send that one."),
)
READER_UNAVAILABLE = error(
    "READER_UNAVAILABLE",
    N_("The file was not read: the reading program cannot be started on this server. The file is not to blame."),
    N_("Tell the administrator, and send the file again later."),
)
OTHER_FILES_USED = info(
    "OTHER_FILES_USED",
    N_("Some cells are computed from other files; they were read as they were last saved."),
    N_("If the other files have changed, open the workbook, update its links, save it and send it again."),
)
MARKS_UNKNOWN = info(
    "MARKS_UNKNOWN",
    N_("Hidden rows, error cells and formats of this old file could not be looked up; its values were read."),
    N_("Nothing to do if the numbers are right. Save it as .xlsx next time."),
)
FILE_DAMAGED = error(
    "FILE_DAMAGED",
    N_("The workbook is damaged and cannot be opened."),
    N_("Open it in your spreadsheet program, save it as a new .xlsx and send that file."),
)
FILE_ENCRYPTED = error(
    "FILE_ENCRYPTED",
    N_("The workbook is protected by a password."),
    N_("Save it without a password and send it again."),
)
FILE_TOO_LARGE = error(
    "FILE_TOO_LARGE",
    N_("The file is larger than {megabytes} MB."),
    N_("Remove pictures and unneeded sheets, or send the sheets in several files."),
)
FILE_UNZIPS_TOO_LARGE = error(
    "FILE_UNZIPS_TOO_LARGE",
    N_("The file unpacks to more than {megabytes} MB."),
    N_("Copy the rows that matter into a new workbook and send that one."),
)
FILE_TYPE_DIFFERS = info(
    "FILE_TYPE_DIFFERS",
    N_("The file is named .{named}, but its content is {is}."),
    N_("Nothing to do: the content was read. Save it with the right ending next time."),
)
CELL_MENDED = info(
    "CELL_MENDED",
    N_("Mended on the upload page: “{value}” became “{new}”."),
    N_("The file itself is kept as it arrived."),
)
NO_SHEETS = error(
    "NO_SHEETS",
    N_("The workbook holds no sheet that can be taken in."),
    N_("Fill in a template of the board and send it."),
)

# The sheet ---------------------------------------------------------------------------------------

SHEETS_TOO_MANY = error(
    "SHEETS_TOO_MANY",
    N_("The workbook has more than {limit} sheets; this one was not read."),
    N_("Delete sheets that do not belong to the report, or send them in several files."),
)
SHEET_TOO_LONG = error(
    "SHEET_TOO_LONG",
    N_("The sheet has more than {limit} rows; it was not read."),
    N_("Split the sheet, or delete what stands far below or far right of the table."),
)
SHEET_TOO_WIDE = warning(
    "SHEET_TOO_WIDE",
    N_("The sheet has more than {limit} columns; only the first {limit} were read."),
    N_("Move columns that matter to the front and delete the others."),
)
SHEET_HIDDEN = info(
    "SHEET_HIDDEN",
    N_("The sheet is hidden and was not read."),
    N_("Show the sheet and send the file again if it counts."),
)
SHEET_IGNORED = info(
    "SHEET_IGNORED",
    N_("The sheet is a template, an example or a note by its name and was not read."),
    N_("Rename the sheet and send the file again if it counts."),
)
SHEET_EMPTY = info("SHEET_EMPTY", N_("The sheet is empty."), N_("Nothing to do."))
SHEET_WITHOUT_TABLE = info(
    "SHEET_WITHOUT_TABLE", N_("The sheet holds text, but no table; it was not read."), N_("Nothing to do.")
)
SHEET_WITHOUT_ROWS = warning(
    "SHEET_WITHOUT_ROWS",
    N_("The sheet has a header but no rows below it."),
    N_("Fill in the rows. Where nothing happened, report a row of zeros: a blank sheet counts as not reported."),
)
SHEET_UNRECOGNISED = error(
    "SHEET_UNRECOGNISED",
    N_("No header was found in the first 20 rows that belongs to a known kind of sheet."),
    N_("Use the headers of the template, or choose the kind of sheet when uploading."),
)
KIND_UNCLEAR = error(
    "KIND_UNCLEAR",
    N_("The headers fit several kinds of sheet: {kinds}."),
    N_("Name the sheet after its kind, or choose the kind when uploading."),
)
HEADERS_MISSING = error(
    "HEADERS_MISSING",
    N_("The sheet was read as {kind}, but these columns are missing: {headers}."),
    N_("Add the columns with exactly these headers, or use the template."),
)
HEADER_TWICE = error(
    "HEADER_TWICE",
    N_("Two columns mean the same: {first} and {second}."),
    N_("Keep one of the two columns, or give the other one its own name."),
)
COLUMN_UNKNOWN = info(
    "COLUMN_UNKNOWN",
    N_("The column “{value}” is not known and was not read."),
    N_("Nothing to do if it is your own. Otherwise use a header of the template."),
)
COLUMN_UNKNOWN_NEAR = info(
    "COLUMN_UNKNOWN_NEAR",
    N_("The column “{value}” is not known and was not read. Did you mean “{near}”?"),
    N_("Nothing to do if it is your own. Otherwise use a header of the template."),
)
SEVERAL_TABLES = warning(
    "SEVERAL_TABLES",
    N_("The sheet holds {n} tables; each was read for itself."),
    N_("Check that all of them are meant, and put each on its own sheet next time."),
)
TABLES_BESIDE = warning(
    "TABLES_BESIDE",
    N_("The headers repeat to the right of the table; the table beside it was not read."),
    N_("Put the tables one below the other, or each on its own sheet."),
)
HIDDEN_ROWS = warning(
    "HIDDEN_ROWS",
    N_("{n} hidden rows of the table were read too."),
    N_("Delete rows that do not count; hiding or filtering does not take them out."),
)
TOTAL_MISMATCH = warning(
    "TOTAL_MISMATCH",
    N_("The total of {column} says {stated}, but the rows add up to {sum} (difference {difference})."),
    N_("The rows count. Check which rows are missing or typed in twice, and whether the formula covers all rows."),
)
ROWS_MISMATCH = warning(
    "ROWS_MISMATCH",
    N_("The total says {stated} people, but the sheet has {sum} rows (difference {difference})."),
    N_("The rows count. Check which rows are missing or double."),
)
FILLED_DOWN = warning(
    "FILLED_DOWN",
    N_("{n} blank cells of {column} were taken from the row above."),
    N_("Write the value in every row if that is not what you meant."),
)
NORMALISED = info(
    "NORMALISED",
    N_("{n} cells of {column} were written in the usual form, such as “{value}” as {read}."),
    N_("Nothing to do."),
)
SAID_BESIDE = info(
    "SAID_BESIDE",
    N_("{column} has no column of its own and is taken from a line beside the table."),
    N_("Nothing to do if it holds for all rows."),
)
NOTE_SKIPPED = info(
    "NOTE_SKIPPED",
    N_("The line “{value}” was taken for a note and not read."),
    N_("Nothing to do if it is no row."),
)
ASIDE_SKIPPED = info(
    "ASIDE_SKIPPED",
    N_("The row “{value}” averages or compares; it was not read as a row of data."),
    N_("Nothing to do."),
)
TOTAL_UNLABELLED = warning(
    "TOTAL_UNLABELLED",
    N_("The last row has no name, and its numbers are the sums of the rows above; it was taken for a total."),
    N_("Write “合计” (total) before it. If it is a row of its own, write the community into it."),
)
MERGED_NUMBER = warning(
    "MERGED_NUMBER",
    N_("A number stands in a cell merged over {n} rows; it was counted for the first row only."),
    N_("Undo the merge and write each row its own number."),
)

TABLE_TURNED = info(
    "TABLE_TURNED",
    N_("The headers of {kind} stand in a column: the table was turned before it was read."),
    N_("Nothing to do."),
)
INDICATORS_NAMED = info(
    "INDICATORS_NAMED",
    N_("The headers are indicators of the catalogue ({names}); their figures were read as progress."),
    N_("Nothing to do."),
)
SHEET_ALMOST = error(
    "SHEET_ALMOST",
    N_("The sheet looks like {kind}, but these columns are missing: {headers}."),
    N_("Add the columns with exactly these headers, or use the template."),
)
SCALED = info(
    "SCALED",
    N_("{column} counts in {unit}: “{value}” was read as {read}."),
    N_("Nothing to do. If the numbers are whole ones already, correct the unit."),
)
BELOW_SIGN_OFF = warning(
    "BELOW_SIGN_OFF",
    N_("{n} rows below the line of signatures or notes were read too."),
    N_("Delete them if they do not belong to the table."),
)
NUMBERING_SKIPPED = info(
    "NUMBERING_SKIPPED",
    N_("The line below the header numbers the columns or gives their units; it was not read."),
    N_("Nothing to do."),
)
DAYS_AS_COLUMNS = error(
    "DAYS_AS_COLUMNS",
    N_("The sheet has one column for each day ({days}) of the same number."),
    N_("Write the days into a column Date (日期), one row each, or send one sheet a day."),
)

# Day, community, campaign ------------------------------------------------------------------------

DATE_DISAGREES = warning(
    "DATE_DISAGREES",
    N_("The sheet is not of one mind about its day ({sources}); {day} was taken."),
    N_("Correct the title, sheet name or file name. If {day} is wrong, send the sheet again with the right day."),
)
DATE_UNCLEAR = error(
    "DATE_UNCLEAR",
    N_("It is not clear which day the sheet is for: {sources}."),
    N_("Choose the day when uploading, or write it into a column Date (日期)."),
)
DATE_MISSING = error(
    "DATE_MISSING",
    N_("The sheet does not say which day it is for."),
    N_("Choose the day when uploading, or write it into a column Date (日期)."),
)
DATE_FROM = info(
    "DATE_FROM",
    N_("The day {day} was taken from {source}."),
    N_("Send the sheet again with the right day if it is wrong."),
)
DATE_FROM_WEAK = warning(
    "DATE_FROM_WEAK",
    N_("The day {day} was taken from a number in {source} only."),
    N_("Check the day; write it as 8月12日 in the title or in a column Date (日期)."),
)
COMMUNITY_DISAGREES = error(
    "COMMUNITY_DISAGREES",
    N_("It is not clear whose sheet this is: {sources}."),
    N_("Correct the names, add a column Community (社区), or choose the community when uploading."),
)
COMMUNITY_MISSING = error(
    "COMMUNITY_MISSING",
    N_("The sheet does not say which community it comes from."),
    N_("Add a column Community (社区), write the community into the title, or choose it when uploading."),
)
COMMUNITY_UNKNOWN = error(
    "COMMUNITY_UNKNOWN",
    N_("“{value}” is no community of the street."),
    N_("Write the name as in the list of communities, or have the street add it there as an alias."),
)
COMMUNITY_UNKNOWN_NEAR = error(
    "COMMUNITY_UNKNOWN_NEAR",
    N_("“{value}” is no community of the street. Nearest: {near}."),
    N_("Write the name as in the list of communities, or have the street add it there as an alias."),
)
COMMUNITY_NOT_YOURS = error(
    "COMMUNITY_NOT_YOURS",
    N_("This row belongs to {community}; you report for {only}."),
    N_("Take the row out, or have the street send it."),
)
COMMUNITY_INACTIVE = warning(
    "COMMUNITY_INACTIVE",
    N_("{community} is not active on {day}."),
    N_("Check the day and the community, or have the street correct its dates."),
)
ONLY_STREET = error(
    "ONLY_STREET",
    N_("Only the street may send {kind}."),
    N_("Ask the street to enter it."),
)
SITE_UNKNOWN = error(
    "SITE_UNKNOWN",
    N_("“{value}” is no site of the street."),
    N_("Write the name as in the list of sites, or have the street add the site first."),
)
SITE_UNKNOWN_NEAR = error(
    "SITE_UNKNOWN_NEAR",
    N_("“{value}” is no site of the street. Nearest: {near}."),
    N_("Write the name as in the list of sites, or have the street add the site first."),
)
SITE_UNLISTED = info(
    "SITE_UNLISTED",
    N_("The street has no list of sites yet; “{value}” was taken as written."),
    N_("Have the street enter its sites, so that names can be checked."),
)
SITE_CLOSED = warning(
    "SITE_CLOSED",
    N_("The site {site} is not open on {day}."),
    N_("Move these people to an open site, or have the street correct the dates of the site."),
)
BATCH_OVER_CAPACITY = warning(
    "BATCH_OVER_CAPACITY",
    N_("Batch {batch} at {site} has {n} people; the site takes {capacity} a batch."),
    N_("Spread the people over more batches."),
)
CAMPAIGN_UNKNOWN = error(
    "CAMPAIGN_UNKNOWN",
    N_("“{value}” is no campaign of the street; there are: {allowed}."),
    N_("Write one of these, or leave the cell blank for the current one."),
)
CAMPAIGN_NOT_RUN = error(
    "CAMPAIGN_NOT_RUN",
    N_("Title or file name speak of “{value}”, but the street's campaigns are: {allowed}."),
    N_("If it is one of these, choose it while uploading; otherwise ask the street to set the campaign up first."),
)
CAMPAIGN_DISAGREES = error(
    "CAMPAIGN_DISAGREES",
    N_("It is not clear which campaign the sheet is for: {sources}."),
    N_("Add a column Campaign (接种项目), or choose the campaign when uploading."),
)
DOSE_UNKNOWN = error(
    "DOSE_UNKNOWN",
    N_("“{value}” is no dose of {campaign}; there are: {allowed}."),
    N_("Write one of these doses, or give the right campaign."),
)
GROUP_UNKNOWN = error(
    "GROUP_UNKNOWN",
    N_("“{value}” is no person group of {campaign}; there are: {allowed}."),
    N_("Write one of these groups."),
)
WORKSTREAM_UNKNOWN = error(
    "WORKSTREAM_UNKNOWN",
    N_("“{value}” is no workstream."),
    N_("Write a workstream as on the sheet of notes of the template."),
)
WORKSTREAM_UNKNOWN_NEAR = error(
    "WORKSTREAM_UNKNOWN_NEAR",
    N_("“{value}” is no workstream. Nearest: {near}."),
    N_("Write a workstream as on the sheet of notes of the template."),
)
INDICATOR_UNKNOWN = error(
    "INDICATOR_UNKNOWN",
    N_("“{value}” is no indicator of the catalogue."),
    N_("Write the code of the indicator, or its name with the workstream beside it."),
)
INDICATOR_UNKNOWN_NEAR = error(
    "INDICATOR_UNKNOWN_NEAR",
    N_("“{value}” is no indicator of the catalogue. Nearest: {near}."),
    N_("Write the code of the indicator, or its name with the workstream beside it."),
)

# The cell ----------------------------------------------------------------------------------------

REQUIRED = error("REQUIRED", N_("{column} is blank."), N_("Fill in the cell. Where it is nothing, write 0."))
REQUIRED_TEXT = error("REQUIRED_TEXT", N_("{column} is blank."), N_("Fill in the cell."))
EITHER_REQUIRED = error(
    "EITHER_REQUIRED", N_("One of these must be filled in: {columns}."), N_("Fill in one of these cells.")
)
NOT_A_DATE = error("NOT_A_DATE", N_("“{value}” is no date."), N_("Write the date as 2022-08-12."))
DATE_UNCERTAIN = error(
    "DATE_UNCERTAIN",
    N_("“{value}” is a number that may mean two days, such as 8.1 and 8.10."),
    N_("Write the date as 2022-08-12."),
)
MONTH_TAKEN = warning(
    "MONTH_TAKEN",
    N_("“{value}” names no month; {day} was taken."),
    N_("Check the day; write it as 2022-08-12."),
)
NOT_A_TIME = error("NOT_A_TIME", N_("“{value}” is no time."), N_("Write the time as 09:30."))
NOT_A_TIME_NEAR = error(
    "NOT_A_TIME_NEAR",
    N_("“{value}” is no time. Did you mean {near}?"),
    N_("Write the time as 09:30, with figures only."),
)
NOT_A_MOMENT = error("NOT_A_MOMENT", N_("“{value}” is no date with time."), N_("Write it as 2022-08-12 09:30."))
NOT_A_PERIOD = error(
    "NOT_A_PERIOD",
    N_("“{value}” is no period."),
    N_("Write 2022-08 for a month, 2022Q3, 2022-W33 for a week, or 2022."),
)
NOT_A_NUMBER = error(
    "NOT_A_NUMBER",
    N_("“{value}” is no number."),
    N_("Write figures only; remarks belong to a column of their own."),
)
NOT_A_NUMBER_NEAR = error(
    "NOT_A_NUMBER_NEAR",
    N_("“{value}” is no number. Did you mean {near}?"),
    N_("Write figures only: 0 is not the letter O."),
)
NOT_WHOLE = error(
    "NOT_WHOLE",
    N_("“{value}” is no whole number."),
    N_("People and doses are counted whole: correct the number."),
)
BELOW_MINIMUM = error("BELOW_MINIMUM", N_("{value} is less than {minimum}."), N_("Correct the number."))
ABOVE_MAXIMUM = error("ABOVE_MAXIMUM", N_("{value} is more than {maximum}."), N_("Correct the number."))
APPROXIMATE = warning(
    "APPROXIMATE",
    N_("“{value}” is an estimate; {number} was taken and marked."),
    N_("Report the exact number; an estimate does not enter a ranking."),
)
DASH_IS_MISSING = warning(
    "DASH_IS_MISSING",
    N_("“{value}” means not reported; it is not counted as 0."),
    N_("Write 0 where it is nothing, and the number where there is one."),
)
SAME_AS_ABOVE = error("SAME_AS_ABOVE", N_("“{value}” is no value."), N_("Write the value itself in every row."))
MASKED = error(
    "MASKED",
    N_("“{value}” is masked or garbled text."),
    N_("Write the full value; take it from the original file if signs were lost."),
)
TEXT_BROKEN = warning(
    "TEXT_BROKEN",
    N_("The text holds garbled signs."),
    N_("Check the text; take it from the original file if signs were lost."),
)
ERROR_CELL = error(
    "ERROR_CELL",
    N_("The formula of this cell gives an error: {value}."),
    N_("Correct the formula, or write the value."),
)
RATE_NOT_COMPUTED = warning(
    "RATE_NOT_COMPUTED",
    N_("The rate of this cell could not be computed ({value}); it counts as missing."),
    N_("Nothing to do: the board computes rates from the numbers."),
)
FORMULA_NOT_CALCULATED = error(
    "FORMULA_NOT_CALCULATED",
    N_("The cell holds a formula that was never calculated."),
    N_("Open the file in your spreadsheet program, save it and send it again."),
)
NOT_ALLOWED = error("NOT_ALLOWED", N_("“{value}” is not allowed here; allowed: {allowed}."), N_("Choose one of these."))
NOT_ALLOWED_NEAR = error(
    "NOT_ALLOWED_NEAR",
    N_("“{value}” is not allowed here. Did you mean “{near}”? Allowed: {allowed}."),
    N_("Choose one of these."),
)
NOT_A_TICK = error("NOT_A_TICK", N_("“{value}” is neither yes nor no."), N_("Write 是 or 否."))
PERCENT_UNCERTAIN = warning(
    "PERCENT_UNCERTAIN",
    N_("“{value}” may mean {low} % or {high} %; {read} % was taken, for checking only."),
    N_("Write the percent sign. The board computes rates from the numbers."),
)
ID_PRECISION_LOST = error(
    "ID_PRECISION_LOST",
    N_("The number was stored as a number with more than 15 digits; its last digits are lost."),
    N_("Set the column to text and type the number again; it cannot be restored."),
)
NOT_A_DOCUMENT = error(
    "NOT_A_DOCUMENT",
    N_("“{value}” is no document number."),
    N_("Set the column to text and type the number."),
)
NOT_A_PHONE = error(
    "NOT_A_PHONE",
    N_("“{value}” is no telephone number."),
    N_("Write 11 digits, or a land line with its area code."),
)
PHONE_ODD = warning(
    "PHONE_ODD",
    N_("The telephone number has an unusual length."),
    N_("Check the number: a mobile has 11 digits."),
)
FIRST_OF_PHONES = info(
    "FIRST_OF_PHONES",
    N_("The cell holds several telephone numbers; the first one was taken."),
    N_("Put the number to call first."),
)
FIRST_OF_RANGE = info(
    "FIRST_OF_RANGE",
    N_("The cell holds a span of time; its beginning {taken} was taken."),
    N_("Nothing to do."),
)
DOSE_NOT_GIVEN = warning(
    "DOSE_NOT_GIVEN",
    N_("{campaign} does not give this dose; {value} was not taken in."),
    N_("Clear the cell, or give the right campaign."),
)

# Across sheets and days --------------------------------------------------------------------------

ROSTER_DATE_FAR = warning(
    "ROSTER_DATE_FAR",
    N_("The vaccination day {day} is {n} days away from today."),
    N_("Check the day, its year above all."),
)
MORNING_AHEAD = warning(
    "MORNING_AHEAD",
    N_("The morning sheet is of {day}, later than tomorrow."),
    N_("Check the day, its year above all."),
)
TALLY_AHEAD = warning(
    "TALLY_AHEAD",
    N_("The tally is of {day}, a day that is still to come."),
    N_("Check the day, its year above all."),
)
PERSON_ELSEWHERE = warning(
    "PERSON_ELSEWHERE",
    N_("This person is on the roster of {community} too, for the same dose."),
    N_("Settle which community calls the person up; both rows are kept until then."),
)
I2_CUMULATIVE = warning(
    "I2_CUMULATIVE",
    N_("{column} rose from {before} to {after}, but {given} were given today (difference {difference})."),
    N_("Check the total of yesterday and of today; vaccinations elsewhere and corrections belong in the note."),
)
I5_PLAN_ROSTER = warning(
    "I5_PLAN_ROSTER",
    N_("The morning plan says {planned}, the roster has {roster} people (difference {difference})."),
    N_("Correct the plan or send the roster again."),
)
I5_EVENING_ROSTER = warning(
    "I5_EVENING_ROSTER",
    N_("The evening tally says {stated} on the roster, the roster has {roster} people (difference {difference})."),
    N_("Correct the tally or send the roster again."),
)
I6_VACCINATED_ROSTER = warning(
    "I6_VACCINATED_ROSTER",
    N_(
        "The evening tally says {stated} vaccinated on the roster, the roster marks {roster} (difference {difference})."
    ),
    N_("Fill in the outcomes of the roster, or correct the tally."),
)
I7_DOSE_HELD = error(
    "I7_DOSE_HELD",
    N_("This person has had this dose already."),
    N_("Check the dose and the document number; take the row out if it is so."),
)
I8_TOMORROW = info(
    "I8_TOMORROW",
    N_("{planned} people were planned for {day} the evening before; the roster has {roster}."),
    N_("Nothing to do if people were added or left out since."),
)
I10_REPLACES = info(
    "I10_REPLACES",
    N_("{community} has reported {kind} for {day} before; this sheet takes its place."),
    N_("Nothing to do. The earlier version is kept, and the preview shows what changes."),
)
ELIGIBLE_DIFFERS = warning(
    "ELIGIBLE_DIFFERS",
    N_("The sheet says {stated} eligible people, the baseline says {baseline} (difference {difference})."),
    N_("The baseline counts. Send a new baseline if it has changed."),
)

# Sheets of one workbook about the same thing -----------------------------------------------------------------------

SHEET_MERGED = info(
    "SHEET_MERGED",
    N_("This sheet speaks of the same community and day as the sheet “{other}”; the two were taken together."),
    N_("Nothing needs to be done."),
)
SAME_ROW_AGAIN = info(
    "SAME_ROW_AGAIN",
    N_("This row stands in the sheet “{other}” already and was taken once."),
    N_("Nothing needs to be done."),
)
ROW_CONTRADICTS = error(
    "ROW_CONTRADICTS",
    N_("This row says something else than the sheet “{other}” says about the same thing; it was not taken."),
    N_("Keep the right one of the two sheets and send the file again."),
)

# Corrections, and a community's own past ---------------------------------------------------------------------------

FILE_SUPERSEDED = warning(
    "FILE_SUPERSEDED",
    N_("This very file was taken in before and has since been corrected by revision {revision}; nothing was changed."),
    N_("To go back to it, withdraw the later revision; to correct it, send a changed file."),
)
LOOKS_PARTIAL = warning(
    "LOOKS_PARTIAL",
    N_("Of the {before} rows reported so far only {after} remain: this looks like a correction with the changed rows."),
    N_("If so, say while uploading that the file holds the changed rows only; otherwise the {gone} others go."),
)
SAYS_CORRECTION = info(
    "SAYS_CORRECTION",
    N_("“{text}” says that this is a correction. It takes the place of all rows that were reported before."),
    N_("If it holds the changed rows only, say so while uploading; then the others stay."),
)
PARTIAL_LEDGER = error(
    "PARTIAL_LEDGER",
    N_("A ledger of people is counted as a whole; a part of it cannot correct the count."),
    N_("Send the whole ledger, without saying that it holds the changed rows only."),
)
OUTLIER = warning(
    "OUTLIER",
    N_("{column} is {value}; in the last {n} days it was around {median} ({low}–{high})."),
    N_("Look whether a digit is missing or too many, or the wrong row was filled; if it is true, nothing to do."),
)
OUTLIER_PERIOD = warning(
    "OUTLIER_PERIOD",
    N_("{column} is {value}; in the last {n} reports it was around {median} ({low}–{high})."),
    N_("Look whether a digit is missing or too many, or the wrong row was filled; if it is true, nothing to do."),
)
SAME_AS_EARLIER = warning(
    "SAME_AS_EARLIER",
    N_("All figures of this sheet are those of {day}: was the earlier file handed in again?"),
    N_("Send the sheet of the right day; if the figures are the same indeed, nothing to do."),
)

# Tables of any shape, and the layouts remembered for them ------------------------------------------------------------

TABLE_UNKNOWN = error(
    "TABLE_UNKNOWN",
    N_("A table of {rows} rows with the headers {headers}: it looks like figures per community ({found} found)."),
    N_("Say once what its columns are; then every file of this shape goes through by itself."),
)
LAYOUT_USED = info(
    "LAYOUT_USED",
    N_("The table was read by the remembered layout “{layout}”."),
    N_("If a column means something else by now, correct or forget the layout."),
)
LAYOUT_LACKS = warning(
    "LAYOUT_LACKS",
    N_("This table has nothing on: {headers}. They stay unreported."),
    N_("If the sheet does have them, or one text holds for all rows, add that to the layout."),
)
LAYOUT_INDICATOR_GONE = error(
    "LAYOUT_INDICATOR_GONE",
    N_("The layout “{layout}” speaks of the indicator {value}, which the street does not keep any more."),
    N_("Correct the layout, or declare the indicator again."),
)
CODE_AS_NUMBER = warning(
    "CODE_AS_NUMBER",
    N_("{n} codes of {column} were typed as numbers, such as {value}: a zero at their end is lost (2.10 became 2.1)."),
    N_("Format the column as text and type the codes again if the last figure matters."),
)
AGGREGATE_SKIPPED = info(
    "AGGREGATE_SKIPPED",
    N_("“{value}” is no community but a row for several; it was not read as data."),
    N_("Nothing to do. If it is a community, add the name to the street's list."),
)
COMMUNITY_REPEATED = error(
    "COMMUNITY_REPEATED",
    N_("{value} stands in {n} rows of this table; it is not clear which of them counts."),
    N_("If the rows belong together, merge the community's cells or say in the layout that the rows are added up."),
)
MERGED_OVER_COMMUNITIES = error(
    "MERGED_OVER_COMMUNITIES",
    N_("This number stands in a cell merged over several communities; it is not clear whose it is."),
    N_("Undo the merge and write each community its own number."),
)

# Marks that are not data, and the workbook given back -----------------------------------------------------------------

STRUCK_OUT = warning(
    "STRUCK_OUT",
    N_("{n} rows are struck through (row {rows}); the board reads no meaning into that, so they count as data."),
    N_("Delete the rows that do not count, or say in a column such as 状态 what became of them."),
)
RETURN_REBUILT = info(
    "RETURN_REBUILT",
    N_("The file could not be marked as it is; its sheets were built anew, without your colours and formulas."),
    N_("Mend your own file by this list, or go on with this copy."),
)
RETURN_LIST_ONLY = info(
    "RETURN_LIST_ONLY",
    N_("The file itself could not be marked; only the list of findings is given back."),
    N_("Mend your own file by this list."),
)

# Empty sheets ---------------------------------------------------------------------------------------------------

EMPTY_REPORT = warning(
    "EMPTY_REPORT",
    N_("The sheet of {community} has a header but no rows: it is kept as an empty sheet, without any figure."),
    N_("Send it again with its rows. Where nothing happened, report a row of zeros."),
)
EMPTY_KEEPS_FIGURES = error(
    "EMPTY_KEEPS_FIGURES",
    N_("The sheet has no rows; the {rows} rows that were sent before stay in force."),
    N_("If they are wrong, send the right ones, or ask a supervisor to withdraw them."),
)
