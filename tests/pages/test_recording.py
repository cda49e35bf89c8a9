"""A part of a page that was drawn once is sent again as it is, where it was drawn, and nothing else moves for it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from pages.parts import recording


def _script() -> None:
    import io

    import streamlit as st

    from pages.parts import cache
    from tests.pages import test_recording

    @cache.drawn
    def part(word: str) -> None:
        test_recording.drawn.append(word)
        if word == "bad":
            raise ValueError(word)
        st.html("<style>p { color: red }</style>")
        with st.container(key=f"part_{word}"):
            st.markdown(f"**{word}**")
            for column, name in zip(st.columns(2), "ab", strict=True):
                column.caption(f"{word} {name}")
        if word == "file":
            st.download_button("file", io.BytesIO(b"1"), key="file")

    if st.checkbox("moved", key="moved"):
        st.markdown("above")
    with st.container():
        part("one")
        st.markdown("between")
        part("two")
    if st.checkbox("bad", key="bad"):
        try:
            part("bad")
        except ValueError:
            st.markdown("failed")
    if st.checkbox("file", key="with_file"):
        part("file")
    st.html("<style>b { color: blue }</style>")
    st.markdown("below")


drawn: list[str] = []


def _words(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return [str(part.value) for part in (*app.markdown, *app.caption)]


ALL = ["**one**", "between", "**two**", "below", "one a", "one b", "two a", "two b"]


def test_what_was_drawn_is_sent_again_at_its_place() -> None:
    drawn.clear()
    app = AppTest.from_function(_script).run()
    assert _words(app) == ALL and drawn == ["one", "two"]
    whole = repr(app.main)
    for other in (app.run(), AppTest.from_function(_script).run()):
        assert _words(other) == ALL and repr(other.main) == whole
    assert drawn == ["one", "two"], "nothing was drawn a second time, for another visitor neither"

    app.checkbox(key="moved").check().run()
    assert _words(app) == ["above", *ALL] and drawn[2:] == ["one", "two"], "at another place it is drawn anew"
    app.checkbox(key="moved").uncheck().run()
    assert _words(app) == ALL and len(drawn) == 4


def test_what_failed_or_holds_a_file_is_drawn_each_time() -> None:
    app = AppTest.from_function(_script).run()
    drawn.clear()
    app.checkbox(key="bad").check().run()
    app.run()
    assert drawn == ["bad", "bad"] and _words(app) == [*ALL[:3], "failed", *ALL[3:]]
    app.checkbox(key="bad").uncheck().run()
    app.checkbox(key="with_file").check().run()
    app.run()
    assert drawn[2:] == ["file", "file"]


def test_without_a_page_nothing_is_recorded() -> None:
    assert recording.place() is None
    seen: list[int] = []
    recording.once("nowhere", lambda: seen.append(1))
    recording.once("nowhere", lambda: seen.append(1))
    assert seen == [1, 1]
