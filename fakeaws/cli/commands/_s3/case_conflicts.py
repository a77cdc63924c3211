"""--case-conflict: objects whose names differ in case only, on a file system that ignores case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fakeaws.cli.commands._s3 import places
from fakeaws.cli.commands._s3.places import Item, Place
from fakeaws.cli.errors import CliError, GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

_PAGE = "https://docs.aws.amazon.com/cli/latest/topic/s3-case-insensitivity.html"
_WHY = "a file whose name differs only by case either exists or is being downloaded."


class CaseConflicts:
    """The files of one command; `how` is `skip`, `warn` or `error`."""

    def __init__(self, how: str, source: Place, streams: Streams) -> None:
        self._how = how
        self._streams = streams
        self._taken: set[str] = set()
        self._is_blind = places.is_directory(source.bucket)
        if self._is_blind:
            self._warn_of_directory()

    def _warn_of_directory(self) -> None:
        """The lists of directory buckets are in no order in which conflicts could be found."""
        if self._how != "warn":
            raise CliError(
                f"`{self._how}` is not a valid value for `--case-conflict` when operating on S3 Express directory"
                " buckets. Valid values: `warn`, `ignore`."
            )
        self._streams.stderr.write(
            "warning: Recursive copies/moves from an S3 Express directory bucket to a case-insensitive local filesystem"
            " may result in undefined behavior if there are S3 object key names that differ only by case. To disable"
            f" this warning, set the `--case-conflict` parameter to `ignore`. For more information, see {_PAGE}."
        )

    def takes(self, item: Item, target: str) -> bool:
        """Whether an object is to be downloaded; GeneralError where a conflict is an error."""
        name = item.name.lower()
        is_new = not os.path.exists(target)
        if (
            self._is_blind
            or (name not in self._taken and is_new)
            or not (name in self._taken or self._is_other(target))
        ):
            self._taken.add(name)
            return True
        where = f"{item.path} -> {target}"
        if self._how == "error":
            raise GeneralError(f"Failed to download {where} because {_WHY}")
        if self._how == "skip":
            self._streams.stderr.write(f"warning: Skipping {where} because {_WHY}\n")
            return False
        self._streams.stderr.write(
            f"warning: Downloading {where} despite a file whose name differs only by case either existing or being"
            " downloaded. This behavior is not defined on case-insensitive filesystems and may result in overwriting"
            f" existing files or race conditions between concurrent downloads. For more information, see {_PAGE}.\n"
        )
        return True

    def _is_other(self, target: str) -> bool:
        """Whether the existing file of a name has another name, on a file system that ignores case."""
        folder, name = os.path.split(target)
        return name not in os.listdir(folder)
