"""`python -m fakeaws` is the command `fakeaws`."""

from fakeaws.cli.main import main

main()
