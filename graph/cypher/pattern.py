"""The words of a pattern -> its tree."""

from graph.clause import refuse, wrong
from graph.cypher import tree
from graph.cypher.expression import Expressions
from graph.cypher.tree import Expression, Labels

_SHORTEST: dict[str, tree.Shortest] = {"SHORTESTPATH": "shortestPath", "ALLSHORTESTPATHS": "allShortestPaths"}


class Patterns(Expressions):
    """Reads what stands after MATCH, and within predicates and comprehensions."""

    def _part(self) -> tree.Part:
        token, variable = self._token, ""
        if self._named() and self._ahead().text == "=":
            variable = self._name()
            self._next()
        if self._token.word in _SHORTEST and self._ahead().text == "(":
            return self._shortest(variable)
        if self._token.word in ("SHORTEST", "ANY", "ALL") and self._token.kind == "name":
            refuse(self._token, f"the path selector {self._token.text}")
        nodes, relationships = [self._node()], []
        while self._token.text in ("<", "-") and self._ahead().text in ("-", "[", ">"):
            relationships.append(self._relationship())
            nodes.append(self._node())
        return tree.Part(token, variable, tuple(nodes), tuple(relationships))

    def _shortest(self, variable: str) -> tree.Part:
        token = self._next()
        self._expect("(")
        part = self._part()
        self._expect(")")
        if len(part.relationships) != 1 or part.variable or part.shortest:
            wrong(token, f"{token.text} of anything but one relationship between two nodes")
        return tree.Part(token, variable, part.nodes, part.relationships, _SHORTEST[token.word])

    def _node(self) -> tree.NodePattern:
        token = self._token
        self._expect("(")
        if self._token.text == "(":
            refuse(token, "a quantified path pattern")
        variable = self._variable()
        labels = self.labels() if self._take(":") or self._take("IS") else None
        properties = self._properties()
        where = self.expression() if self._take("WHERE") else None
        self._expect(")")
        if self._token.text in ("{", "+") or (self._token.text == "*" and self._ahead().text in ("(", "-", "<")):
            refuse(self._token, "a quantified path pattern")
        return tree.NodePattern(token, variable, labels, properties, where)

    def _variable(self) -> str:
        """The name that comes next, none for none."""
        if not self._named():
            return ""
        if self._token.word in ("WHERE", "IS") and self._ahead().text not in (":", ")", "{", "]", "*"):
            return ""
        return self._name()

    def _properties(self) -> Expression | None:
        if self._token.text == "{":
            return self.map()
        if self._token.kind == "param":
            refuse(self._token, "a parameter in the place of a property map")
        return None

    def _relationship(self) -> tree.RelationshipPattern:
        token = self._token
        left = self._take("<")
        self._expect("-")
        variable, types, length, properties, where = "", None, None, None, None
        if self._take("["):
            variable = self._variable()
            types = self._types() if self._take(":") or self._take("IS") else None
            length = self._length() if self._take("*") else None
            properties = self._properties()
            where = self.expression() if self._take("WHERE") else None
            self._expect("]")
        self._expect("-")
        right = self._take(">")
        length = length or self._quantified()
        if length and where:
            refuse(token, "WHERE within a relationship of variable length")
        if length and types and types.choices() is None:
            refuse(token, "a relationship of variable length with anything but a choice of types")
        direction = int(right) - int(left)
        return tree.RelationshipPattern(token, variable, types, direction, length, properties, where)

    def _types(self) -> Labels:
        token, found = self._token, self.labels()
        if _conjoins(found):
            refuse(token, "relationship types joined by & or :")
        return found

    def _quantified(self) -> tuple[int, int | None] | None:
        """The bounds after an arrow: `->+`, `->*`, `->{2}`, `->{1,3}`."""
        if self._take("+"):
            return 1, None
        if self._take("*"):
            return 0, None
        if not self._take("{"):
            return None
        low = self._whole() if self._token.kind == "number" else 0
        high: int | None = low
        if self._take(","):
            high = self._whole() if self._token.kind == "number" else None
        self._expect("}")
        return low, high

    def _length(self) -> tuple[int, int | None]:
        """The bounds after the star. `*..0` and `*3..1` are patterns that nothing meets."""
        low, high = 1, None
        bounded = self._token.kind == "number"
        if bounded:
            low = self._whole()
        if not self._take(".."):
            return low, (low if bounded else None)
        if self._token.kind == "number":
            high = self._whole()
        return low, high


def _conjoins(labels: Labels) -> bool:
    return labels.operator == "and" or any(map(_conjoins, labels.parts))
