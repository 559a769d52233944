"""JSON-LD: entities in the terms of schema.org, facts as RDF statements, claims by PROV-O from their articles.

What neither vocabulary has a term for has one of our own, called as the ontology calls it. A fact that nobody but
denies is a statement, never an edge from its subject to its object.
"""

import json
from collections.abc import Iterator
from typing import Any

from graph.model import Qualifiers
from graph.ontology import DENIED, RELATIONS
from graph.summary import SUMS, Row, edge_type
from queries.export.parts import Source

_OWN = "urn:keiretsu:"
_TYPES = {
    "Firm": "schema:Corporation",
    "Fund": "schema:Organization",
    "Regulator": "schema:GovernmentOrganization",
    "Person": "schema:Person",
    "Chip": "schema:Product",
    "Product": "schema:Product",
    "Market": "schema:Organization",
    "Sector": "schema:DefinedTerm",
    "Country": "schema:Country",
}
_ENTITY = {
    "name": "schema:name",
    "aliases": "schema:alternateName",
    "founded": "schema:foundingDate",
    "ticker": "schema:tickerSymbol",
    "lei": "schema:leiCode",
    "launched": "schema:releaseDate",
}
_DOCUMENT = {
    "title": "schema:headline",
    "publisher": "schema:publisher",
    "published": "schema:datePublished",
    "licence": "schema:license",
    "language": "schema:inLanguage",
    "url": "schema:url",
    "text": "schema:articleBody",
}
_CLAIM = {
    "evidence": "schema:text",
    "date": "schema:startDate",
    "end_date": "schema:endDate",
    "attribution": "schema:creditText",
}
_CLAIMED = ("modality", "start", "end", "method", "confidence", *Qualifiers.model_fields)
_CONTEXT = {
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "own": f"{_OWN}term:",
    "id": _OWN,
}


def lines(source: Source) -> Iterator[str]:
    """Yield the file node by node, a line each."""
    yield f'{{"@context": {json.dumps(_CONTEXT)}, "@graph": [\n'
    yield json.dumps(_dataset(source), ensure_ascii=False)
    for node in _nodes(source):
        yield ",\n" + json.dumps(node, ensure_ascii=False)
    yield "\n]}\n"
    for kind in ("mention", "judgement"):
        source.leave_out(f"{kind}s", source.manifest["counts"][kind])


def _dataset(source: Source) -> Row:
    told = source.manifest
    dated = {"schema:dateModified": told["date"]} if told["date"] else {}
    licences = sorted({publisher["licence"] for publisher in told["sources"] if publisher["licence"]})
    known = {"schema:version": str(told["schema"]), "schema:identifier": told["digest"], "schema:license": licences}
    return {"@id": "id:dataset", "@type": "schema:Dataset", "schema:name": "keiretsu", **dated, **known}


def _nodes(source: Source) -> Iterator[Row]:
    yield from map(_entity, source.rows("entity"))
    yield from map(_document, source.rows("document"))
    for row in source.rows("fact"):
        yield from _fact(row)
    yield from map(_claim, source.rows("claim"))


def _entity(row: Row) -> Row:
    return _node(row, [_TYPES[row["label"]], f"own:{row['label']}", "prov:Entity"], _ENTITY, skip=("label",))


def _document(row: Row) -> Row:
    return _node(row, ["schema:Article", "prov:Entity"], _DOCUMENT)


def _node(row: Row, types: list[str], names: dict[str, str], skip: tuple[str, ...] = ()) -> Row:
    """A row with its properties under the terms of schema.org, under our own where there is none."""
    values = {names.get(key, f"own:{key}"): value for key, value in row.items() if key not in ("id", *skip)}
    return {"@id": f"id:{row['id']}", "@type": types, **values}


def _fact(row: Row) -> Iterator[Row]:
    ends = _reference(row["subject_id"]), _reference(row["object_id"])
    statement = {"rdf:subject": ends[0], "rdf:predicate": {"@id": f"own:{row['relation']}"}, "rdf:object": ends[1]}
    sums = {f"own:{key}": row[key] for key in (*SUMS, RELATIONS[row["relation"]].key) if key in row}
    yield {"@id": f"id:{row['id']}", "@type": ["rdf:Statement", "own:Fact"], **statement, **sums}
    if edge_type(row) != DENIED:
        yield {**ends[0], f"own:{row['relation']}": ends[1]}


def _claim(row: Row) -> Row:
    said = {term: row[key] for key, term in _CLAIM.items() if key in row}
    said |= {f"own:{key}": row[key] for key in _CLAIMED if key in row}
    origin = {"prov:wasDerivedFrom": _reference(row["document"]), "schema:about": _reference(row["fact"])}
    return {"@id": f"id:{row['id']}", "@type": ["schema:Claim", "prov:Entity"], **said, **origin}


def _reference(id: str) -> dict[str, Any]:
    return {"@id": f"id:{id}"}
