// Plans and forecasts: facts that are expected by some claim and told as so by none.
//
// group   certainty
// param   relation    string=      such as INVESTS_IN; all without it
// param   limit       integer=100  rows at most
// also    as_of known_by undated
// return  subject     string       name
// return  relation    string       the kind of fact
// return  object      string       name
// return  detail      string       measure or metric, where that is part of the fact
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
// example relation=PRODUCES
// example
MATCH (a:Entity)-[f]->(b:Entity)
WHERE $relation = '' OR f.relation = $relation
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH a, f, b, collect(c.id) AS ids, count(c) AS claims,
     count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials,
     max(CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END) AS strongest
WITH a, f, b, head(ids) AS top, claims, publishers, denials, strongest
WHERE strongest = 2
MATCH (best:Claim {id: top})
RETURN a.name AS subject, f.relation AS relation, b.name AS object, coalesce(f.measure, f.metric) AS detail,
       best.modality AS modality, claims AS claims, publishers AS publishers, denials AS denials, best.date AS date,
       best.publisher AS publisher, best.published AS published, best.evidence AS evidence, best.id AS claim,
       f.id AS fact
ORDER BY relation, subject, object, detail, fact LIMIT $limit
