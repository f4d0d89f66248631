"""Where reports lie: a folder of this machine, or the objects of a bucket."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol

from tesuri.cli.intake.report_file import report_document, streamed_document
from tesuri.cli.named_file import shown_name
from tesuri.cli.state import Session, tell
from tesuri.cli.terminal import progress
from tesuri.flows.intake.ingest_report import IngestOptions, IngestSummary
from tesuri.flows.intake.watch_folder import Stamp, is_report_name
from tesuri.model.errors import BadInput, Unavailable, Unsupported
from tesuri.model.objects import SCHEME, BucketAddress, StoredObject, bucket_address
from tesuri.untrusted.byte_source import Document, refuse_size
from tesuri.wiring.intake import IntakeSite

_LARGEST_OBJECT: Final = 16 * 1024 * 1024 * 1024
"""Bytes of an object that are fetched; they lie on disk while they are read."""


class Place(Protocol):
    """What a watch looks at."""

    def files(self) -> Mapping[str, Stamp]:
        """Give what is there, by name. **raises** BadInput where there is no such place."""
        ...

    def document(self, name: str) -> AbstractContextManager[Document]:
        """Open what has this name."""
        ...

    def shown(self, name: str) -> str:
        """Give the name as it is said and stored."""
        ...

    def remember(self, name: str) -> None:
        """Note that it was taken in as it is."""
        ...


class FolderPlace:
    """The finished files of a folder, without those in folders below."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; nothing is read yet."""
        self._folder = folder

    def files(self) -> Mapping[str, Stamp]:
        """Give the finished files; what goes while we look is not there."""
        found: dict[str, Stamp] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    try:
                        if is_report_name(entry.name) and entry.is_file():
                            about = entry.stat()
                            found[entry.name] = Stamp(
                                about.st_ino, about.st_size, about.st_mtime_ns
                            )
                    except FileNotFoundError:
                        continue
        except OSError as error:
            raise BadInput(
                f"The folder cannot be read: {error.strerror or error}.",
                where=shown_name(str(self._folder)),
                remedy="Give a folder that exists and that you may read.",
            ) from error
        return found

    def document(self, name: str) -> AbstractContextManager[Document]:
        """Open a file of the folder."""
        return report_document(str(self._folder / name))

    def shown(self, name: str) -> str:
        """Give the file's name."""
        return shown_name(name)

    def remember(self, name: str) -> None:
        """A folder needs no memory of its own: reading a file again costs little."""


class BucketPlace:
    """The objects of a bucket whose keys begin so; those that were taken in as they are, are not there."""

    def __init__(self, site: IntakeSite, address: BucketAddress, options: IngestOptions) -> None:
        """Take the address; nothing is asked yet."""
        self._site = site
        self._address = address
        self._said = hashlib.sha256(repr(options).encode()).hexdigest()[:16]
        self._objects: dict[str, StoredObject] = {}
        self.unchanged = 0
        """Objects of the last look that were taken in before."""

    def files(self) -> Mapping[str, Stamp]:
        """Give the objects to take in, by their addresses; an object is always whole."""
        known = self._site.readable().taken_objects(str(self._address))
        self._objects = {}
        self.unchanged = 0
        for stored in self._site.buckets.listed(self._address):
            if not is_report_name(stored.key.rpartition("/")[2]):
                continue
            if known.get(stored.address) == self._mark(stored):
                self.unchanged += 1
            else:
                self._objects[stored.address] = stored
        return {name: Stamp(0, each.size, 0, each.etag) for name, each in self._objects.items()}

    def document(self, name: str) -> AbstractContextManager[Document]:
        """Fetch an object as it was listed."""
        return object_document(self._site, self._objects[name])

    def shown(self, name: str) -> str:
        """Give the object's address."""
        return shown_name(name)

    def remember(self, name: str) -> None:
        """Keep in the store how it was taken in, so that no later run reads it again."""
        self._site.store.remember_object(name, self._mark(self._objects[name]))

    def _mark(self, stored: StoredObject) -> str:
        return f"{stored.etag} {self._said}"


def report_names(names: Sequence[str]) -> list[str]:
    """Give the names of reports, a folder as the finished files in it and below it, in order.

    Hidden ones and those that are half written are left out. **raises** BadInput for a folder without any.
    """
    found: list[str] = []
    for name in names:
        folder = Path(name)
        if name == "-" or name.startswith(SCHEME) or not folder.is_dir():
            found.append(name)
            continue
        inside = sorted(str(each) for each in folder.rglob("*") if _is_finished(each, folder))
        if not inside:
            raise BadInput(
                "There is no report in this folder.",
                where=shown_name(name),
                remedy="Name the reports, or the folder that holds them.",
            )
        found += inside
    return found


def _is_finished(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return all(is_report_name(part) for part in parts) and file.is_file()


def place_of(session: Session, name: str, options: IngestOptions) -> Place:
    """Give the place that a name means: `s3://bucket/prefix`, or a folder."""
    if name.startswith(SCHEME):
        return BucketPlace(session.intake, bucket_address(name), options)
    return FolderPlace(Path(name))


@contextmanager
def object_document(site: IntakeSite, stored: StoredObject) -> Iterator[Document]:
    """Give an object's bytes, or where they were put. **raises** BadInput for more than 16 GB."""
    refuse_size(stored.size, stored.address, _LARGEST_OBJECT)
    with streamed_document(site.buckets.parts(stored), stored.address) as document:
        yield document


def take_objects(
    session: Session,
    names: Sequence[str],
    options: IngestOptions,
    done: list[IngestSummary],
) -> tuple[int, bool]:
    """Take the objects of these addresses in; give how many were unchanged, and whether something was refused.

    An address that ends with a slash, or is a bucket, means all below; any other one object.
    """
    unchanged, is_failed = 0, False
    for name in names:
        address = bucket_address(name)
        place = BucketPlace(session.intake, address, options)
        try:
            found = [each for each in place.files() if address.is_folder or each == str(address)]
        except (BadInput, Unavailable) as error:
            tell(str(error))
            is_failed = True
            continue
        unchanged += place.unchanged
        if not (found or place.unchanged):
            tell(f"{shown_name(name)}: There is no such object.")
            is_failed = True
        for each in progress(found):
            is_failed |= not _take(session.intake, place, each, options, done)
    return unchanged, is_failed


def _take(
    site: IntakeSite,
    place: BucketPlace,
    name: str,
    options: IngestOptions,
    done: list[IngestSummary],
) -> bool:
    try:
        with place.document(name) as document:
            done.append(site.ingest(document, where=place.shown(name), options=options))
    except (BadInput, Unsupported, Unavailable) as error:
        tell(str(error))
        return False
    place.remember(name)
    return True
