"""A merchant's YAML file to plain values, with the line of every entry; no surprise of YAML gets through.

Out come values and lines by path. Refused, each with its line: names written twice, tags, names that YAML reads as
something else than text (`on`, `no`, `1`), nesting or aliases beyond every honest file. Needs PyYAML, which is not in
the layer: for the command line and the tests, never for a function.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

MAX_BYTES = 200_000
MAX_DEPTH = 12
MAX_ENTRIES = 5_000
"""Counted with every alias followed, so that nine lines of aliases can not become a billion entries."""

type Path = tuple[str | int, ...]

_PLAIN_TAGS = ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong, and where."""

    line: int
    path: Path
    reason: str


@dataclass(slots=True)
class Content:
    """What a file says.

    Attributes:
        value: Plain values: dict, list, text, number, bool, date, `None`.
        lines: Line of each entry, counted from 1, by its path.
        flaws: What was wrong already as YAML.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Line of the entry, or of the nearest one around it when the entry itself is missing."""
        around = (path[:length] for length in range(len(path), -1, -1))
        return next((self.lines[one] for one in around if one in self.lines), 1)


def read_yaml(raw: bytes) -> Content:
    """Read a file's bytes. What can not be read at all is a single flaw."""
    content = Content()
    try:
        root = _root(raw)
        if root is not None:
            content.value = _Reading(content).value(root, (), root.start_mark.line)
    except _UnreadableError as error:
        content.flaws = [Flaw(error.line, (), error.reason)]
    return content


class _UnreadableError(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def _root(raw: bytes) -> yaml.Node | None:
    if len(raw) > MAX_BYTES:
        raise _UnreadableError(1, f"the file is larger than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
        _refuse_depth(text)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _UnreadableError(mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _UnreadableError(1, "not a text in UTF-8") from error


def _refuse_depth(text: str) -> None:
    """Looks at the events one by one: the composer would recurse before anybody could object."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _UnreadableError(_line(event), "nested too deeply")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reading:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._entries_left = MAX_ENTRIES
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Path, line: int) -> object:
        self._entries_left -= 1
        if self._entries_left < 0 or len(path) > MAX_DEPTH:
            raise _UnreadableError(line + 1, "its aliases make it larger than any honest file")
        self._content.lines[path] = line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in _PLAIN_TAGS:
            self._flaw(node, path, "tags are not accepted")
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, (*path, at), one.start_mark.line) for at, one in enumerate(node.value)]
        return dict(self._entries(node, path))

    def _entries(self, node: yaml.Node, path: Path) -> Iterator[tuple[str, object]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node, path) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
                self._flaw(key_node, (*path, name), "the name of an entry must be a text; put it in quotes")
            elif key in seen:
                self._flaw(key_node, (*path, key), f"written twice, first in line {seen[key]}")
            else:
                seen[key] = key_node.start_mark.line + 1
                yield key, self.value(value_node, (*path, key), key_node.start_mark.line)

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            self._flaw(node, path, "not readable as what it looks like; put it in quotes if it is a text")
            return None

    def _flaw(self, node: yaml.Node, path: Path, reason: str) -> None:
        self._content.flaws.append(Flaw(node.start_mark.line + 1, path, reason))
