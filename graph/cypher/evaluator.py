"""Expressions -> functions from a row to a value."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NoReturn, Protocol

from graph.clause import Token, refuse, wrong
from graph.cypher import operator, tree, types
from graph.cypher.clock import Clock
from graph.cypher.function import FUNCTIONS, checked
from graph.cypher.operator import truth
from graph.cypher.tree import Expression
from graph.cypher.value import Elsewhere, Mistake, Node, Path, Relationship, Value, is_number, kind_name

IDENTITY = {"id", "elementid"}
"""Functions whose values are a server's own: the gate lets them be compared with one another only."""

Row = dict[str, Value]
Computed = Callable[[Row], Value]


class Patterns(Protocol):
    """What finds patterns and answers subqueries for expressions."""

    def matches(self, parts: tuple[tree.Part, ...], where: Expression | None) -> Callable[[Row], Iterator[Row]]: ...

    def shortest(self, part: tree.Part) -> Callable[[Row], list[Path]]: ...

    def answers(self, query: tree.Query) -> Callable[[Row], Iterable[Row]]: ...


class Evaluator:
    """Makes functions of expressions, each once for a query."""

    def __init__(
        self, params: Mapping[str, Value], clock: Clock, patterns: Patterns, stored: Container[int] = ()
    ) -> None:
        self._params, self._clock, self._patterns, self._stored = params, clock, patterns, stored

    def of(self, expression: Expression) -> Computed:
        """The function that computes an expression; it raises QueryError with a place where it cannot."""
        make: Callable[[Any], Computed] = getattr(self, f"_{type(expression).__name__.lower()}")
        return make(expression)

    def optional(self, expression: Expression | None) -> Computed | None:
        return None if expression is None else self.of(expression)

    def condition(self, expression: Expression) -> Callable[[Row], bool]:
        """Whether an expression is true, neither false nor null."""
        test, value = _guarded(expression.token, truth), self.of(expression)
        return lambda row: test(value(row)) is True

    # leaves

    def _literal(self, found: tree.Literal) -> Computed:
        value = found.value
        return lambda row: value

    def _parameter(self, found: tree.Parameter) -> Computed:
        value = self._params[found.name]
        return lambda row: value

    def _variable(self, found: tree.Variable) -> Computed:
        return itemgetter(found.name)

    # access

    def _property(self, found: tree.Property) -> Computed:
        subject, name = self.of(found.subject), found.name
        other = _guarded(found.token, lambda value: operator.property_of(value, name))

        def computed(row: Row) -> Value:
            value = subject(row)
            if type(value) is Node or type(value) is Relationship:
                return value.properties.get(name)
            return other(value)

        return computed

    def _index(self, found: tree.Index) -> Computed:
        return self._applied(found.token, operator.member, found.subject, found.key)

    def _slice(self, found: tree.Slice) -> Computed:
        subject, low, high = self.of(found.subject), self.optional(found.low), self.optional(found.high)
        cut = _guarded(found.token, operator.cut)

        def computed(row: Row) -> Value:
            value = subject(row)
            first = low(row) if low else 0
            last = high(row) if high else 2**62
            return None if value is None or first is None or last is None else cut(value, first, last)

        return computed

    def _listof(self, found: tree.ListOf) -> Computed:
        items = [self.of(item) for item in found.items]
        return lambda row: [item(row) for item in items]

    def _mapof(self, found: tree.MapOf) -> Computed:
        pairs = [(name, self.of(value)) for name, value in found.pairs]
        return lambda row: {name: value(row) for name, value in pairs}

    def _mapprojection(self, found: tree.MapProjection) -> Computed:
        subject = self.of(found.subject)
        items = [(name, self.optional(value)) for name, value in found.items]
        whole = _guarded(found.token, _whole)

        def computed(row: Row) -> Value:
            value = subject(row)
            if value is None:
                return None
            properties = whole(value)
            result: dict[str, Value] = {}
            for name, item in items:
                result.update({name: item(row)} if item else properties)
            return result

        return computed

    # operators

    def _applied(self, token: Token, call: Callable[..., Value], *operands: Expression) -> Computed:
        guarded, values = _guarded(token, call), [self.of(operand) for operand in operands]
        if len(values) == 1:
            one = values[0]
            return lambda row: guarded(one(row))
        left, right = values
        return lambda row: guarded(left(row), right(row))

    def _unary(self, found: tree.Unary) -> Computed:
        return self._applied(found.token, operator.UNARY[found.operator], found.operand)

    def _binary(self, found: tree.Binary) -> Computed:
        if found.operator in ("AND", "OR"):
            return self._joined(found, decided=found.operator == "OR")
        return self._applied(found.token, operator.BINARY[found.operator], found.left, found.right)

    def _joined(self, found: tree.Binary, *, decided: bool) -> Computed:
        """AND, which one false decides, or OR, which one true decides."""
        test = _guarded(found.token, truth)
        left, right = self.of(found.left), self.of(found.right)

        def computed(row: Row) -> Value:
            one = test(left(row))
            if one is decided:
                return decided
            other = test(right(row))
            if other is decided:
                return decided
            return None if one is None or other is None else not decided

        return computed

    def _chain(self, found: tree.Chain) -> Computed:
        pairs = [
            self._applied(found.token, operator.COMPARISONS[sign], found.operands[at], found.operands[at + 1])
            for at, sign in enumerate(found.operators)
        ]
        if len(pairs) == 1:
            return pairs[0]

        def computed(row: Row) -> Value:
            results = [pair(row) for pair in pairs]
            return False if False in results else None if None in results else True

        return computed

    def _isnull(self, found: tree.IsNull) -> Computed:
        operand, negated = self.of(found.operand), found.negated
        return lambda row: (operand(row) is None) is not negated

    def _haslabels(self, found: tree.HasLabels) -> Computed:
        labels = found.labels

        def holds(value: Value) -> bool | None:
            if isinstance(value, Relationship):
                return labels.holds((value.type,))
            if value is not None and not isinstance(value, Node):
                raise Mistake("labels of what is neither node nor relationship")
            return None if value is None else labels.holds(value.labels)

        return self._applied(found.token, holds, found.subject)

    def _istyped(self, found: tree.IsTyped) -> Computed:
        operand, named, negated = self.of(found.operand), found.types, found.negated
        return lambda row: types.is_of(named, operand(row)) is not negated

    def _case(self, found: tree.Case) -> Computed:
        branches = [(self.condition(test), self.of(result)) for test, result in found.branches]
        default = self.optional(found.default)

        def computed(row: Row) -> Value:
            for test, result in branches:
                if test(row):
                    return result(row)
            return default(row) if default else None

        return computed

    def _function(self, found: tree.Function) -> Computed:
        name = found.name
        if name.lower() in IDENTITY:
            element = self.of(found.arguments[0])
            return lambda row: None if (value := element(row)) is None else id(value)
        signature = FUNCTIONS[name.lower()]
        arguments = [self.of(argument) for argument in found.arguments]
        if name.lower() == "coalesce":
            return lambda row: next((value for argument in arguments if (value := argument(row)) is not None), None)

        stored = self._stored if name.lower() == "reverse" else ()

        def called(values: list[Value]) -> Value:
            if stored and id(values[0]) in stored:
                raise Elsewhere("reverse of a list that is a property (which a server refuses, too)")
            if signature.strict and None in map(_none, values):
                return None
            checked(signature, name, values)
            return signature.call(*values)

        guarded = _guarded(found.token, called)
        return lambda row: guarded([argument(row) for argument in arguments])

    # lists

    def _source(self, expression: Expression) -> Computed:
        """A list, or null."""
        value, token = self.of(expression), expression.token

        def computed(row: Row) -> Value:
            found = value(row)
            if found is not None and not isinstance(found, list):
                wrong(token, f"expected a List, but was a {kind_name(found)}")
            return found

        return computed

    def _comprehension(self, found: tree.Comprehension) -> Computed:
        source, name, tick = self._source(found.source), found.variable, self._clock.tick
        where = self.condition(found.where) if found.where else None
        body = self.optional(found.body)

        def computed(row: Row) -> Value:
            items, inner, result = source(row), dict(row), []
            if items is None:
                return None
            for item in items:
                tick()
                inner[name] = item
                if where is None or where(inner):
                    result.append(body(inner) if body else item)
            return result

        return computed

    def _quantifier(self, found: tree.Quantifier) -> Computed:
        source, name, decide = self._source(found.source), found.variable, _DECIDED[found.word]
        test, value, tick = _guarded(found.where.token, truth), self.of(found.where), self._clock.tick

        def computed(row: Row) -> Value:
            items, inner, results = source(row), dict(row), []
            if items is None:
                return None
            for item in items:
                tick()
                inner[name] = item
                results.append(test(value(inner)))
            return decide(results)

        return computed

    def _reduce(self, found: tree.Reduce) -> Computed:
        source, start, body = self._source(found.source), self.of(found.start), self.of(found.body)
        total, name, tick = found.total, found.variable, self._clock.tick
        token = found.token

        def computed(row: Row) -> Value:
            items, inner = source(row), dict(row)
            if items is None:
                return None
            inner[total] = start(row)
            for item in items:
                tick()
                inner[name] = item
                before, inner[total] = inner[total], body(inner)
                if is_number(before) and isinstance(inner[total], str):
                    refuse(token, "reduce of a number that becomes a text")
            return inner[total]

        return computed

    # patterns and subqueries

    def _patterncomprehension(self, found: tree.PatternComprehension) -> Computed:
        matches, body = self._patterns.matches((found.part,), found.where), self.of(found.body)
        return lambda row: [body(match) for match in matches(row)]

    def _patternexists(self, found: tree.PatternExists) -> Computed:
        matches = self._patterns.matches((found.part,), None)
        return lambda row: next(matches(row), None) is not None

    def _shortestpath(self, found: tree.ShortestPath) -> Computed:
        shortest, every = self._patterns.shortest(found.part), found.part.shortest == "allShortestPaths"

        def computed(row: Row) -> Value:
            paths = shortest(row)
            return paths if every else (paths[0] if paths else None)

        return computed

    def _subquery(self, found: tree.Subquery) -> Computed:
        answers, token = self._patterns.answers(found.query), found.token
        if found.word == "EXISTS":
            return lambda row: next(iter(answers(row)), None) is not None
        if found.word == "COUNT":
            return lambda row: sum(1 for _ in answers(row))
        if found.query.bare:
            refuse(token, "COLLECT without RETURN")
        return lambda row: [next(iter(answer.values())) for answer in answers(row)]


def _none(value: Value) -> Value:
    return None if value is None else 1


def _whole(value: Value) -> Mapping[str, Value]:
    if isinstance(value, Node | Relationship):
        return value.properties
    if isinstance(value, dict):
        return value
    raise Mistake(f"a map projection of a {kind_name(value)}")


def _every(results: list[bool | None]) -> bool | None:
    return False if False in results else None if None in results else True


def _some(results: list[bool | None]) -> bool | None:
    return True if True in results else None if None in results else False


def _no(results: list[bool | None]) -> bool | None:
    found = _some(results)
    return None if found is None else not found


def _just_one(results: list[bool | None]) -> bool | None:
    hits = results.count(True)
    return False if hits > 1 else None if None in results else hits == 1


_DECIDED = {"all": _every, "any": _some, "none": _no, "single": _just_one}


def told(token: Token, error: Mistake) -> NoReturn:
    """Tell the reader of a mistake, with its place."""
    (refuse if isinstance(error, Elsewhere) else wrong)(token, str(error))


def _guarded(token: Token, call: Callable[..., Value]) -> Callable[..., Value]:
    """The same, its mistakes told with their place."""

    def guarded(*values: Value) -> Value:
        try:
            return call(*values)
        except Mistake as error:
            return told(token, error)
        except (OverflowError, RecursionError) as error:
            return wrong(token, f"a value out of bounds: {error}")

    return guarded
