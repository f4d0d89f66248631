"""A change of files is taken over whole or not at all, and each outcome is said once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tesuri.flows.site.follow_files import INTERVAL, FilesStamp, Follower
from tesuri.model.errors import BadInput

NOW = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
LATER = NOW + INTERVAL


@dataclass
class Folder:
    """Files that a test changes."""

    content: str = "first"
    written_at: datetime = NOW - timedelta(days=1)
    looks: int = 0
    said: list[str] = field(default_factory=list)

    def stamp(self) -> FilesStamp:
        self.looks += 1
        return FilesStamp(self.content, self.written_at)

    def read(self, _before: str) -> str:
        if "wrong" in self.content:
            raise BadInput(f"There is no team in {self.content}.", where="teams/a.yaml")
        return self.content

    def follower(self) -> Follower[str]:
        return Follower(self.content, self.stamp, self.read, self.said.append)


def test_a_change_is_taken_over_at_the_next_look() -> None:
    folder = Folder()
    follower = folder.follower()
    assert follower.at(NOW) == "first"
    folder.content = "second"
    assert follower.at(NOW + INTERVAL / 2) == "first"
    assert follower.at(LATER) == "second"
    assert folder.said == ["The changed files of the workspace are taken over."]


def test_nothing_is_read_again_while_nothing_changed() -> None:
    folder = Folder()
    follower = folder.follower()
    values = {id(follower.at(NOW + number * INTERVAL)) for number in range(5)}
    assert len(values) == 1
    assert (folder.looks, folder.said) == (6, [])


def test_wrong_files_leave_the_old_value_and_are_said_once() -> None:
    folder = Folder()
    follower = folder.follower()
    folder.content = "wrong"
    for number in range(4):
        assert follower.at(NOW + number * INTERVAL) == "first"
    sentence = "teams/a.yaml: There is no team in wrong."
    assert follower.problem == sentence
    assert folder.said == [f"The changed files are not taken over: {sentence}"]


def test_mended_files_are_taken_over_and_end_the_problem() -> None:
    folder = Folder(content="first")
    follower = folder.follower()
    folder.content = "wrong"
    follower.at(NOW)
    folder.content = "mended"
    assert follower.at(LATER) == "mended"
    assert follower.problem == ""
    assert len(folder.said) == 2


def test_files_put_back_as_they_were_end_the_problem_too() -> None:
    folder = Folder()
    follower = folder.follower()
    folder.content = "wrong"
    follower.at(NOW)
    folder.content = "first"
    assert follower.at(LATER) == "first"
    assert follower.problem == ""


def test_files_that_are_still_being_written_wait_for_the_next_look() -> None:
    folder = Folder()
    follower = folder.follower()
    folder.content, folder.written_at = "second", NOW
    assert follower.at(NOW) == "first"
    assert follower.at(LATER) == "second"
