"""The command `fakeaws`, also as `python -m fakeaws`."""

from __future__ import annotations

import gc

OBJECTS = 200_000
"""How many new objects the collector of cycles waits for: a command makes fewer, and is over before it would pay."""


def main() -> None:
    """The entry point: exits with the command's code."""
    gc.set_threshold(OBJECTS)
    from fakeaws.cli.main import main as run

    try:
        run()
    finally:
        gc.freeze()  # a process that ends needs no last look at all of its objects


if __name__ == "__main__":
    main()
