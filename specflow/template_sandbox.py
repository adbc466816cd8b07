"""Jinja2 for templates that nobody has read: in a sandbox, with counted steps and bounded values, alike every time.

What a template may do is counted rather than timed, so that the same template ends in the same way on any machine: each
pass of a loop, each call, filter, test and operator is a step, and what handles long texts or lists counts as many.
Everything that could make a value of any size in one go is bounded before it is done.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from functools import wraps
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import Environment, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

MAX_STEPS = 1_000_000
"""Steps of a template: two hundred times what a large document takes, and some seconds' work."""
MAX_LENGTH = 1 << 24
"""Characters of a text that a template makes."""
MAX_ITEMS = 1 << 18
"""Values in a list or mapping that a template makes, those inside of its values included."""
MAX_NUMBER_BITS = 4096
MAX_ARGUMENT = 10_000
"""The largest number that a filter or method may be given, such as a width."""

_CHARACTERS_A_STEP = 64
_ITEMS_A_STEP = 16
_REMOVED = ("safe", "e", "escape", "forceescape", "tojson", "urlize", "xmlattr", "striptags", "pprint", "random")
"""Filters that make markup of values, which `safe` is the plainest of; that show Python's insides; that throw dice."""
_QUICK = frozenset({"default", "d", "first", "last", "length", "count", "label", "letters", "attr", "abs"})
_MULTIPLYING = frozenset({"replace", "join", "indent", "wordwrap", "center"})
_TEXT_METHODS = frozenset(
    [
        *("upper", "lower", "title", "capitalize", "casefold", "swapcase", "strip", "lstrip", "rstrip", "split"),
        *("rsplit", "splitlines", "startswith", "endswith", "find", "rfind", "index", "count", "replace", "join"),
        *("removeprefix", "removesuffix", "partition", "rpartition", "isdigit", "isalpha", "isalnum", "isspace"),
        *("isupper", "islower", "isdecimal", "isnumeric", "istitle", "isidentifier", "isprintable", "isascii"),
    ]
)
_CONTAINER_METHODS = frozenset({"items", "keys", "values", "get", "index", "count"})
_WIDE = re.compile(r"%[^a-zA-Z%]*(?:\*|\d{5})")


class Exhausted(TemplateError):
    """The template takes more steps, or makes a larger value, than it may."""


class Sandbox(ImmutableSandboxedEnvironment, ABC):
    """Jinja2's sandbox, in which steps are counted; one for each rendering."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, **options: Any) -> None:
        # Folding constants would compute them while compiling, where nothing is counted.
        super().__init__(optimized=False, **options)
        self._left = MAX_STEPS
        for name in _REMOVED:
            del self.filters[name]
        for known in (self.filters, self.tests):
            functions: dict[str, Any] = known  # a copy of Jinja2's own
            functions |= {name: self._counted(name, function) for name, function in functions.items()}
        del self.globals["lipsum"]

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Give templates one more filter."""
        self.filters[name] = self._counted(name, function)

    @abstractmethod
    def bound(self, value: Any) -> Markup:
        """Return the markup that stands for a value which is put together with markup."""

    def spend(self, steps: int = 1) -> str:
        """Count steps; raise Exhausted when there are none left. The result prints nothing."""
        self._left -= steps
        if self._left < 0:
            message = f"the template takes more than {MAX_STEPS:,} steps"
            raise Exhausted(message)
        return ""

    def passes(self, items: Iterable[Any]) -> Iterator[Any]:
        """Yield the items of a loop."""
        for item in items:
            self.spend()
            yield item

    def weighed(self, value: Any) -> Any:
        """Return the value after counting what it costs to compare it."""
        self.spend(self._cost(value))
        return value

    def made(self, value: Any) -> Any:
        """Return a value that the template has made, unless it is too large."""
        if isinstance(value, str | bytes) and len(value) > MAX_LENGTH:
            message = f"the template makes a text of more than {MAX_LENGTH:,} characters"
            raise Exhausted(message)
        return self.weighed(value)

    def joined(self, *parts: Any) -> str:
        """Return what `~` makes: text, or markup where a part is markup; then the others are bound in it."""
        for part in parts:
            self.weighed(part)
        if any(isinstance(part, Markup) for part in parts):
            return Markup("").join(part if isinstance(part, Markup) else self.bound(part) for part in parts)
        texts = [str(part) for part in parts]
        self._allow(sum(map(len, texts)))
        return str(self.made("".join(texts)))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Return what the template calls, if that is one of Jinja2's own or a method that only reads."""
        owner = getattr(__obj, "__self__", None)
        if owner is __self:
            return __obj(*args)  # what _Counting has put there
        given = [*args, *(value for name, value in kwargs.items() if name[0] != "_")]
        is_read = isinstance(owner, str | Mapping | Sequence)
        if isinstance(__obj, BuiltinMethodType) or (is_read and isinstance(__obj, MethodType)):
            allowed = _TEXT_METHODS if isinstance(owner, str) else _CONTAINER_METHODS if is_read else ()
            if __obj.__name__ not in allowed:
                message = f"the method `{__obj.__name__}` is not for templates"
                raise SecurityError(message)
            __self._bound_growth(__obj.__name__, owner, given)
        __self.spend()
        if isinstance(__obj, LoopContext) and args:
            args = (__self.passes(args[0]), *args[1:])
        found = __self.made(super().call(__context, __obj, *args, **kwargs))
        __self._refuse_mixture(getattr(__obj, "__name__", ""), found, [owner, *given] if is_read else [])
        return found

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator, if it is not too large."""
        self.spend()
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.joined(left, right)
        if operator == "%" and isinstance(left, str | bytes):
            message = "texts are not formatted with %: print the parts one after the other"
            raise SecurityError(message)
        if isinstance(left, int) and isinstance(right, int):
            bits = {"*": left.bit_length() + right.bit_length(), "**": left.bit_length() * abs(right)}
            if bits.get(operator, 0) > MAX_NUMBER_BITS:
                message = f"the template makes a number of more than {MAX_NUMBER_BITS:,} bits"
                raise Exhausted(message)
        elif operator == "*":
            many, size = (left, right) if isinstance(left, int) else (right, left)
            if isinstance(many, int) and isinstance(size, str | bytes | Sequence):
                self._allow(len(size) * max(0, many), MAX_LENGTH if isinstance(size, str | bytes) else MAX_ITEMS)
        return self.made(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> None:
        """Return nothing: `format` could make a text of any length, so it is not for templates."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether templates may see the attribute."""
        is_format = isinstance(obj, str) and attr in ("format", "format_map")
        return not is_format and super().is_safe_attribute(obj, attr, value)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item, or a part, of a value."""
        found = super().getitem(obj, argument)
        return self.made(found) if isinstance(argument, slice) else found

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        made: nodes.Template = _Counting().visit(tree)
        return made

    def concat(self, pieces: Iterable[str]) -> str:
        """Return a macro's, block's or call's output."""
        kept = list(pieces)
        self._allow(sum(map(len, kept)))
        return str(self.made("".join(kept)))

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the filter or test, counted by what it is given and gives; Jinja2's marks on it are kept."""

        @wraps(function)
        def run(*given: Any, **named: Any) -> Any:
            self.spend()
            own = [
                value
                for value in (*given, *named.values())
                if not isinstance(value, Context | EvalContext | Environment)
            ]
            if name not in _QUICK:
                self._bound_growth(name, own[0] if own else "", own[1:])
                given = tuple(self.passes(value) if isinstance(value, Iterator) else value for value in given)
            found = function(*given, **named)
            if name not in _QUICK:
                self._refuse_mixture(name, self.made(found), own)
            return found

        return run

    def _bound_growth(self, name: str, value: Any, arguments: Sequence[Any]) -> None:
        """Count what a filter or method is given, and refuse arguments by which its result would be too large."""
        self.weighed(value)
        largest = 1
        for argument in arguments:
            self.weighed(argument)
            if isinstance(argument, int | float) and abs(argument) > MAX_ARGUMENT:
                message = f"`{name}` is given a number of more than {MAX_ARGUMENT:,}"
                raise Exhausted(message)
            if isinstance(argument, int | str):
                largest = max(largest, len(argument) if isinstance(argument, str) else abs(argument))
            elif name == "join" and isinstance(argument, Sequence):
                largest = max(largest, len(argument))
        if name in _MULTIPLYING:
            size = len(value) if isinstance(value, str | Sequence) else 0
            self._allow((size + 1) * largest)
            if name == "join":
                every = value if isinstance(value, Sequence) and not isinstance(value, str) else arguments[0:1]
                items = every[0] if every is not value and every and isinstance(every[0], Sequence) else every
                self._allow(sum(len(str(item)) if isinstance(item, str | int) else 1 for item in items))
        if name == "format" and isinstance(value, str) and _WIDE.search(value):
            message = "`format` is given a width of more than four digits"
            raise Exhausted(message)

    def _refuse_mixture(self, name: str, found: Any, given: Sequence[Any]) -> None:
        """Refuse markup into which values were put: they would be read as the template's own."""
        if not isinstance(found, Markup):
            return
        parts = [part for value in given for part in (value if isinstance(value, list | tuple) else (value,))]
        if any(isinstance(part, str) and not isinstance(part, Markup) for part in parts):
            message = f"`{name}` would put a value into markup: print them one after the other, or join them with ~"
            raise SecurityError(message)

    def _allow(self, size: int, most: int = MAX_LENGTH) -> None:
        if size > most:
            what = "a text" if most == MAX_LENGTH else "a list"
            message = f"the template makes {what} of more than {most:,} {'characters' if what == 'a text' else 'items'}"
            raise Exhausted(message)

    def _cost(self, value: Any) -> int:
        """Return the steps that handling a value counts for; raise Exhausted for one with too many parts."""
        if isinstance(value, str | bytes):
            return len(value) // _CHARACTERS_A_STEP
        if isinstance(value, range | KeysView | ValuesView | ItemsView):
            return len(value) // _ITEMS_A_STEP
        if not isinstance(value, dict | list | tuple):
            return 0
        containers, items, characters, waiting = 0, 0, 0, [value]
        while waiting:
            here = waiting.pop()
            containers, items = containers + 1, items + len(here)
            self._allow(items, MAX_ITEMS)
            for item in here.values() if isinstance(here, dict) else here:
                if isinstance(item, str):
                    characters += len(item)
                elif isinstance(item, dict | list | tuple):
                    waiting.append(item)
        return containers + items // _ITEMS_A_STEP + characters // _CHARACTERS_A_STEP


class _Counting(NodeTransformer):
    """Puts the counting into a template's syntax tree."""

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802
        """Count each inclusion of a template."""
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_call(node, "spend"), lineno=1))
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Count each pass of a loop, those that its condition passes over as well."""
        self.generic_visit(node)
        node.iter = _call(node.iter, "passes", node.iter)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        """Count comparisons."""
        self.generic_visit(node)
        node.expr = _call(node.expr, "weighed", node.expr)
        for operand in node.ops:
            operand.expr = _call(operand.expr, "weighed", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Let `~` be done here."""
        self.generic_visit(node)
        return _call(node, "joined", *node.nodes)

    def _literal(self, node: nodes.Expr) -> nodes.Node:
        self.generic_visit(node)
        return _call(node, "made", node) if getattr(node, "ctx", "load") == "load" else node

    visit_List = visit_Dict = visit_Tuple = _literal  # noqa: N815 (Jinja2 looks for these names)


def _call(at: nodes.Node, method: str, *arguments: nodes.Node) -> nodes.Call:
    """Return a call of the sandbox's own method."""
    function = nodes.EnvironmentAttribute(method, lineno=at.lineno)
    return nodes.Call(function, list(arguments), [], None, None, lineno=at.lineno)
