"""The words of an expression -> its tree.

What binds weakest first: OR, XOR, AND, NOT, comparisons, predicates such as IN, + and -, * / %, ^, signs.
"""

import math
import re
from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from graph.clause import Token, refuse, wrong
from graph.cypher import tree
from graph.cypher.tree import Expression, Labels
from graph.cypher.types import Types
from graph.errors import QueryError

T = TypeVar("T")

AGGREGATES = {"count", "sum", "avg", "min", "max", "collect", "stdev", "stdevp", "percentilecont", "percentiledisc"}
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_PREDICATES = {"STARTS", "ENDS", "CONTAINS", "IN", "=~", "IS"}
_QUANTIFIERS = {"all", "any", "none", "single"}
_LITERALS: dict[str, object] = {"TRUE": True, "FALSE": False, "NULL": None}
_FLOATS = {"INF": math.inf, "INFINITY": math.inf, "NAN": math.nan}
_NAMESPACES = {"date", "datetime", "time", "localtime", "localdatetime", "duration", "point", "vector"}
DEPTH = 100
"""How deep brackets may nest: beyond it Python's own stack is at risk."""


class Expressions(Types):
    """Reads expressions; patterns and whole queries within them are read by the classes made of this one."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    @abstractmethod
    def _part(self) -> tree.Part: ...

    @abstractmethod
    def _subquery(self) -> tree.Query: ...

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH:
            refuse(self._token, f"an expression nested more than {DEPTH} deep")
        found = self._left(("OR",), lambda: self._left(("XOR",), lambda: self._left(("AND",), self._not)))
        self._depth -= 1
        return found

    def _left(self, operators: tuple[str, ...], part: Callable[[], Expression]) -> Expression:
        """A series of operands, taken from the left."""
        found = part()
        while self._token.word in operators:
            token = self._next()
            found = tree.Binary(token, token.word, found, part())
        return found

    def _not(self) -> Expression:
        signs = []
        while self._token.word == "NOT":
            signs.append(self._next())
        found = self._comparison()
        for token in reversed(signs):
            found = tree.Unary(token, "NOT", found)
        return found

    def _comparison(self) -> Expression:
        operands, operators, token = [self._predicate()], [], self._token
        while self._token.text in _COMPARISONS and self._token.kind == "op":
            operators.append(self._next().text)
            operands.append(self._predicate())
        return tree.Chain(token, tuple(operands), tuple(operators)) if operators else operands[0]

    def _predicate(self) -> Expression:
        found = self._sum()
        return self._tested(found) if self._token.word in _PREDICATES else found

    def _tested(self, subject: Expression) -> Expression:
        token = self._next()
        if token.word == "IS":
            negated = self._take("NOT")
            if self._take("NULL"):
                return tree.IsNull(token, subject, negated)
            if self._take("::") or self._take("TYPED"):
                return tree.IsTyped(token, subject, self.types(), negated)
            if negated or self._token.word in ("NORMALIZED", "NFC", "NFD", "NFKC", "NFKD"):
                refuse(token, f"IS {'NOT ' if negated else ''}{self._token.text}")
            return tree.HasLabels(token, subject, self.labels())
        if token.word in ("STARTS", "ENDS"):
            self._expect("WITH")
        return tree.Binary(token, token.word, subject, self._sum())

    def _sum(self) -> Expression:
        return self._left(("+", "-", "||"), lambda: self._left(("*", "/", "%"), lambda: self._left(("^",), self._sign)))

    def _sign(self) -> Expression:
        token = self._token
        if token.text not in ("+", "-") or token.kind != "op":
            return self._postfix()
        self._next()
        if token.text == "-" and self._token.kind == "number" and self._ahead().text not in (".", "[", ":"):
            return self._number(self._next(), -1)
        return tree.Unary(token, token.text, self._sign())

    def _postfix(self) -> Expression:
        found = self._atom()
        while True:
            token = self._token
            if self._take("."):
                found = tree.Property(token, found, self._name())
            elif token.text == "[":
                found = self._indexed(found)
            elif token.text == ":" and self._labelled(found):
                self._next()
                found = tree.HasLabels(token, found, self.labels())
            else:
                return found

    def _labelled(self, subject: Expression) -> bool:
        return isinstance(subject, tree.Variable | tree.Property | tree.Function) and self._ahead().text != ":"

    def _indexed(self, subject: Expression) -> Expression:
        token = self._next()
        if self._take(".."):
            found: Expression = tree.Slice(token, subject, None, self.expression())
        else:
            low = self.expression()
            if self._take(".."):
                high = None if self._token.text == "]" else self.expression()
                found = tree.Slice(token, subject, low, high)
            else:
                found = tree.Index(token, subject, low)
        self._expect("]")
        return found

    # labels

    def labels(self) -> Labels:
        """What follows a colon: names joined by `:`, `&`, `|`, with `!`, `%` and parentheses."""
        found = [self._conjoined()]
        while self._take("|"):
            self._take(":")
            found.append(self._conjoined())
        return found[0] if len(found) == 1 else Labels("or", parts=tuple(found))

    def _conjoined(self) -> Labels:
        found = [self._negated()]
        while self._token.text in ("&", ":") and self._ahead().text not in ("{", "$"):
            self._next()
            found.append(self._negated())
        return found[0] if len(found) == 1 else Labels("and", parts=tuple(found))

    def _negated(self) -> Labels:
        if self._take("!"):
            return Labels("not", parts=(self._negated(),))
        if self._take("%"):
            return Labels("any")
        if self._take("("):
            found = self.labels()
            self._expect(")")
            return found
        if self._token.text == "$":
            refuse(self._token, "a label taken from an expression")
        return Labels("name", self._name())

    # atoms

    def _atom(self) -> Expression:
        token = self._token
        if token.kind == "string":
            self._next()
            return tree.Literal(token, token.value, "string")
        if token.kind == "number":
            return self._number(self._next(), 1)
        if token.kind == "param":
            self._next()
            return tree.Parameter(token, token.value)
        if token.text == "$":
            return self._quoted_parameter()
        if token.text == "(" and token.kind == "op":
            return self._parenthesis()
        if token.text == "[" and token.kind == "op":
            return self._bracket()
        if token.text == "{" and token.kind == "op":
            return self.map()
        if token.kind in ("name", "quoted"):
            return self._word()
        return wrong(token, f"{token.text!r} where a value was expected")

    def _quoted_parameter(self) -> Expression:
        token = self._next()
        if self._token.kind != "quoted" or self._token.start != token.end:
            wrong(token, "a parameter without a name")
        return tree.Parameter(token, self._next().value)

    def _number(self, token: Token, sign: int) -> Expression:
        text = token.text.replace("_", "")
        if re.match(r"0\d", text):
            refuse(token, f"the number {text}")
        if text[:2].lower() in ("0x", "0o") or text.isdigit():
            value: float = sign * int(text, 0)
            if not -(2**63) <= value < 2**63:
                wrong(token, f"the number {text}: integer is too large")
            return tree.Literal(token, value, "int")
        value = sign * float(text)
        if not math.isfinite(value):
            wrong(token, f"the number {text}: floating point number is too large")
        return tree.Literal(token, value, "float")

    def _parenthesis(self) -> Expression:
        if part := self._attempt(self._related):
            return tree.PatternExists(part.token, part)
        self._expect("(")
        found = self.expression()
        self._expect(")")
        return found

    def _related(self) -> tree.Part:
        """A pattern with a relationship, which tells it from an expression in parentheses."""
        token, part = self._token, self._part()
        return part if part.relationships else wrong(token, "no relationship")

    def _attempt(self, read: Callable[[], T]) -> T | None:
        """What is read, if it can be; else nothing is."""
        at, depth = self._at, self._depth
        try:
            return read()
        except QueryError:
            self._at, self._depth = at, depth
            return None

    def _bracket(self) -> Expression:
        token = self._token
        if self._ahead().kind in ("name", "quoted") and self._ahead(2).word == "IN":
            return self._comprehension()
        pattern = self._ahead().text == "(" or (self._ahead(2).text == "=" and self._ahead(3).text == "(")
        if pattern and (found := self._attempt(self._pattern_comprehension)):
            return found
        self._next()
        items = [] if self._token.text == "]" else self._many(self.expression)
        self._expect("]")
        return tree.ListOf(token, tuple(items))

    def _comprehension(self) -> Expression:
        token, variable = self._next(), self._name()
        self._expect("IN")
        source = self.expression()
        where = self.expression() if self._take("WHERE") else None
        body = self.expression() if self._take("|") else None
        self._expect("]")
        return tree.Comprehension(token, variable, source, where, body)

    def _pattern_comprehension(self) -> Expression:
        token, part = self._next(), self._related()
        where = self.expression() if self._take("WHERE") else None
        self._expect("|")
        body = self.expression()
        self._expect("]")
        return tree.PatternComprehension(token, part, where, body)

    def map(self) -> tree.MapOf:
        token, pairs = self._token, []
        self._expect("{")
        if self._token.text != "}":
            pairs = self._many(self._pair)
        self._expect("}")
        if len(dict(pairs)) < len(pairs):
            refuse(token, "a map with the same key twice")
        return tree.MapOf(token, tuple(pairs))

    def _pair(self) -> tuple[str, Expression]:
        name = self._name()
        self._expect(":")
        return name, self.expression()

    def _word(self) -> Expression:
        """A literal, CASE, a function, a subquery, a map projection or a variable."""
        token, after = self._next(), self._token
        if token.kind == "name" and token.word in _LITERALS:
            return tree.Literal(token, _LITERALS[token.word], "null" if token.word == "NULL" else "bool")
        if token.word == "CASE" and token.kind == "name" and after.text not in (".", ",", ")"):
            return self._case(token)
        if after.text == "{" and token.word in ("EXISTS", "COUNT", "COLLECT"):
            return self._nested(token)
        if after.text == "{":
            return self._projected(token)
        if after.text == "(":
            return self._called(token)
        if after.text == "." and token.value.lower() in _NAMESPACES and self._ahead(2).text == "(":
            self._next()
            name = f"{token.value}.{self._name()}"
            return tree.Function(token, name, self._arguments())
        if token.kind == "name" and token.word in _FLOATS:
            return tree.Literal(token, _FLOATS[token.word], "float")
        return tree.Variable(token, token.value)

    def _nested(self, token: Token) -> Expression:
        self._expect("{")
        query = self._subquery()
        self._expect("}")
        return tree.Subquery(token, token.word, query)

    def _projected(self, token: Token) -> Expression:
        subject = tree.Variable(token, token.value)
        self._expect("{")
        items = [] if self._token.text == "}" else self._many(lambda: self._projection_item(subject))
        self._expect("}")
        return tree.MapProjection(token, subject, tuple(items))

    def _projection_item(self, subject: Expression) -> tuple[str, Expression | None]:
        token = self._token
        if self._take("."):
            if self._take("*"):
                return "*", None
            name = self._name()
            return name, tree.Property(token, subject, name)
        name = self._name()
        if self._take(":"):
            return name, self.expression()
        return name, tree.Variable(token, name)

    def _case(self, token: Token) -> Expression:
        subject = None if self._comes("WHEN") else self.expression()
        branches: list[tuple[Expression, Expression]] = []
        while self._take("WHEN"):
            tests = self._many(lambda: self._test(subject))
            if len(tests) > 1 and not subject:
                wrong(token, "several tests after WHEN, but nothing after CASE")
            self._expect("THEN")
            result = self.expression()
            branches += [(test, result) for test in tests]
        if not branches:
            wrong(self._token, f"{self._token.text!r} where WHEN was expected")
        default = self.expression() if self._take("ELSE") else None
        self._expect("END")
        return tree.Case(token, tuple(branches), default)

    def _test(self, subject: Expression | None) -> Expression:
        """What stands after WHEN, as a condition: a value that the subject equals, or the rest of a comparison."""
        token = self._token
        if subject is None:
            return self.expression()
        if token.text in _COMPARISONS and token.kind == "op":
            return tree.Chain(token, (subject, self._after()), (token.text,))
        if self._comes("=~") or self._comes("STARTS", "WITH") or self._comes("ENDS", "WITH"):
            return self._tested(subject)
        if token.word == "IS" and self._ahead().word in ("NULL", "NOT"):
            return self._tested(subject)
        return tree.Chain(token, (subject, self.expression()), ("=",))

    def _after(self) -> Expression:
        self._next()
        return self._predicate()

    def _arguments(self) -> tuple[Expression, ...]:
        self._expect("(")
        found = [] if self._token.text == ")" else self._many(self.expression)
        self._expect(")")
        return tuple(found)

    def _called(self, token: Token) -> Expression:
        name = token.value.lower()
        if name in _QUANTIFIERS and self._ahead(2).word == "IN":
            return self._quantifier(token)
        if name == "reduce":
            return self._reduce(token)
        if name in ("shortestpath", "allshortestpaths"):
            self._at -= 1
            return tree.ShortestPath(token, self._part())
        if name in AGGREGATES:
            return self._aggregate(token)
        if name == "exists":
            return self._exists(token)
        if name == "trim" and self._ahead().word in ("BOTH", "LEADING", "TRAILING"):
            refuse(token, "trim with BOTH, LEADING or TRAILING")
        return tree.Function(token, token.value, self._arguments())

    def _exists(self, token: Token) -> Expression:
        self._expect("(")
        part = self._attempt(self._related) or refuse(token, "exists of anything but a pattern (use IS NOT NULL)")
        self._expect(")")
        return tree.PatternExists(token, part, True)

    def _aggregate(self, token: Token) -> Expression:
        self._expect("(")
        name = token.value.lower()
        if name == "count" and self._take("*"):
            self._expect(")")
            return tree.Aggregate(token, name, (), False)
        distinct = self._take("DISTINCT")
        arguments = self._many(self.expression)
        self._expect(")")
        if len(arguments) != (2 if name.startswith("percentile") else 1):
            wrong(token, f"{token.text} with {len(arguments)} arguments")
        return tree.Aggregate(token, name, tuple(arguments), distinct)

    def _quantifier(self, token: Token) -> Expression:
        self._expect("(")
        variable = self._name()
        self._expect("IN")
        source = self.expression()
        if not self._take("WHERE"):
            refuse(token, f"{token.text} without WHERE")
        where = self.expression()
        self._expect(")")
        return tree.Quantifier(token, token.value.lower(), variable, source, where)

    def _reduce(self, token: Token) -> Expression:
        self._expect("(")
        total = self._name()
        self._expect("=")
        start = self.expression()
        self._expect(",")
        variable = self._name()
        self._expect("IN")
        source = self.expression()
        self._expect("|")
        body = self.expression()
        self._expect(")")
        return tree.Reduce(token, total, start, variable, source, body)
