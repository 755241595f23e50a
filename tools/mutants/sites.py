"""The faults that can be planted in a module: small changes of its syntax tree (`ast`).

Texts, annotations, docstrings, assertions and log lines are left alone.
"""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_UNTOLD = {"log", "logging", "print", "Field", "description", "warnings"}
"""Names whose calls are left alone."""


class Mutant(NamedTuple):
    """A fault: where it is, what was changed, the whole source with it."""

    line: int
    change: str
    source: str


def count(source: str) -> int:
    """Return how many faults can be planted in a module."""
    return len(_changes(ast.parse(source)))


def mutant(source: str, number: int) -> Mutant:
    """Return a module with one of these faults, in the order of its lines."""
    tree = ast.parse(source)
    node, change, apply = _changes(tree)[number]
    apply()
    return Mutant(node.lineno, change, ast.unparse(ast.fix_missing_locations(tree)) + "\n")


Change = tuple[ast.stmt | ast.expr, str, Callable[[], None]]
"""The node, what is told of the change, the change itself."""


def _changes(tree: ast.Module) -> list[Change]:
    found: list[Change] = []
    for parent in _nodes(tree):
        for field, value in ast.iter_fields(parent):
            items = value if isinstance(value, list) else [value]
            for index, item in enumerate(items):
                found += _of_node(parent, field, index if isinstance(value, list) else None, item)
    return sorted(found, key=lambda change: (change[0].lineno, change[0].col_offset))


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that may be changed."""
    yield tree
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST) and not _is_untold(item):
                yield from _nodes(item)


def _is_untold(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert | ast.JoinedStr):
        return True
    call = node.value if isinstance(node, ast.Expr) else node
    if isinstance(call, ast.Constant):
        return isinstance(node, ast.Expr)
    if not isinstance(call, ast.Call):
        return False
    root = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in _UNTOLD


def _of_node(parent: ast.AST, field: str, index: int | None, node: object) -> Iterator[Change]:
    """Yield the changes of one node, which stands in a field of its parent, or there in a list."""
    if not isinstance(node, ast.stmt | ast.expr) or _is_untold(node) or field in ("annotation", "returns"):
        return

    def put(other: ast.AST) -> None:
        if index is None:
            setattr(parent, field, other)
        else:
            getattr(parent, field)[index] = other

    def told(change: str) -> str:
        return f"{ast.unparse(node).splitlines()[0][:70]} → {change}"

    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in _COMPARED:
            other = _COMPARED[type(op)]
            yield node, told(other.__name__), lambda: node.ops.__setitem__(0, other())
        case ast.BoolOp():
            turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield node, told(type(turned).__name__), lambda: setattr(node, "op", turned)
            yield node, told("its first part"), lambda: put(node.values[0])
        case ast.UnaryOp(op=ast.Not()):
            yield node, told("without not"), lambda: put(node.operand)
        case ast.BinOp() if type(node.op) in _COMPUTED and not _is_text(node):
            operator = _COMPUTED[type(node.op)]
            yield node, told(operator.__name__), lambda: setattr(node, "op", operator())
        case ast.Constant(value=bool()):
            yield node, told(str(not node.value)), lambda: setattr(node, "value", not node.value)
        case ast.Constant(value=int()):
            number = int(str(node.value)) + 1
            yield node, told(str(number)), lambda: setattr(node, "value", number)
        case ast.If() | ast.IfExp() | ast.While():
            yield node, told("never"), lambda: setattr(node, "test", ast.Constant(value=False))
        case ast.Return(value=ast.expr()):
            yield node, told("return None"), lambda: setattr(node, "value", ast.Constant(value=None))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()) | ast.AugAssign() | ast.Continue() | ast.Break():
            yield node, told("nothing"), lambda: put(ast.Pass())
        case ast.Raise():
            yield node, told("nothing"), lambda: put(ast.Pass())


def _is_text(node: ast.BinOp) -> bool:
    """Return whether one side is a text, of which nothing can be subtracted."""
    return any(isinstance(side, ast.JoinedStr | ast.Constant) and not _is_number(side) for side in ast.walk(node))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
