"""Halves of surrogate pairs: JSON can escape one alone, but it is no text, and no file can hold it (RFC 8259, 8.2)."""


def has_lone(text: str) -> bool:
    """Whether a text has a half that stands alone."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
