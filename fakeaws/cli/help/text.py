"""Pages of help as text: headings, paragraphs, lists and literal blocks, and botocore's documentation HTML as these."""

from __future__ import annotations

from html.parser import HTMLParser
from textwrap import wrap

MARGIN = 7
"""Where text begins below a heading, as in a man page."""


class Page:
    """Lines of a page, with a blank line between blocks."""

    def __init__(self, width: int, bold: bool) -> None:
        self._width = max(width, 40)
        self._bold = bold
        self._lines: list[str] = []
        self._after_heading = False

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def strong(self, text: str) -> str:
        """`text` in bold where the page is for a terminal."""
        return f"\x1b[1m{text}\x1b[0m" if self._bold else text

    def heading(self, text: str) -> None:
        self._gap()
        self._lines.append(self.strong(text))
        self._after_heading = True

    def paragraph(self, text: str, indent: int = MARGIN, tight: bool = False) -> None:
        """A wrapped paragraph; `tight` leaves out the blank line before it."""
        if text.strip():
            if tight:
                self._after_heading = False
            else:
                self._gap()
            self._wrapped(text, " " * indent, " " * indent)

    def item(self, text: str, indent: int = MARGIN) -> None:
        """An item of a list."""
        self._gap()
        self._wrapped(text, " " * indent + "o ", " " * (indent + 2))

    def literal(self, text: str, indent: int = MARGIN) -> None:
        """Lines as they are."""
        self._gap()
        self._lines += [(" " * indent + line).rstrip() for line in text.splitlines()]

    def term(self, text: str, indent: int = MARGIN) -> None:
        """A term, above its description."""
        self._gap()
        self._lines.append(" " * indent + text)

    def html(self, documentation: str, indent: int = MARGIN, tight: bool = False) -> None:
        """Botocore's documentation; `tight`: its first paragraph follows the line before at once."""
        reader = _Reader(self, indent, tight)
        reader.feed(documentation)
        reader.close()
        reader.flush()

    def _wrapped(self, text: str, first: str, rest: str) -> None:
        width = self._width - 2
        self._lines += wrap(
            text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )

    def _gap(self) -> None:
        if self._lines and self._lines[-1] and not self._after_heading:
            self._lines.append("")
        self._after_heading = False


_BLOCKS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "dt", "dd", "table", "tr", "examples"))
_NOTES = {"note": "NOTE:", "important": "WARNING:", "caution": "WARNING:", "warning": "WARNING:"}
_DROPPED = frozenset(("fullname", "function"))


class _Reader(HTMLParser):
    """Turns HTML into blocks of a page."""

    def __init__(self, page: Page, indent: int, tight: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._page = page
        self._indent = indent
        self._tight = tight
        self._text: list[str] = []
        self._is_item = False
        self._literal = False
        self._dropping = 0
        self._lists = 0
        """How many lists are open here; within a note the count starts again."""
        self._outside: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping += 1
        elif tag in _NOTES:
            self.flush()
            self._page.term(self._page.strong(_NOTES[tag]), self._indent)
            self._indent += 3
            self._tight = True
            self._outside.append(self._lists)
            self._lists = 0
        elif tag in ("ul", "ol", "dl"):
            self.flush()
            self._indent += 0 if self._at_margin(tag) else 2
        elif tag == "li":
            self.flush()
            self._is_item = True
        elif tag in ("pre", "programlisting"):
            self.flush()
            self._literal = True
        elif tag in _BLOCKS or tag == "br":
            self.flush()
            self._indent += 3 if tag == "dd" else 0

    def _at_margin(self, tag: str) -> bool:
        """Whether a list starts at its paragraph's own margin: the outermost one does."""
        self._lists += 1
        return self._lists == 1 or tag == "dl"

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropping = max(self._dropping - 1, 0)
        elif tag in _NOTES:
            self.flush()
            self._indent -= 3
            self._lists = self._outside.pop() if self._outside else 0
        elif tag in ("ul", "ol", "dl"):
            self.flush()
            self._indent -= 0 if self._lists == 1 or tag == "dl" else 2
            self._lists = max(self._lists - 1, 0)
            self._is_item = False
        elif tag in ("pre", "programlisting"):
            self._page.literal("".join(self._text), self._indent + 3)
            self._text = []
            self._literal = False
        elif tag in _BLOCKS or tag == "li":
            self.flush()
            self._indent -= 3 if tag == "dd" else 0

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._text.append(data)

    def flush(self) -> None:
        """End the block that is being read."""
        text = " ".join("".join(self._text).split())
        self._text = []
        if not text:
            return
        if self._is_item:
            self._page.item(text, self._indent)
        elif self._lists:
            self._page.paragraph(text, self._indent + 2)
        else:
            self._page.paragraph(text, self._indent, self._tight)
        self._tight = False
        self._is_item = False
