"""FollowTheMoney entities as JSON Lines: who, what is said of two of them, each with its article as proof.

Each claim is an entity of its own: OWNS an Ownership, SANCTIONS a Sanction, LEADS a Directorship, all else, and
whatever is denied, an UnknownLink whose `role` is the relation. There is no place for sectors, nor for quantities.
"""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from graph.model import Qualifiers
from graph.summary import Row
from queries.export.parts import Source

Properties = dict[str, list[str]]

SCHEMATA = {
    "Firm": "Company",
    "Fund": "Company",
    "Regulator": "PublicBody",
    "Person": "Person",
    "Chip": "Asset",
    "Product": "Asset",
    "Market": "Organization",
    "Country": "Territory",
}
"""Label -> schema. A Fund is a Company since only what is an Asset can be owned."""
_NAMES = {"name": "name", "aliases": "alias", "country": "country", "wikidata": "wikidataId"}
_PROPERTIES = {
    "Firm": {**_NAMES, "founded": "incorporationDate", "ticker": "ticker", "lei": "leiCode"},
    "Chip": {**_NAMES, "kind": "keywords"},
    "Product": {**_NAMES, "kind": "keywords"},
}
_ENDS = {"Ownership": ("owner", "asset"), "Directorship": ("director", "organization")}
_HELD = {"Ownership": {"stake"}, "Sanction": {"measure"}, "Directorship": {"role"}, "UnknownLink": set[str]()}
"""Schema -> qualifiers that it has a property for."""


def lines(source: Source) -> Iterator[str]:
    """Yield an entity a line."""
    gone = set()
    for row in source.rows("entity"):
        if row["label"] in SCHEMATA:
            yield _line(row["id"], SCHEMATA[row["label"]], _entity(row, source))
        else:
            gone.add(row["id"])
    for row in source.rows("document"):
        yield _line(row["id"], "Article", _article(row, source))
    facts = {row["id"]: row for row in source.rows("fact")}
    for row in source.rows("claim"):
        fact = facts[row["fact"]]
        if fact["object_id"] in gone or fact["subject_id"] in gone:
            source.leave_out("claims about sectors")
        else:
            yield _claim(row, fact, source)
    source.leave_out("sectors", len(gone))
    for kind in ("mention", "judgement"):
        source.leave_out(f"{kind}s", source.manifest["counts"][kind])


def _line(id: str, schema: str, properties: Properties) -> str:
    known = {name: values for name, values in properties.items() if values}
    return json.dumps({"id": id, "schema": schema, "properties": known}, ensure_ascii=False) + "\n"


def _entity(row: Row, source: Source) -> Properties:
    names = _PROPERTIES.get(row["label"], _NAMES)
    found: Properties = {}
    for key, value in row.items():
        if key in names:
            found[names[key]] = value if isinstance(value, list) else [value]
        elif key not in ("id", "label"):
            source.leave_out(f"attributes {key!r} of a {row['label']}")
    return found | {"country": [code.lower() for code in found.get("country", [])]}


def _article(row: Row, source: Source) -> Properties:
    if "licence" in row:
        source.leave_out("licences of documents (the manifest has them)")
    names = {"title": "title", "text": "bodyText", "publisher": "publisher", "published": "publishedAt"}
    found = {ftm: [row[key]] for key, ftm in names.items() if key in row}
    file = f"{row['id']}.txt"
    web = {"sourceUrl": _url(row, source), "language": _language(row, source)}
    return {"name": [row.get("title", file)], "fileName": [file], **found, **web}


def _url(row: Row, source: Source) -> list[str]:
    """The address, if it is one on the web: the model takes no other."""
    url = row.get("url", "")
    try:
        known = urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        known = False
    source.leave_out("addresses that are none on the web", bool(url) and not known)
    return [url] if known else []


def _language(row: Row, source: Source) -> list[str]:
    """The language by its three letters (ISO 639-3)."""
    import pycountry

    text = row.get("language", "")
    known = pycountry.languages.get(alpha_2=text.partition("-")[0].lower()) if text else None
    source.leave_out("languages that are not in ISO 639", bool(text) and known is None)
    return [known.alpha_3] if known else []


def _claim(row: Row, fact: Row, source: Source) -> str:
    relation = row["relation"]
    schema = _schema(row)
    said: Properties = {"summary": [row["evidence"]], "proof": [row["document"]]}
    dates = (("publisher", "publisher"), ("date", "startDate"), ("end_date", "endDate"))
    said |= {ftm: [row[key]] for key, ftm in dates if key in row}
    held = _HELD[schema]
    for name in Qualifiers.model_fields:
        source.leave_out(f"qualifiers {name!r} of {relation}", name in row and name not in held)
    source.leave_out("credits of claims", "attribution" in row)
    source.leave_out("confidences of claims", "confidence" in row)
    if schema == "Sanction":
        said |= {"entity": [fact["object_id"]], "authority": [fact["subject"]], "program": [row["measure"]]}
        return _line(row["id"], schema, said | {"status": [row["modality"]]})
    ends = _ENDS.get(schema, ("subject", "object"))
    said |= {ends[0]: [fact["subject_id"]], ends[1]: [fact["object_id"]], "status": [row["modality"]]}
    said["role"] = [row["role"]] if schema == "Directorship" and "role" in row else [_role(row)]
    if schema == "Ownership" and "stake" in row:
        said["percentage"] = [f"{100 * row['stake']:.10g}"]
    return _line(row["id"], schema, said)


def _schema(row: Row) -> str:
    """What a claim is; what is denied is told in its role, where nobody overlooks it."""
    if row["modality"] == "denied":
        return "UnknownLink"
    return {"OWNS": "Ownership", "SANCTIONS": "Sanction", "LEADS": "Directorship"}.get(row["relation"], "UnknownLink")


def _role(row: Row) -> str:
    relation = str(row["relation"])
    return f"DENIED: {relation}" if row["modality"] == "denied" else relation
