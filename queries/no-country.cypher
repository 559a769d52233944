// Firms, funds, authorities and markets whose country no document tells, by how many facts they are part of. Claims
// that deny are not counted.
//
// group   facts
// param   label       string=      Firm, Fund, Regulator or Market; all without it
// param   limit       integer=100  rows at most
// also    as_of known_by undated
// return  name        string       of the entity
// return  label       string       what it is
// return  facts       integer      facts that it is part of
// return  claims      integer      how many claims say so
// return  publishers  integer      of how many publishers
// return  ids         list         ids of the claims
// example label=Regulator
// example
MATCH (e:Entity)-[f]-(:Entity)
WHERE e.country IS NULL AND e.label IN ['Firm', 'Fund', 'Regulator', 'Market'] AND ($label = '' OR e.label = $label)
MATCH (c:Claim {fact: f.id})
WHERE c.modality <> 'denied'
  AND ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH e, f, c ORDER BY c.id
RETURN e.name AS name, e.label AS label, count(DISTINCT f.id) AS facts, count(DISTINCT c.id) AS claims,
       count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers, collect(DISTINCT c.id) AS ids
ORDER BY facts DESC, name, label LIMIT $limit
