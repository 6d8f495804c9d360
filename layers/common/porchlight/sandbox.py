"""Where templates run: no method calls, few filters, and a budget of loop passes and calls instead of a clock.

A run-away template therefore ends the same way on every machine, and what it wrote is dropped (F47). This guards a shop
against its own mistakes; who may edit templates owns the account anyway. The only importer of jinja2.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib import resources

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from porchlight.domain.errors import RenderError

MAX_BYTES = 100_000
"""Gmail hides everything after 102 kB behind a link."""
MAX_STEPS = 10_000
"""Loop passes and calls of one rendering; the largest real mail needs about a tenth."""
MAX_RANGE = 1_000
MAX_SOURCE = 50_000

_FILTERS = ("capitalize", "default", "e", "escape", "first", "last", "length", "lower", "trim", "upper", "urlencode")
_FAILURES = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""Everything that evaluating a template's expressions can raise."""

_steps: ContextVar[Iterator[int]] = ContextVar("steps")


def lay_out(name: str, own: str | None, context: Mapping[str, object], *, escaping: bool) -> str:
    """Render one layout of a template. Raises `RenderError`, which names the template and quotes nothing.

    Args:
        name: A file in `templates/`.
        own: Source to use in its place.
        context: What the template may use.
        escaping: Whether the output is HTML.
    """
    token = _steps.set(iter(range(MAX_STEPS)))
    try:
        template = _environment(escaping).get_template(name) if own is None else _compiled(own, escaping)
        text = _capped(template.generate(context))
    except RenderError:
        raise
    except _FAILURES as error:
        message = f"{name}: {type(error).__name__}"
        raise RenderError(message) from error
    finally:
        _steps.reset(token)
    return text


def markup(html: str) -> str:
    """What a layout for HTML gave, for use in another one: it is not escaped again."""
    return Markup(html)  # noqa: S704 what it holds of an order was escaped when it was laid out


def broken(source: str) -> str:
    """Why a template can not be compiled, with its line; empty when it can."""
    try:
        _compiled(source, escaping=True)
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {error.message}"
    except RenderError as error:
        return str(error)
    return ""


def _capped(pieces: Iterable[str]) -> str:
    kept: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece.encode("utf-8", "replace"))
        if size > MAX_BYTES:
            message = f"a message would be larger than {MAX_BYTES} bytes"
            raise RenderError(message)
        kept.append(piece)
    return "".join(kept)


@cache
def sources() -> dict[str, str]:
    """Every built-in template, `<channel>/<file>` to text."""
    root = resources.files("porchlight").joinpath("templates")
    folders = [folder for folder in root.iterdir() if folder.is_dir()]
    files = [(folder.name, file) for folder in folders for file in folder.iterdir() if file.name.endswith(".j2")]
    return {f"{folder}/{file.name}": file.read_text("utf-8") for folder, file in files}


class _Counting(CodeGenerator):
    """Compiles every loop to take its passes from the budget."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 jinja's name
        for loop in node.find_all(nodes.For):
            counted = nodes.Filter(loop.iter, "counted", [], [], None, None)
            loop.iter = counted.set_lineno(loop.lineno).set_environment(self.environment)
        super().visit_Template(node, frame)


class _Sandbox(ImmutableSandboxedEnvironment):
    """No method calls but macros', no arithmetic that multiplies texts, and a budget."""

    code_generator_class = _Counting
    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Plain values and macros of another template; no methods."""
        return super().is_safe_attribute(obj, attr, value) and (not callable(value) or isinstance(obj, TemplateModule))

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Arithmetic for numbers only."""
        if operator == "**" or not (isinstance(left, int) and isinstance(right, int)):
            message = f"{operator} is for whole numbers"
            raise SecurityError(message)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Callable[..., object], /, *args: object, **kwargs: object) -> object:
        """A call takes one step from the budget."""
        _step()
        return super().call(context, obj, *args, **kwargs)


@pass_context
def _counted(_: Context, passes: Iterable[object]) -> Iterator[object]:
    """`pass_context` keeps the compiler from running it on constants while it compiles."""
    for one in passes:
        _step()
        yield one


def _step() -> None:
    if next(_steps.get(), None) is None:
        message = f"a template takes more than {MAX_STEPS} steps"
        raise RenderError(message)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        message = f"a range is longer than {MAX_RANGE}"
        raise RenderError(message)
    return numbers


@cache
def _environment(escaping: bool) -> _Sandbox:  # noqa: FBT001 the key of a cache
    """Templates compile once per process; they are never reloaded."""
    environment = _Sandbox(
        loader=DictLoader(sources()),
        autoescape=escaping,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    kept = {name: environment.filters[name] for name in _FILTERS}
    environment.filters.clear()
    environment.filters.update(kept, counted=_counted)
    environment.globals.clear()
    environment.globals["range"] = _range
    return environment


@lru_cache(maxsize=64)
def _compiled(source: str, escaping: bool) -> Template:  # noqa: FBT001 the key of a cache
    if len(source) > MAX_SOURCE:
        message = f"a template is longer than {MAX_SOURCE} characters"
        raise RenderError(message)
    return _environment(escaping).from_string(source)
