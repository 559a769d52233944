"""WITH and RETURN: columns of rows, grouped or not, sorted and cut."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from graph.clause import wrong
from graph.cypher import tree
from graph.cypher.clock import Clock
from graph.cypher.evaluator import Computed, Evaluator, Row, told
from graph.cypher.function import AGGREGATES, percentile
from graph.cypher.tree import Aggregate, Expression, Item, rebuilt
from graph.cypher.value import Mistake, Value, key, ordered, rank

_NO_ROW: Row = {}


class Projector:
    """Does what one WITH or RETURN says, for any number of rows."""

    def __init__(
        self, projection: tree.Projection, everything: Sequence[str], evaluator: Evaluator, clock: Clock
    ) -> None:
        self._projection, self._evaluator, self._clock = projection, evaluator, clock
        token = projection.token
        stars = [Item(tree.Variable(token, name), name, True) for name in everything]
        self._items = [*stars, *projection.items]
        self._grouped = any(tree.aggregates(item.expression) for item in self._items)
        self._make: Callable[[Iterable[Row]], Iterator[tuple[Row, Row]]] = (
            self._grouping() if self._grouped else self._mapping()
        )
        self._sorts = [(self._sorting(order), order.descending) for order in projection.order]
        self._skip = self._bound(projection.skip)
        self._limit = self._bound(projection.limit)
        self._where = self._filter(projection.where)

    def run(self, rows: Iterable[Row], keep: Row) -> Iterator[Row]:
        """The rows that become of these.

        Args:
            keep: what a subquery sees of the query around it, whatever it projects.
        """
        pairs = self._make(rows)
        if self._projection.distinct:
            pairs = _distinct(pairs)
        if self._sorts:
            pairs = iter(self._sorted(pairs))
        pairs = self._cut(pairs)
        for before, after in pairs:
            if self._where is None or self._where(self._seen(before, after)):
                yield after if self._projection.last or not keep else {**keep, **after}

    def _seen(self, before: Row, after: Row) -> Row:
        return {**before, **after}

    # making columns

    def _mapping(self) -> Callable[[Iterable[Row]], Iterator[tuple[Row, Row]]]:
        columns = [(item.name, self._evaluator.of(item.expression)) for item in self._items]

        def pairs(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
            for row in rows:
                yield row, {name: value(row) for name, value in columns}

        return pairs

    def _grouping(self) -> Callable[[Iterable[Row]], Iterator[tuple[Row, Row]]]:
        keys = [item for item in self._items if not tree.aggregates(item.expression)]
        found = list(dict.fromkeys(a for item in self._items for a in tree.aggregates(item.expression)))
        change: dict[Expression, Expression] = {a: tree.Variable(a.token, f"\0a{at}") for at, a in enumerate(found)}
        change |= {item.expression: tree.Variable(item.expression.token, item.name) for item in keys}
        columns = [(item.name, self._evaluator.of(rebuilt(item.expression, change))) for item in self._items]
        groups = _Groups(keys, found, self._evaluator, self._clock)

        def pairs(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
            for group in groups.of(rows):
                yield _NO_ROW, {name: value(group) for name, value in columns}

        return pairs

    # order and bounds

    def _sorting(self, order: tree.Order) -> Computed:
        """What rows are sorted by: the columns, and what stood before where nothing was merged."""
        return self._evaluator.of(rebuilt(order.expression, tree.renamed(self._items)))

    def _filter(self, where: Expression | None) -> Callable[[Row], bool] | None:
        merged = self._grouped or self._projection.distinct
        return self._evaluator.condition(rebuilt(where, tree.renamed(self._items) if merged else {})) if where else None

    def _sorted(self, pairs: Iterator[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
        found = list(pairs)
        sights = [self._seen(*pair) for pair in found]
        order = list(range(len(found)))
        values = [([value(sight) for sight in sights], descending) for value, descending in self._sorts]
        try:
            ordered(order, [(column.__getitem__, descending) for column, descending in values])
        except Mistake as error:
            told(self._projection.order[0].expression.token, error)
        return [found[at] for at in order]

    def _bound(self, expression: Expression | None) -> Callable[[], int | None]:
        if expression is None:
            return lambda: None
        value = self._evaluator.of(expression)

        def bound() -> int:
            found = value(_NO_ROW)
            if type(found) is not int or found < 0:
                wrong(expression.token, f"{found!r} rows, where a whole number of them was expected")
            return found

        return bound

    def _cut(self, pairs: Iterator[tuple[Row, Row]]) -> Iterator[tuple[Row, Row]]:
        skip, limit = self._skip() or 0, self._limit()
        if limit == 0 and not self._grouped:
            return iter(())
        return islice(pairs, skip, None if limit is None else skip + limit)


def _distinct(pairs: Iterable[tuple[Row, Row]]) -> Iterator[tuple[Row, Row]]:
    seen = set()
    for _, after in pairs:
        known = tuple(map(key, after.values()))
        if known not in seen:
            seen.add(known)
            yield _NO_ROW, after


class _Groups:
    """Rows with the same keys, and what is collected of each."""

    def __init__(self, keys: list[Item], found: list[Aggregate], evaluator: Evaluator, clock: Clock) -> None:
        self._keys = [(item.name, evaluator.of(item.expression)) for item in keys]
        self._found = [(aggregate, [evaluator.of(a) for a in aggregate.arguments]) for aggregate in found]
        self._clock = clock

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """A row for each group: its keys, and the aggregates under made-up names."""
        groups: dict[object, tuple[Row, list[_Collected]]] = {}
        names = [name for name, _ in self._keys]
        for row in rows:
            self._clock.tick()
            values = [value(row) for _, value in self._keys]
            group = groups.get(known := tuple(map(key, values)))
            if group is None:
                group = groups[known] = dict(zip(names, values, strict=True)), self._collected()
            for collected in group[1]:
                collected.add(row)
        if not groups and not self._keys:
            groups[()] = {}, self._collected()
        for found, collection in groups.values():
            yield found | {f"\0a{at}": collected.result() for at, collected in enumerate(collection)}

    def _collected(self) -> "list[_Collected]":
        return [_Collected(aggregate, arguments) for aggregate, arguments in self._found]


class _Collected:
    """The values of one aggregate in one group."""

    __slots__ = ("_aggregate", "_arguments", "_count", "_second", "_seen", "_values")

    def __init__(self, aggregate: Aggregate, arguments: list[Computed]) -> None:
        self._aggregate, self._arguments = aggregate, arguments
        self._values: list[Value] = []
        self._seen: set[object] | None = set() if aggregate.distinct else None
        self._count, self._second = 0, None

    def add(self, row: Row) -> None:
        if not self._arguments:
            self._count += 1
            return
        value = self._arguments[0](row)
        if len(self._arguments) > 1:
            self._second = self._arguments[1](row)
        if value is None:
            return
        if self._seen is not None:
            if (known := key(value)) in self._seen:
                return
            self._seen.add(known)
        self._values.append(value)

    def result(self) -> Value:
        try:
            return self._result()
        except Mistake as error:
            return told(self._aggregate.token, error)

    def _result(self) -> Value:
        name = self._aggregate.name
        if not self._arguments:
            return self._count
        if name in ("min", "max"):
            return (min if name == "min" else max)(self._values, key=rank, default=None)
        if name.startswith("percentile"):
            return percentile(self._values, self._second, continuous=name == "percentilecont")
        return AGGREGATES[name](self._values)
