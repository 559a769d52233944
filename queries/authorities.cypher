// Who restricts: how many facts, targets, claims and publishers for each authority. Claims that deny are not
// counted.
//
// group   sanctions
// param   limit       integer=100  rows at most
// also    as_of known_by undated
// return  authority   string       name
// return  parent      string       the body it is part of
// return  facts       integer      measures on targets
// return  targets     integer      different targets
// return  claims      integer      how many claims say so
// return  publishers  integer      of how many publishers
// return  ids         list         ids of the claims
// example
// example known_by=2023
MATCH (a:Regulator)-[f:SANCTIONS]->(b:Entity)
MATCH (c:Claim {fact: f.id})
WHERE c.modality <> 'denied'
  AND ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, c ORDER BY c.id
RETURN a.name AS authority, a.parent AS parent, count(DISTINCT f.id) AS facts, count(DISTINCT b.id) AS targets,
       count(c) AS claims, count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers, collect(c.id) AS ids
ORDER BY facts DESC, authority LIMIT $limit
