"""Workers that die, hang and fail: replaced, and what they worked on is named."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from narrator.build.crew.local import crew, within
from narrator.errors import EngineError, MasterError, RenderError

FOREVER = 60.0


def double(number: int) -> int:
    return 2 * number


def who() -> int:
    return os.getpid()


def fall(path: Path, *, times: int) -> str:
    """Be killed so many times, counted by a file."""
    fallen = int(path.read_text()) if path.exists() else 0
    if fallen < times:
        path.write_text(str(fallen + 1))
        with within(FOREVER, "script/one.nar:7", "the engine 'glass'"):
            os.kill(os.getpid(), signal.SIGKILL)
    return f"fell {fallen} times"


def leave() -> None:
    os._exit(3)


def hang() -> None:
    with within(0.2, "script/one.nar:9", "the engine 'mud'"):
        time.sleep(FOREVER)


def doze() -> None:
    time.sleep(FOREVER)


def fail() -> None:
    raise MasterError("is too loud", where="script/two.nar", hint="Turn it down.")


def blunder() -> None:
    raise ZeroDivisionError("ours")


def refuse(path: Path) -> None:
    (path / "none").read_bytes()


def test_every_job_is_done_once() -> None:
    with crew(2) as workers:
        done = []
        jobs = list(range(9))
        while jobs or workers.busy:
            while jobs and workers.hungry:
                workers.start("here", double, jobs.pop())
            done += workers.finished()
        assert sorted(done) == [2 * number for number in range(9)]
        assert len(workers.processes) == 2
        processes = workers.processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_worker_that_dies_once_is_replaced_and_its_job_done(tmp_path: Path) -> None:
    with crew(1) as workers:
        workers.start("first", fall, tmp_path / "count", times=1)
        workers.start("second", who)
        answers = [*workers.finished(), *workers.finished()]
        assert answers == ["fell 1 times", *workers.processes]


def test_ctrl_c_while_a_worker_begins_leaves_it_be(capfd: pytest.CaptureFixture[str]) -> None:
    with crew(1) as workers:
        workers.start("x", os.getpid)
        [beginner] = multiprocessing.active_children()
        os.kill(beginner.pid or 0, signal.SIGINT)  # it has not even imported us
        assert list(workers.finished()) == [beginner.pid]
    assert "Traceback" not in capfd.readouterr().err


def test_a_job_that_kills_its_workers_is_named(tmp_path: Path) -> None:
    with crew(2) as workers:
        workers.start("script/one.nar:1 to script/one.nar:8", fall, tmp_path / "count", times=9)
        with pytest.raises(EngineError) as caught:
            list(workers.finished())
    assert caught.value.where == "script/one.nar:7"
    assert "the engine 'glass' died (SIGKILL)" in str(caught.value)
    assert (tmp_path / "count").read_text() == "2"


def test_a_worker_that_leaves_is_named_by_its_job() -> None:
    with crew(1) as workers:
        workers.start("script/two.nar", leave)
        with pytest.raises(EngineError, match=r"script/two\.nar: a recording process died \(exit code 3\)"):
            list(workers.finished())


def test_a_worker_that_hangs_is_killed_and_the_line_named() -> None:
    with crew(1) as workers:
        workers.start("a batch", hang)
        with pytest.raises(
            EngineError, match=r"script/one\.nar:9: the engine 'mud' did not end within 0.2 s"
        ):
            list(workers.finished())
        assert not workers.busy


def test_others_go_on_while_one_hangs() -> None:
    with crew(2) as workers:
        workers.start("a batch", hang)
        workers.start("here", double, 21)
        assert list(workers.finished()) == [42]


def test_a_job_that_asks_for_no_time_has_the_crews_patience() -> None:
    with crew(1, patience=0.2) as workers:
        workers.start("script/two.nar", doze)
        with pytest.raises(EngineError, match=r"script/two\.nar: a recording process did not end"):
            list(workers.finished())


def test_what_a_job_raises_comes_back_whole(tmp_path: Path) -> None:
    with crew(1) as workers:
        workers.start("here", fail)
        with pytest.raises(MasterError) as caught:
            list(workers.finished())
        assert str(caught.value) == "script/two.nar: is too loud. Turn it down."
        workers.start("here", refuse, tmp_path)
        with pytest.raises(RenderError, match="here: the system refused"):
            list(workers.finished())
        workers.start("here", blunder)
        with pytest.raises(RuntimeError, match="ZeroDivisionError: ours"):
            list(workers.finished())
        workers.start("here", double, 1)
        assert list(workers.finished()) == [2]


def test_a_step_outside_of_a_crew_is_nothing_special() -> None:
    with within(0.0, "here", "nobody"):
        assert double(1) == 2
