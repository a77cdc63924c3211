"""What can be wrong with a cloud's database, in words for its user. Nothing of the call was stored in any case."""

from __future__ import annotations

from fakeaws.core.tools.errors import CloudError


class DiskFull(CloudError):
    """The cloud's folder has no room left."""


class Damaged(CloudError):
    """The file is no database, or its pages contradict each other."""


class OtherVersion(CloudError):
    """The database was written by a newer fakeaws, or by something else."""


class ReadOnly(CloudError):
    """The folder cannot be written to: the cloud can be read, and that is all."""


class KeyLost(CloudError):
    """The file that has the cloud's key is missing, another one, or cannot be read: its secrets stay sealed."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"The cloud's secrets cannot be read or sealed: its key {path} {problem}. Put it back. {MENDING}."
        )


class Gone(CloudError):
    """The database that was opened is no longer the one in the cloud's folder."""


class BodyMissing(CloudError):
    """No file has a body: it was lost, or it was deleted by a call that ended meanwhile."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The content of this object is missing: there is no file {path}.")


class BodyDamaged(CloudError):
    """A file has other bytes than those that were stored."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The content of this object is damaged: the file {path} was changed.")


MENDING = "`fakeaws cloud snapshot restore NAME` goes back to a snapshot, `fakeaws cloud reset` begins anew"
