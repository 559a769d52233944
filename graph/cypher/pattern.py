"""The words of a pattern -> its tree."""

from dataclasses import replace

from graph.clause import Token, refuse, wrong
from graph.cypher import tree
from graph.cypher.expression import Expressions
from graph.cypher.tree import Expression

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
            return self._selected(variable)
        nodes, relationships = self._series()
        return tree.Part(token, variable, tuple(nodes), tuple(relationships))

    def _series(self) -> tuple[list[tree.NodePattern], list[tree.RelationshipPattern]]:
        """Nodes, relationships between them, and what is repeated as a group."""
        nodes: list[tree.NodePattern] = []
        relationships: list[tree.RelationshipPattern] = []
        token, named = self._token, False
        while True:
            due = len(nodes) == len(relationships)
            if self._token.text == "(" and self._ahead().text == "(":
                nodes += [_nobody(self._token)] if due else []
                relationships.append(self._group())
            elif due and relationships and relationships[-1].group and self._token.text != "(":
                nodes.append(_nobody(self._token))
                break
            elif due:
                named = True
                nodes.append(self._node())
            elif self._token.text in ("<", "-") and self._ahead().text in ("-", "[", ">"):
                relationships.append(self._relationship())
            else:
                break
        if not named and not any(found.length and found.length[0] for found in relationships):
            wrong(token, "a pattern that may be of no node at all")
        return nodes, relationships

    def _group(self) -> tree.RelationshipPattern:
        """`((a)-[r]->(b) WHERE …){1,3}`, with just one relationship."""
        token = self._next()
        start, found, end = self._node(), self._relationship(), self._node()
        if self._token.text in ("<", "-", "("):
            refuse(self._token, "a quantified path pattern of several relationships")
        where = self.expression() if self._take("WHERE") else None
        self._expect(")")
        length = self._quantified()
        if not length or found.length:
            refuse(token, "a path pattern in parentheses, other than one quantified relationship")
        return replace(found, length=length, quantified=True, group=tree.Group(start, end, where))

    def _selected(self, variable: str) -> tree.Part:
        """`SHORTEST 1`, `ANY SHORTEST`, `ANY`, which find any shortest path, or `ALL SHORTEST`."""
        token, every = self._token, self._next().word == "ALL"
        if token.word == "SHORTEST":
            if self._next().text != "1":
                refuse(token, "a path selector of several paths")
        elif not self._take("SHORTEST") and every:
            refuse(token, "the path selector ALL")
        if not self._take("PATHS"):
            self._take("PATH")
        if self._token.word in ("GROUP", "GROUPS"):
            refuse(token, "a path selector of groups")
        nodes, relationships = self._series()
        if len(relationships) != 1:
            refuse(token, f"{token.text} of anything but one relationship between two nodes")
        which: tree.Shortest = "ALL SHORTEST" if every else "SHORTEST 1"
        return tree.Part(token, variable, tuple(nodes), tuple(relationships), which)

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
        variable = self._variable()
        labels = self.labels() if self._take(":") or self._take("IS") else None
        properties = self._properties()
        where = self.expression() if self._take("WHERE") else None
        self._expect(")")
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
            types = self.labels() if self._take(":") or self._take("IS") else None
            length = self._length() if self._take("*") else None
            properties = self._properties()
            where = self.expression() if self._take("WHERE") else None
            self._expect("]")
        self._expect("-")
        right = self._take(">")
        if length and where:
            wrong(token, "WHERE within a relationship of variable length")
        if length and types and types.choices() is None:
            wrong(token, "a relationship of variable length with anything but a choice of types")
        quantified = None if length else self._quantified()
        direction = int(right) - int(left)
        length = length or quantified
        return tree.RelationshipPattern(
            token, variable, types, direction, length, properties, where, quantified is not None
        )

    def _quantified(self) -> tuple[int, int | None] | None:
        """The bounds after an arrow or a group: `->+`, `->*`, `->{2}`, `->{1,3}`."""
        token = self._token
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
        if high is not None and (high == 0 or high < low):
            wrong(token, "a quantifier that nothing can meet")
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


def _nobody(token: Token) -> tree.NodePattern:
    return tree.NodePattern(token, "", None, None, None)
