"""Parts of `fakeaws cloud`."""
