"""Texts to the group robot, against a real server that fails, hangs, refuses and answers."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data_access import accounts
from data_access.accounts import NotAllowedError, Role
from data_access.office import districts, overrides, postings
from data_access.office.postings import PostingError
from tests.conftest import Office
from tests.data_access.street import Board
from tests.pages.conftest import account, administrator

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
OK = (200, {"errcode": 0, "errmsg": "ok"})


class Robot:
    """A group robot: answers as told, the last answer for ever, and remembers what came."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = [OK]
        self.came: list[dict[str, object]] = []
        self.delay = 0.0
        robot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                robot.came.append(json.loads(content))
                time.sleep(robot.delay)
                status, said = robot.answers.pop(0) if len(robot.answers) > 1 else robot.answers[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send?key={KEY}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def robot(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    made = Robot()
    monkeypatch.setenv("NO_PROXY", "*")
    office.set("STREET_WEBHOOK", json.dumps({"url": made.url, "seconds": 1, "pauses": [60, 300]}))
    Board(administrator()).communities(["春晖社区"])
    yield made
    office.set("STREET_WEBHOOK", None)  # without an address the sender ends
    until(lambda: postings._sender is None or not postings._sender.is_alive())
    made.server.shutdown()


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def row(number: int) -> dict[str, object]:
    frame = postings.latest(administrator())
    return frame[frame["id"] == number].iloc[0].to_dict()


def test_a_text_goes_in_the_background_as_the_robot_wants_it(robot):
    supervisor = account(Role.SUPERVISOR)
    [number] = postings.queue(supervisor, "reminder", "安康社区：晚调度（08-11 20:00 前）")
    until(lambda: row(number)["state"] == "sent")
    assert robot.came == [{"msgtype": "text", "text": {"content": "安康社区：晚调度（08-11 20:00 前）"}}]
    assert row(number)["attempts"] == 1


def test_it_is_tried_again_after_growing_pauses_and_arrives_once(robot, office):
    robot.answers = [(502, {}), (200, {"errcode": 45009}), OK]
    [number] = postings.queue(administrator(), "notice", "排名通报")
    until(lambda: row(number)["state"] == "failing")
    assert "502" in str(row(number)["failure"])
    office.now("2022-08-12T20:42:59")
    assert postings.deliver() == 0 and len(robot.came) == 1, "not before its time"
    office.now("2022-08-12T20:43:01")
    assert postings.deliver() == 0 and "45009" in str(row(number)["failure"])
    office.now("2022-08-12T20:47:00")
    assert postings.deliver() == 0 and len(robot.came) == 2, "the second pause is longer"
    office.now("2022-08-12T20:48:02")
    assert postings.deliver() == 1
    assert row(number)["state"] == "sent" and not row(number)["failure"] and len(robot.came) == 3
    office.now("2022-08-13T20:48:02")
    assert postings.deliver() == 0 and len(robot.came) == 3


def test_it_is_given_up_in_the_end_and_sent_again_by_hand(robot, office):
    robot.answers = [(500, {})]
    [number] = postings.queue(administrator(), "notice", "排名通报")
    until(lambda: row(number)["attempts"] == 1 and row(number)["state"] == "failing")
    for moment in ("2022-08-12T20:50", "2022-08-12T21:00"):
        office.now(moment)
        postings.deliver()
    assert row(number)["state"] == "given_up" and row(number)["attempts"] == 3
    robot.answers = [OK]
    postings.again(account(Role.SUPERVISOR), number)
    until(lambda: row(number)["state"] == "sent")
    with pytest.raises(PostingError):
        postings.again(administrator(), number)


@pytest.mark.parametrize(
    ("answer", "says"),
    [((302, {}), "302"), ((200, "好"), "不是机器人"), ((200, {"errcode": 93000, "errmsg": KEY}), "93000")],
)
def test_every_wrong_answer_is_a_failure_in_words(robot, answer, says):
    robot.answers = [answer]
    [number] = postings.queue(administrator(), "notice", "排名通报")
    until(lambda: row(number)["state"] == "failing")
    assert says in str(row(number)["failure"]) and KEY not in str(row(number)["failure"])


def test_an_address_that_hangs_holds_up_nobody_and_is_put_off(robot, caplog):
    robot.delay = 8
    began = time.monotonic()
    with caplog.at_level(logging.DEBUG):
        [number] = postings.queue(administrator(), "notice", "排名通报")
        assert time.monotonic() - began < 8 and row(number)["state"] == "waiting", "queueing waits for nobody"
        until(lambda: row(number)["state"] == "failing")
    assert row(number)["failure"] == "超时未应答"
    assert KEY not in caplog.text and "通报" not in caplog.text


def test_nobody_at_the_address(robot, office):
    robot.server.server_close()
    [number] = postings.queue(administrator(), "notice", "排名通报")
    until(lambda: row(number)["state"] == "failing")
    assert row(number)["failure"] in ("连不上机器人服务器", "超时未应答")


def test_two_senders_do_not_send_a_text_twice(robot):
    robot.answers = [(500, {})]
    [number] = postings.queue(administrator(), "notice", "排名通报")
    until(lambda: row(number)["state"] == "failing")
    robot.answers, robot.delay = [OK], 0.3
    postings._settle(number, next_at=postings.clock.now())
    senders = [threading.Thread(target=postings.deliver) for _sender in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(robot.came) == 2 and row(number)["state"] == "sent"


def test_without_an_address_nothing_is_queued(office):
    Board(administrator()).communities(["春晖社区"])
    assert not postings.on()
    with pytest.raises(PostingError, match="群机器人"):
        postings.queue(administrator(), "notice", "排名通报")
    assert postings.latest(administrator()).empty


@pytest.mark.parametrize("text", ["请张三 138 1234-5678 来", "证件 110101199003077758", "  "])
def test_personal_numbers_and_empty_texts_are_refused(robot, text):
    with pytest.raises(PostingError):
        postings.queue(administrator(), "reminder", text)
    assert robot.came == [] and postings.latest(administrator()).empty


@pytest.mark.parametrize("role", [Role.LEADER, Role.CLERK])
def test_others_neither_send_nor_see_what_was_sent(robot, role):
    with pytest.raises(NotAllowedError):
        postings.queue(account(role), "notice", "排名通报")
    with pytest.raises(NotAllowedError):
        postings.latest(account(role))


def test_a_long_text_goes_in_parts_cut_between_lines():
    lines = [f"第{n}社区：接种名单、早会商、晚调度" for n in range(120)]
    parts = postings.parts("\n".join(lines))
    assert len(parts) > 1 and all(len(part.encode()) <= postings.MOST_BYTES for part in parts)
    assert "\n".join(parts).splitlines() == lines
    assert "".join(postings.parts("安" * 3000)) == "安" * 3000


def test_a_street_posts_to_its_own_group(robot: Robot, office: Office) -> None:
    office.set("STREET_WEBHOOK", None)
    machine = accounts.console()
    districts.found_street(machine, "海棠街道", "admin_ht")
    other = accounts.actor("admin_ht")
    overrides.put(other, {"webhook.url": robot.url})
    postings.queue(other, "test", "海棠街道的话")
    accounts.console()
    assert not postings.on(), "the first street has no robot, and its texts go nowhere"
    until(lambda: bool(robot.came))
    assert [one["text"] for one in robot.came] == [{"content": "海棠街道的话"}]
    with pytest.raises(PostingError):
        postings.queue(accounts.console(), "test", "示范街道的话")
