"""fakeaws: the AWS command line with a whole cloud behind it in one local folder."""

__version__ = "0.1.0"
