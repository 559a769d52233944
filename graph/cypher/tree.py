"""A Cypher query as a tree: what the parser makes, the gate checks, and the engine runs.

Two expressions are equal when they read alike, wherever they stand: so tokens take no part in comparisons.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as Choice

from graph.clause import Token
from graph.cypher.types import Type


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything that has a value; `token` is where it begins, or its operator."""

    token: Token = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    value: object
    kind: str  # tells 1 from 1.0 and true


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    name: str


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    name: str


@dataclass(frozen=True, slots=True)
class Property(Expression):
    subject: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index(Expression):
    subject: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Slice(Expression):
    subject: Expression
    low: Expression | None
    high: Expression | None


@dataclass(frozen=True, slots=True)
class ListOf(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapOf(Expression):
    pairs: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Function(Expression):
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Expression):
    """`arguments` is empty for `count(*)`."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Chain(Expression):
    """`a < b <= c`: the comparisons of neighbours, all of which must hold."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class IsTyped(Expression):
    operand: Expression
    types: tuple[Type, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Labels:
    """A condition on labels or types: `name`, `any` (%), or `and`, `or`, `not` of others."""

    operator: Choice["name", "any", "and", "or", "not"]
    name: str = ""
    parts: "tuple[Labels, ...]" = ()

    def holds(self, labels: tuple[str, ...]) -> bool:
        """Whether something with these labels meets it."""
        match self.operator:
            case "name":
                return self.name in labels
            case "any":
                return bool(labels)
            case "not":
                return not self.parts[0].holds(labels)
            case "and":
                return all(part.holds(labels) for part in self.parts)
            case _:
                return any(part.holds(labels) for part in self.parts)

    def required(self) -> tuple[str, ...]:
        """Labels without which nothing meets it."""
        if self.operator == "name":
            return (self.name,)
        return tuple(name for part in self.parts for name in part.required()) if self.operator == "and" else ()

    def choices(self) -> frozenset[str] | None:
        """The types of which a relationship must have one, where that is all that is asked."""
        if self.operator == "name":
            return frozenset((self.name,))
        found = [part.choices() for part in self.parts]
        if self.operator == "or" and None not in found:
            return frozenset(name for part in found if part for name in part)
        return None


@dataclass(frozen=True, slots=True)
class HasLabels(Expression):
    subject: Expression
    labels: Labels


@dataclass(frozen=True, slots=True)
class Case(Expression):
    branches: tuple[tuple[Expression, Expression], ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Comprehension(Expression):
    variable: str
    source: Expression
    where: Expression | None
    body: Expression | None


@dataclass(frozen=True, slots=True)
class Quantifier(Expression):
    word: str  # all, any, none, single
    variable: str
    source: Expression
    where: Expression


@dataclass(frozen=True, slots=True)
class Reduce(Expression):
    total: str
    start: Expression
    variable: str
    source: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class MapProjection(Expression):
    """Items: a name and its expression, or a name `*` and none for all properties."""

    subject: Expression
    items: tuple[tuple[str, Expression | None], ...]


@dataclass(frozen=True, slots=True)
class NodePattern:
    token: Token = field(compare=False, repr=False)
    variable: str
    labels: Labels | None
    properties: Expression | None
    where: Expression | None


@dataclass(frozen=True, slots=True)
class RelationshipPattern:
    """`direction` is 1 for `->`, -1 for `<-`, 0 for either; `length` is None for just one relationship."""

    token: Token = field(compare=False, repr=False)
    variable: str
    types: Labels | None
    direction: int
    length: tuple[int, int | None] | None
    properties: Expression | None
    where: Expression | None
    quantified: bool = False
    group: "Group | None" = None

    @property
    def several(self) -> tuple[str, str]:
        """The names of the nodes before and after each of several relationships."""
        return (self.group.start.variable, self.group.end.variable) if self.group else ("", "")


@dataclass(frozen=True, slots=True)
class Group:
    """What is around the relationship of `((start)-[…]->(end) WHERE …)+`."""

    start: NodePattern
    end: NodePattern
    where: Expression | None


Shortest = Choice["", "shortestPath", "allShortestPaths", "SHORTEST 1", "ALL SHORTEST"]


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes with the relationships between them, perhaps with a name for the path, perhaps only the shortest."""

    token: Token = field(compare=False, repr=False)
    variable: str
    nodes: tuple[NodePattern, ...]
    relationships: tuple[RelationshipPattern, ...]
    shortest: Shortest = ""


@dataclass(frozen=True, slots=True)
class PatternComprehension(Expression):
    part: Part
    where: Expression | None
    body: Expression


@dataclass(frozen=True, slots=True)
class PatternExists(Expression):
    """A pattern where a truth value is wanted, as in `WHERE (a)-->(b)`, or within `exists(…)`."""

    part: Part
    called: bool = False


@dataclass(frozen=True, slots=True)
class ShortestPath(Expression):
    part: Part


@dataclass(frozen=True, slots=True)
class Match:
    token: Token = field(compare=False, repr=False)
    optional: bool
    parts: tuple[Part, ...]
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Unwind:
    token: Token = field(compare=False, repr=False)
    source: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class Item:
    """One column: its expression, its name, whether the name was given by AS."""

    expression: Expression
    name: str
    named: bool


@dataclass(frozen=True, slots=True)
class Order:
    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """WITH or RETURN."""

    token: Token = field(compare=False, repr=False)
    last: bool
    distinct: bool
    everything: bool
    items: tuple[Item, ...]
    order: tuple[Order, ...]
    skip: Expression | None
    limit: Expression | None
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Call:
    """CALL { … }: `imports` is None without a scope clause, `("*",)` for all."""

    token: Token = field(compare=False, repr=False)
    imports: tuple[str, ...] | None
    query: "Query"
    optional: bool = False


Clause = Match | Unwind | Projection | Call


@dataclass(frozen=True, slots=True)
class Query:
    """Parts of a union, each a series of clauses."""

    token: Token = field(compare=False, repr=False)
    parts: tuple[tuple[Clause, ...], ...]
    every: bool = False  # UNION ALL

    @property
    def bare(self) -> bool:
        """Whether it ends without RETURN, as it may within EXISTS and COUNT."""
        ends = [part[-1] for part in self.parts]
        return not all(isinstance(end, Projection) and end.last for end in ends)


@dataclass(frozen=True, slots=True)
class Subquery(Expression):
    word: str  # EXISTS, COUNT, COLLECT
    query: Query


def children(expression: Expression) -> list[Expression]:
    """The expressions directly within one, except those within its subqueries and patterns."""
    found: list[Expression] = []
    for name in expression.__dataclass_fields__:
        if name != "token":
            _gather(getattr(expression, name), found)
    return found


def _gather(value: object, found: list[Expression]) -> None:
    if isinstance(value, Expression):
        found.append(value)
    elif isinstance(value, tuple):
        for part in value:
            _gather(part, found)


def aggregates(expression: Expression) -> list[Aggregate]:
    """The aggregates within an expression, outermost only."""
    if isinstance(expression, Aggregate):
        return [expression]
    return [found for child in children(expression) for found in aggregates(child)]


def conjuncts(expression: Expression | None) -> list[Expression]:
    """What must all be true for the expression to be true."""
    if expression is None:
        return []
    if isinstance(expression, Binary) and expression.operator == "AND":
        return conjuncts(expression.left) + conjuncts(expression.right)
    return [expression]


def renamed(items: Iterable[Item]) -> dict[Expression, Expression]:
    """From the expression of each column to its name."""
    return {item.expression: Variable(item.expression.token, item.name) for item in items}


def rebuilt(expression: Expression, change: "dict[Expression, Expression]") -> Expression:
    """The expression with some of its parts exchanged, outermost first; a name that it gives itself hides others."""
    if expression in change:
        return change[expression]
    if isinstance(expression, Comprehension | Quantifier | Reduce):
        own = {expression.variable} | ({expression.total} if isinstance(expression, Reduce) else set())
        change = {old: new for old, new in change.items() if not own & names(old)}
    fields = {name: getattr(expression, name) for name in expression.__dataclass_fields__}
    made: dict[str, Any] = {name: _rebuilt(value, change) for name, value in fields.items()}
    return type(expression)(**made)


def _rebuilt(value: object, change: "dict[Expression, Expression]") -> object:
    if isinstance(value, Expression):
        return rebuilt(value, change)
    if type(value) is tuple:
        return tuple(_rebuilt(part, change) for part in value)
    return value


def names(thing: object) -> frozenset[str]:
    """Every name of a variable in an expression, pattern or query, those it gives itself too."""
    found: set[str] = set()
    _collect(thing, found)
    return frozenset(found)


def _collect(thing: object, found: set[str]) -> None:
    if type(thing) is tuple:
        for part in thing:
            _collect(part, found)
    if not hasattr(thing, "__dataclass_fields__") or isinstance(thing, Labels):
        return
    if isinstance(thing, Variable):
        found.add(thing.name)
    if isinstance(thing, Call) and thing.imports:
        found.update(thing.imports)
    for name in thing.__dataclass_fields__:
        if name == "variable":
            found.add(getattr(thing, name))
        elif name != "token":
            _collect(getattr(thing, name), found)


def parameters(thing: object) -> list[Parameter]:
    """Every parameter in an expression, pattern or query."""
    if isinstance(thing, Parameter):
        return [thing]
    if type(thing) is tuple:
        return [found for part in thing for found in parameters(part)]
    if not hasattr(thing, "__dataclass_fields__"):
        return []
    fields = (getattr(thing, name) for name in thing.__dataclass_fields__ if name != "token")
    return [found for value in fields for found in parameters(value)]
