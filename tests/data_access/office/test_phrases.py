"""The office's own words for the spoken summary: kept, checked, put back."""

import pytest

from config import language
from data_access import database
from data_access.accounts import NotAllowedError, Role
from data_access.office import phrases
from data_access.office.phrases import PhraseError
from tests.data_access.street import Board
from tests.pages.conftest import account, administrator


@pytest.fixture
def supervisor(office):
    Board(administrator()).communities(["春晖社区"])
    return account(Role.SUPERVISOR)


def test_a_wording_is_kept_for_its_language_and_counted_as_new_data(supervisor):
    before = database.data_version()
    phrases.word(supervisor, "called", "zh_CN", "今天请 <b>{people}</b> 位居民来接种")
    assert phrases.wordings(supervisor) == {"called": "今天请 <b>{people}</b> 位居民来接种"}
    assert phrases.wordings(supervisor, "en") == {}
    assert database.data_version() == before + 1
    phrases.word(supervisor, "called", "zh_CN", "请 {people} 位")
    assert phrases.wordings(supervisor) == {"called": "请 {people} 位"}
    phrases.reset(supervisor, "called", "zh_CN")
    assert phrases.wordings(supervisor) == {}


@pytest.mark.parametrize("role", [Role.LEADER, Role.CLERK])
def test_others_read_the_words_and_do_not_change_them(supervisor, role):
    other = account(role)
    assert phrases.wordings(other) == {}
    with pytest.raises(NotAllowedError):
        phrases.word(other, "called", "zh_CN", "请 {people} 位")
    with pytest.raises(NotAllowedError):
        phrases.reset(other, "called", "zh_CN")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("请 {name} 来", "没有字段 {name}"),
        ("请 {} 来", "没有字段 {}"),
        ("请 {people 来", "花括号不成对"),
        ("请 people} 来", "花括号不成对"),
        ("请 {people:>9} 来", "花括号不成对"),
        ("请 {people.real} 来", "花括号不成对"),
        ("请 {people!r} 来", "花括号不成对"),
        ("请 <b>{people} 来", "标记不成对"),
        ("请 <i>{people}</i> 来", "标记不成对"),
        ("请 <b><act>{people}</act></b>", "标记不成对"),
        ("  ", "不能为空"),
        ("请\n{people}", "只能写一行"),
        ("请" * 201, "句子太长"),
    ],
)
def test_what_cannot_be_spoken_is_refused_with_a_sentence(supervisor, text, says):
    with pytest.raises(PhraseError) as refusal:
        phrases.word(supervisor, "called", "zh_CN", text)
    assert says in str(refusal.value)
    assert phrases.wordings(supervisor) == {}


def test_there_is_no_other_sentence_or_language(supervisor):
    for key, spoken in (("weather", "zh_CN"), ("called", "fr")):
        with pytest.raises(PhraseError):
            phrases.word(supervisor, key, spoken, "好")


@pytest.mark.parametrize("spoken", list(language.LANGUAGES))
@pytest.mark.parametrize("key", list(phrases.SHIPPED))
def test_every_shipped_sentence_passes_its_own_check(key, spoken):
    with language.speaking(spoken):
        phrases.check(key, language._(phrases.SHIPPED[key].text))
