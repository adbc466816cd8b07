"""What the YAML parser stumbles over, said in the author's words.

libyaml names the rule of its grammar that failed ("did not find expected key"); an author needs the place to look at,
what stands there, and the mend. The wording of libyaml 0.2.5 is matched in part only; an unknown one becomes a
`yaml-syntax` fault with the original sentence.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from specflow.diagnostics import Diagnostic, Span, error

DELETE_IT = "delete it, or put the whole value in quotes if it is text"
QUOTE_IT = 'put the whole value in quotes, or write it on the lines below a "|"'
_QUOTES = "\"'"
_INSIDE = {'"': r"a quote inside is written \"", "'": "a quote inside is written twice"}
_ALIAS_BEFORE = re.compile(r"\*[\w-]+\s*$")
_LONGEST_KEY = 1024  # YAML 1.2.2, section 7.4.2: an implicit key is limited to 1024 characters


def span_at(file: Path, text: str, index: int) -> Span:
    """Return the line and column of a character; CR, LF and CR LF end a line."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Span(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def shown(text: str, width: int = 60) -> str:
    """Return author's text as a message quotes it: one line, shortened, in double quotes, nothing invisible."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text[: 4 * width].split()))
    return f'"{line[: width - 1]}…"' if len(line) > width else f'"{line}"'


def syntax_fault(fault: yaml.YAMLError, text: str, file: Path, opened: int | None, latest: int) -> Diagnostic:
    """Return the diagnostic for what the parser raised.

    `opened` and `latest` are where the innermost open list or mapping and the last complete scalar start in the text.
    """
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark is not None:
        return _Fault(fault, fault.problem_mark, text, file, opened, latest).diagnostic()
    hint = "open the file in an editor that checks YAML"
    return error("yaml-syntax", f"this is not YAML: {shown(str(fault))}", Span(file), hint)


class _Fault:
    """One parser error with the text around it: `start` is where the construct begins, `index` where it breaks off."""

    def __init__(
        self,
        fault: yaml.MarkedYAMLError,
        problem: yaml.Mark,
        text: str,
        file: Path,
        opened: int | None,
        latest: int,
    ) -> None:
        context = fault.context_mark or problem
        self.problem, self.context = fault.problem or "", fault.context or ""
        self.file, self.text, self.opened, self.latest = file, text, opened, latest
        self.index, self.span = problem.index, Span(file, problem.line + 1, problem.column + 1)
        self.start, self.start_span = context.index, Span(file, context.line + 1, context.column + 1)
        self.begin = problem.index - problem.column
        self.before = text[self.begin : self.index]
        self.char = text[self.index : self.index + 1]

    def diagnostic(self) -> Diagnostic:
        """Return the first reading that fits."""
        if "tab character" in self.problem or (self.char == "\t" and "cannot start" in self.problem):
            return self._tab()
        if "quoted scalar" in self.context:
            return self._unclosed_quote() if "found unexpected" in self.problem else self._escape()
        if "block scalar" in self.context:
            return self._block_header()
        if "directive" in self.context:
            return directive(self.start_span)
        if "tag handle" in self.problem:
            return unknown_tag(self.text[self.start :].split(maxsplit=1)[0], self.start_span)
        if any(word in self.context for word in ("an anchor", "an alias", "a tag")):
            return _bad_start(self.text[self.start], self.start_span)
        if "simple key" in self.context:
            return self._no_colon(self.start)
        if "not allowed in this context" in self.problem:
            return self._stray_colon() if "values" in self.problem else self._stray_indicator()
        if "flow sequence" in self.context or "flow mapping" in self.context:
            return self._unclosed_bracket(self.start)
        if "node content" in self.problem:
            return self._no_content()
        if "cannot start any token" in self.problem:
            return _bad_start(self.char, self.span)
        if "expected key" in self.problem or "'-' indicator" in self.problem:
            return self._stray_text() if self.before.strip() else self._indentation()
        hint = QUOTE_IT + ", if it is text"
        return error("yaml-syntax", f"this is not YAML: {self.problem}", self.span, hint)

    def _tab(self) -> Diagnostic:
        return error("yaml-tab", "a tab is used to indent", self.span, "indent with spaces; YAML allows no tabs there")

    def _unclosed_quote(self) -> Diagnostic:
        quote = self.text[self.start]
        hint = f"close it with {quote} at the end of the value; {_INSIDE[quote]}"
        return error("yaml-quote", f"the quote {quote} that opens here is never closed", self.start_span, hint)

    def _escape(self) -> Diagnostic:
        slash = self.text.rfind("\\", self.start, self.index + 1)
        span = Span(self.file, self.span.line, slash - self.begin + 1)
        message = f"the escape {shown(self.text[slash : slash + 2])} is not valid"
        return error("yaml-escape", message, span, r"write \\ for a backslash, or put the value in single quotes")

    def _block_header(self) -> Diagnostic:
        mark = self.text[self.start]
        message = f'"{mark}" opens a block of text, so nothing may follow it on its line'
        hint = f'write the text indented on the lines below, or put the value in quotes if the "{mark}" belongs to it'
        return error("yaml-block-header", message, self.start_span, hint)

    def _no_colon(self, index: int) -> Diagnostic:
        """Report the line of the character: it should have been a key with a value."""
        line = re.match(r"[^\r\n]*", self.text[index:])
        words = line.group().strip() if line else ""
        span = span_at(self.file, self.text, index)
        if re.match(r"-[^\s-]", words):
            mended = f"- {words[1:]}"
            return error("yaml-dash", f"{shown(words)} has no space after its dash", span, f"write {shown(mended)}")
        glued = re.match(r"([\w.-]+):(?=\S)", words)
        if glued and "://" not in words:
            mended = f"{glued[1]}: {words[glued.end() :]}"
            return error("yaml-colon", f"{shown(words)} has no space after its colon", span, f"write {shown(mended)}")
        hint = 'write "key: value", or indent the line deeper if it continues the value above'
        return error("yaml-colon", f'{shown(words)} has no ": ", so it is not a key with a value', span, hint)

    def _stray_colon(self) -> Diagnostic:
        if re.search(r":\s", self.before):
            message = 'the value contains ": ", which YAML reads as the end of another key'
            return error("yaml-value-colon", message, self.span, QUOTE_IT)
        key = self.before.strip()
        if len(key) > _LONGEST_KEY:
            hint = QUOTE_IT + ", if it is text"
            return error("yaml-key-length", f"a key may have {_LONGEST_KEY} characters at most", self.span, hint)
        above = self.text[: self.begin].rstrip()
        start = max(above.rfind("\n"), above.rfind("\r")) + 1
        line = above[start:]
        indent = len(line) - len(line.lstrip())
        if not re.search(r":(\s|$)", line) and len(self.before) - len(self.before.lstrip()) <= indent:
            return self._no_colon(start + indent)
        span = Span(self.file, self.span.line, len(self.before) - len(self.before.lstrip()) + 1)
        hint = "indent it like the key above, or put the value above in quotes if this line belongs to it"
        return error(
            "yaml-indentation",
            f"{shown(key.strip(_QUOTES))} is indented as if it continued the value above",
            span,
            hint,
        )

    def _stray_indicator(self) -> Diagnostic:
        if self.char == "-":
            hint = "start the list on the next line, or put the value in quotes"
            return error("yaml-value-start", 'plain text may not start with "- "', self.span, hint)
        return _bad_start(f"{self.char} ", self.span)

    def _unclosed_bracket(self, start: int) -> Diagnostic:
        found = re.compile(r"[\[{]").search(self.text, start)
        bracket = found[0] if found else "["
        span = span_at(self.file, self.text, found.start() if found else start)
        close = "]" if bracket == "[" else "}"
        hint = f'close it with "{close}", put commas between the items, or put the whole value in quotes if it is text'
        message = f'"{bracket}" opens here and is never closed'
        if self.char:
            message = f'"{bracket}" opens here, but "," or "{close}" is missing at {self.span.line}:{self.span.column}'
        return error("yaml-bracket", message, span, hint)

    def _no_content(self) -> Diagnostic:
        if not self.char and self.opened is not None:
            return self._unclosed_bracket(self.opened)
        if "flow node" in self.context:
            hint = f"write the value, or delete the {shown(self.char)}"
            return error("yaml-bracket", f"there is no value before {shown(self.char)}", self.span, hint)
        return _bad_start(self.char, self.span)

    def _stray_text(self) -> Diagnostic:
        last = self.before.rstrip()[-1]
        if self.char in ("]", "}", ")"):
            return error(
                "yaml-bracket",
                f'"{self.char}" closes nothing',
                self.span,
                DELETE_IT,
            )
        if last in _QUOTES:
            opening = span_at(self.file, self.text, self.latest).line
            if self.text.startswith(last, self.latest) and opening != self.span.line:
                message = f"text follows the closing quote {last} of the value that opens on line {opening}"
                hint = f"check that line {opening} ends its own value with {last}; {_INSIDE[last]}"
                return error("yaml-quote", message, self.span, hint)
            hint = f"move the closing quote to the end of the value; {_INSIDE[last]}"
            return error("yaml-quote", f"text follows the closing quote {last}", self.span, hint)
        if last in "]}":
            return error("yaml-value-start", f'text follows the "{last}" that ends this value', self.span, QUOTE_IT)
        if alias := _ALIAS_BEFORE.search(self.before[-_LONGEST_KEY:]):
            message = f"text follows the alias {shown(alias.group())}"
            return error("yaml-value-start", message, self.span, QUOTE_IT)
        return error("yaml-syntax", "the value has ended before this text", self.span, QUOTE_IT)

    def _indentation(self) -> Diagnostic:
        if self.char and self.char in "]}":
            return error(
                "yaml-bracket",
                f'"{self.char}" closes nothing',
                self.span,
                DELETE_IT,
            )
        same = self.span.column == self.start_span.column
        if self.char == ":":
            return error(
                "yaml-key", "there is no key before this colon", self.span, "write the key, or delete the line"
            )
        if same and "mapping" in self.context and self.char != "-":
            message = "this is not a key with a value"
            hint = 'write "key: value", or indent the line deeper if it continues the value above'
        elif same and "mapping" in self.context:
            message = "a list item stands where a key is expected"
            hint = "put the list below a key that has no value yet, or indent it below its key"
        elif same:
            message = "a key stands where a list item is expected"
            hint = 'start the line with "- ", or indent it like the text of the item above'
        else:
            message = "the indentation of this line fits no line above"
            hint = "give it the same number of spaces as the other lines of its group"
        return error("yaml-indentation", message, self.span, hint)


def _bad_start(mark: str, span: Span) -> Diagnostic:
    return error("yaml-value-start", f'plain text may not start with "{mark}"', span, QUOTE_IT)


def unknown_tag(tag: str, span: Span, key: str | None = None) -> Diagnostic:
    """Return the refusal of a tag: a value's type comes from the schema, never from the file."""
    hint = "delete it: every value is read as text; put the value in quotes if the tag belongs to it"
    return error("yaml-tag", f"the tag {shown(tag)} is not supported", span, hint, key)


def directive(span: Span) -> Diagnostic:
    """Return the refusal of a line that starts with a percent sign."""
    hint = 'delete the line, or indent it if the "%" belongs to a text'
    return error("yaml-directive", 'a line may not start with "%", which marks a YAML directive', span, hint)
