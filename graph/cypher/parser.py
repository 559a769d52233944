"""The words of a whole query -> its tree."""

from dataclasses import replace
from functools import lru_cache

from graph.clause import Token, refuse, wrong
from graph.cypher import tree
from graph.cypher.pattern import Patterns
from graph.cypher.tree import Clause, Expression
from graph.errors import QueryError


class Parser(Patterns):
    """Reads clauses."""

    def run(self) -> tree.Query:
        """Read the whole query."""
        query = self._query()
        self._take(";")
        if self._token.kind != "end":
            wrong(self._token, f"unexpected {self._token.text!r}")
        if query.bare:
            wrong(self._token, "a query must end with RETURN")
        return query

    def _query(self) -> tree.Query:
        token, parts, kinds = self._token, [self._single()], set()
        while self._comes("UNION"):
            union = self._next()
            kinds.add(self._take("ALL"))
            self._take("DISTINCT")
            parts.append(self._single())
            if len(kinds) > 1:
                wrong(union, "UNION and UNION ALL in one query")
        return tree.Query(token, tuple(parts), True in kinds)

    def _single(self) -> tuple[Clause, ...]:
        found = [self._clause()]
        while not (isinstance(found[-1], tree.Projection) and found[-1].last) and self._more():
            found.append(self._clause())
        return tuple(found)

    def _more(self) -> bool:
        return self._token.kind != "end" and self._token.text not in ("}", ";") and not self._comes("UNION")

    def _subquery(self) -> tree.Query:
        """Within braces: a query, or a pattern with a condition, short for MATCH."""
        if self._token.text != "(" and not (self._named() and self._ahead().text == "="):
            return self._query()
        token = self._token
        return tree.Query(token, ((self._matched(token, False),),))

    def _clause(self) -> Clause:
        token = self._next()
        match token.word:
            case "MATCH":
                return self._matched(token, False)
            case "OPTIONAL":
                return self._optional(token)
            case "UNWIND":
                source = self.expression()
                self._expect("AS")
                return tree.Unwind(token, source, self._name())
            case "WITH" | "RETURN":
                return self._projection(token.word == "RETURN")
            case "CALL":
                return self._call(False)
            case "ORDER" | "SKIP" | "OFFSET" | "LIMIT":
                self._at -= 1
                return self._cut(token)
        return wrong(token, f"{token.text!r} where a clause (MATCH, UNWIND, WITH, CALL, RETURN) was expected")

    def _optional(self, token: Token) -> Clause:
        if self._take("CALL"):
            return self._call(True)
        self._expect("MATCH")
        return self._matched(token, True)

    def _matched(self, token: Token, optional: bool) -> tree.Match:
        if self._token.word in ("REPEATABLE", "DIFFERENT") and self._token.kind == "name":
            refuse(self._token, f"the match mode {self._token.text}")
        parts = tuple(self._many(self._part))
        if self._comes("USING"):
            refuse(self._token, "USING")
        where = self.expression() if self._take("WHERE") else None
        return tree.Match(token, optional, parts, where)

    def _call(self, optional: bool) -> tree.Call:
        token, imports = self._tokens[self._at - 1], None
        if self._take("("):
            imports = self._imports()
            self._expect(")")
        if not self._take("{"):
            refuse(token, "CALL of a procedure")
        query = self._query()
        self._expect("}")
        if self._comes("IN"):
            refuse(self._token, "CALL IN TRANSACTIONS")
        return tree.Call(token, imports, query, optional)

    def _imports(self) -> tuple[str, ...]:
        if self._take("*"):
            return ("*",)
        return () if self._token.text == ")" else tuple(self._many(self._name))

    def _projection(self, last: bool) -> tree.Projection:
        token = self._tokens[self._at - 1]
        distinct = self._take("DISTINCT")
        everything = self._take("*")
        items = self._many(self._item) if not everything or self._take(",") else []
        cut = self._cut(token)
        where = self.expression() if not last and self._take("WHERE") else None
        found = {"last": last, "distinct": distinct, "everything": everything, "items": tuple(items), "where": where}
        return replace(cut, **found)  # type: ignore[arg-type]

    def _cut(self, token: Token) -> tree.Projection:
        """ORDER BY, SKIP and LIMIT: of a projection, or a clause of their own, which is short for WITH *."""
        order = self._many(self._ordered) if self._take("ORDER", "BY") else []
        skip = self.expression() if self._take("SKIP") or self._take("OFFSET") else None
        limit = self.expression() if self._take("LIMIT") else None
        return tree.Projection(token, False, False, True, (), tuple(order), skip, limit, None)

    def _item(self) -> tree.Item:
        start = self._token
        found = self.expression()
        text = self._text[start.start : self._tokens[self._at - 1].end]
        if self._take("AS"):
            return tree.Item(found, self._name(), True)
        name = found.subject if isinstance(found, tree.MapProjection) else found
        return tree.Item(found, name.name if isinstance(name, tree.Variable) else text, False)

    def _ordered(self) -> tree.Order:
        found: Expression = self.expression()
        if self._token.word in ("ASC", "ASCENDING", "DESC", "DESCENDING"):
            return tree.Order(found, self._next().word.startswith("DESC"))
        return tree.Order(found, False)


@lru_cache(maxsize=256)
def parse(text: str) -> tree.Query:
    """The tree of a query.

    Raises:
        QueryError: it is not Cypher, or a construct that the embedded store does not know; with its place.
    """
    parser = Parser(text)
    try:
        return parser.run()
    except RecursionError:
        raise QueryError("line 1, column 1: a query nested too deeply") from None
