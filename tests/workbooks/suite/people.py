"""People: document numbers, telephones, one person twice (N14, N15, N16)."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from tests.workbooks.make import document
from tests.workbooks.suite.case import Made, case, reads, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import CLINIC, GYM, HAPPY, SUN, Values, action, evening, person, table

CROSSED = next(document(number) for number in range(200, 400) if document(number).endswith("X"))


def sheet(people: list[Values], key: str, *texts: Any) -> list[list[Any]]:
    """A roster with one column written so."""
    spelled = iter(texts)
    return table("roster", people, **{key: lambda _value: next(spelled)})


@case("N14")
def numbers_that_lost_their_end() -> Made:
    """Typed as a number, stored in floating point, printed as 2.30102E+17: lost, never guessed."""
    people = [person(n) for n in range(1, 5)]
    grid = sheet(
        people, "id_no", int(document(1)[:15] + "000"), float(document(2)[:17] + "0"), "2.30102E+17", document(4)
    )
    errors = [said("ID_PRECISION_LOST", f"D{n}") for n in (2, 3, 4)]
    return Made(xlsx(grid), reads({"roster": people[3:]}, errors=errors, refused=3))


@case("N14")
def written_with_spaces() -> Made:
    """Spaces inside, a lower-case x, full-width figures, a leading apostrophe: the same number."""
    people = [person(1), person(2, id_no=CROSSED), person(3), person(4)]
    one, three = document(1), document(3)
    wide = three.translate({ord("0") + n: "０１２３４５６７８９"[n] for n in range(10)})
    grid = sheet(people, "id_no", f"{one[:6]} {one[6:14]} {one[14:]}", CROSSED.lower(), wide, "'" + document(4))
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N14")
def fifteen_digits() -> Made:
    """An old number of 15 digits is accepted, with a word; as a number cell it has lost nothing."""
    people = [person(1, id_no="110101600101011"), person(2, id_no="110101600101021")]
    grid = sheet(people, "id_no", "110101600101011", 110101600101021)
    return Made(
        xlsx(grid), reads({"roster": people}, said("ID_OLD_NUMBER", "D2"), said("ID_OLD_NUMBER", "D3"), refused=0)
    )


@case("N14")
def mistyped_numbers() -> Made:
    """A wrong check digit, 17 digits, an impossible day of birth."""
    people = [person(n) for n in range(1, 5)]
    wrong = document(1)[:17] + ("0" if document(1)[17] != "0" else "1")
    grid = sheet(people, "id_no", wrong, document(2)[:17], document(3, "19601301"), document(4))
    errors = [said("ID_CHECK_DIGIT", "D2"), said("ID_WRONG_LENGTH", "D3"), said("ID_BIRTH_DATE ID_CHECK_DIGIT", "D4")]
    return Made(xlsx(grid), reads({"roster": people[3:]}, errors=errors, refused=3))


@case("N14")
def other_documents() -> Made:
    """A passport and person codes are no identity cards: their letters and zeros stay."""
    people = [
        person(1, id_type="passport", id_no="E12345678"),
        person(2, id_no=None, person_code="RY00012"),
        person(3, id_no=None, person_code="00013"),
    ]
    return Made(xlsx(table("roster", people)), reads({"roster": people}, refused=0))


@case("N14")
def codes_as_numbers() -> Made:
    """A person code typed as the number 1001 is the code 1001, not 1001.0."""
    people = [person(1, id_no=None, person_code="1001"), person(2, id_no=None, person_code="1002")]
    grid = table("roster", people, without=("id_no",), person_code=float)
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N14")
def masked_numbers() -> Made:
    """110101********0011 and 1101011960****0021 are masked; so is a telephone 138****0001."""
    people = [person(n) for n in range(1, 5)]
    grid = sheet(people, "id_no", "110101********0011", "1101011960****0021", document(3), document(4))
    place = grid[0].index("联络人电话")
    grid[3][place] = "138****0001"
    cell = f"{'ABCDEFGHIJKLMN'[place]}4"
    errors = [said("MASKED", "D2"), said("MASKED", "D3"), said("MASKED", cell)]
    return Made(xlsx(grid), reads({"roster": people[3:]}, errors=errors, refused=3))


@case("N14")
def sex_and_age_against_the_number() -> Made:
    """Sex and age that do not fit the number are marked, not refused."""
    first, second = document(1), document(2)
    people = [
        person(1, sex="male" if int(first[16]) % 2 else "female", age=62),
        person(2, sex="female" if int(second[16]) % 2 else "male", age=40),
    ]
    outcome = reads({"roster": people}, said("SEX_NOT_BY_ID"), said("AGE_NOT_BY_ID", "", "62"), refused=0)
    return Made(xlsx(table("roster", people)), outcome)


# Telephones -----------------------------------------------------------------------------------------------------


@case("N15")
def telephones_as_numbers() -> Made:
    """Stored as a whole number or in floating point."""
    people = [person(1), person(2, liaison_phone="13800000001")]
    grid = sheet(people, "liaison_phone", 13800000001, 13800000001.0)
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N15")
def telephones_with_signs() -> Made:
    """Dashes, blanks, full-width figures, brackets round the area code."""
    people = [person(1), person(2), person(3), person(4, liaison_phone="043188880000")]
    grid = sheet(
        people, "liaison_phone", "138-0000-0001", "138 0000 0001", "１３８０００００００１", "（0431）88880000"
    )
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N15")
def two_telephones_in_a_cell() -> Made:
    """Two telephones parted by /, 、, a line break or a blank: the first one, with a word."""
    people = [person(n) for n in range(1, 5)]
    grid = sheet(
        people, "liaison_phone", "13800000001/13900000009", "13800000001、0431-88880000", "13800000001\n13900000009",
        "13800000001 13900000009",
    )  # fmt: skip
    findings = [said("FIRST_OF_PHONES", f"K{n}") for n in (2, 3, 4, 5)]
    return Made(xlsx(grid), reads({"roster": people}, *findings, refused=0))


@case("N15")
def no_telephones() -> Made:
    """Words where a telephone should be; a number with too few digits is kept and marked."""
    people = [person(1), person(2, liaison_phone="12345"), person(3)]
    grid = sheet(people, "liaison_phone", "无电话", "12345", "13800000001")
    errors = [said("NOT_A_PHONE", "K2")]
    return Made(xlsx(grid), reads({"roster": people[1:]}, said("PHONE_ODD", "K3"), errors=errors, refused=1))


@case("N15")
def telephone_in_scientific_notation() -> Made:
    """1.38E+10 as text has lost its digits: never a telephone 138."""
    people = [person(1), person(2)]
    grid = sheet(people, "liaison_phone", "1.38E+10", "13800000001")
    errors = [said("NOT_A_PHONE MASKED ID_PRECISION_LOST", "K2")]
    return Made(xlsx(grid), reads({"roster": people[1:]}, errors=errors, refused=1))


# One person twice -----------------------------------------------------------------------------------------------


@case("N16")
def one_person_twice() -> Made:
    """One number twice on a sheet, the second time with a space in the name: the second row is refused."""
    people = [person(1), person(2), person(1)]
    grid = table("roster", people)
    grid[3][2] = "李 乙测"
    return Made(xlsx(grid), reads({"roster": people[:2]}, errors=[said("PERSON_TWICE", "D4")], refused=1))


@case("N16")
def old_and_new_number_of_one_person() -> Made:
    """The number of 15 digits and the one of 18 are one person."""
    old = "110101600101001"
    people = [person(1, id_no=old), person(2)]
    new = next(document(n) for n in range(1, 999) if document(n)[:17] == "11010119600101001")
    grid = table("roster", [*people, person(3, id_no=new)])
    outcome = reads({"roster": people}, said("ID_OLD_NUMBER", "D2"), errors=[said("PERSON_TWICE", "D4")], refused=1)
    return Made(xlsx(grid), outcome)


@case("N16")
def one_person_in_two_communities() -> Made:
    """On the lists of two communities: both rows stay, both are marked."""
    people = [person(1), person(1, HAPPY), person(2)]
    findings = [said("PERSON_ELSEWHERE", "D2", HAPPY), said("PERSON_ELSEWHERE", "D3", SUN)]
    return Made(xlsx(table("roster", people)), reads({"roster": people}, *findings, refused=0))


@case("N16")
def namesakes() -> Made:
    """Two people of one name with two numbers are two people."""
    people = [person(1, name="李同名"), person(2, name="李同名")]
    return Made(xlsx(table("roster", people)), reads({"roster": people}, refused=0))


@case("N16")
def one_community_twice_in_a_tally() -> Made:
    """A community with two different lines of one evening: the second is refused."""
    rows = [evening(SUN, 41), evening(HAPPY, 20), evening(SUN, 39)]
    outcome = reads({"evening": rows[:2]}, errors=[said("DUPLICATE_ROW NOT_UNIQUE ROW_CONTRADICTS")], refused=1)
    return Made(xlsx(table("evening", rows)), outcome)


@case("N16")
def two_sites_of_one_community() -> Made:
    """A community with a line for each of its two sites is no duplicate."""
    rows = [evening(SUN, 20, site=CLINIC), evening(SUN, 11, site=GYM)]
    return Made(xlsx(table("evening", rows)), reads({"evening": rows}, refused=0))


@case("N16")
def one_item_number_twice() -> Made:
    """Two matters with one number: the second is refused."""
    rows = [action(1), action(2), action(1, HAPPY)]
    outcome = reads({"actions": rows[:2]}, errors=[said("NOT_UNIQUE DUPLICATE_ROW", "A4")], refused=1)
    return Made(xlsx(table("actions", rows)), outcome)


@case("N16")
def one_person_for_two_doses() -> Made:
    """One person for two doses on one day stands there for each dose; the interval is another matter."""
    last = date(2022, 7, 1)
    people = [person(1), person(1, dose_no="d2", last_dose_date=last)]
    return Made(xlsx(table("roster", people)), reads({"roster": people}, refused=0))


@case("N16")
def a_roster_with_times() -> Made:
    """Gathering times as text and as time cells; days of the last dose in three spellings."""
    last = date(2022, 2, 3)
    people = [person(n, dose_no="b", last_dose_date=last, batch_time=time(9, 30)) for n in (1, 2, 3)]
    spelled, days = iter(["9:30", "09：30", time(9, 30)]), iter(["2022.2.3", "2022年2月3日", last])
    grid = table("roster", people, batch_time=lambda _t: next(spelled), last_dose_date=lambda _d: next(days))
    return Made(xlsx(grid), reads({"roster": people}, refused=0))
