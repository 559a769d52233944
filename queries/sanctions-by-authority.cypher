// What an authority restricts, with the bodies that are part of it, up to three levels down: what the Bureau of
// Industry and Security does counts for the US government too.
//
// group   sanctions
// param   authority   name         of the authority
// param   limit       integer=100  rows at most
// also    as_of known_by undated denied
// return  authority   string       the body that acts
// return  target      string       who or what is restricted
// return  measure     string       by which kind of measure
// return  modality    string       the strongest of its claims
// return  claims      integer      how many claims speak of it
// return  publishers  integer      of how many publishers
// return  denials     integer      how many of the claims deny it
// return  date        string       when it happened, by the strongest claim
// return  publisher   string       who published the strongest claim
// return  published   string       when
// return  evidence    string       its sentence
// return  claim       string       its id
// return  fact        string       id of the fact; `Claim.fact` finds all its claims
// example authority='US government'
MATCH (body:Regulator)
OPTIONAL MATCH (parent:Regulator {name: body.parent})
OPTIONAL MATCH (above:Regulator {name: parent.parent})
WITH body, parent, above
WHERE $authority IN [body.name, body.parent, parent.parent, above.parent]
MATCH (body)-[f:SANCTIONS|DENIED]->(b:Entity)
WHERE f.relation = 'SANCTIONS'
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH body, f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH body, f, b, collect(c.id) AS ids, count(c) AS claims,
     count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials
WITH body, f, b, head(ids) AS top, claims, publishers, denials
WHERE denials < claims OR $denied = true
MATCH (best:Claim {id: top})
RETURN body.name AS authority, b.name AS target, f.measure AS measure, best.modality AS modality, claims AS claims,
       publishers AS publishers, denials AS denials, best.date AS date, best.publisher AS publisher,
       best.published AS published, best.evidence AS evidence, best.id AS claim, f.id AS fact
ORDER BY authority, target, measure, fact LIMIT $limit
