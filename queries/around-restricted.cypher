// Who makes, buys and competes with chips and products that are under a measure.
//
// group   sanctions
// param   chip        name=        name of one chip or product; all restricted ones without it
// param   limit       integer=100  rows at most
// also    as_of known_by undated denied
// return  chip        string       name of the restricted chip or product
// return  measures    integer      how many measures are on it
// return  role        string       maker, buyer or rival
// return  name        string       of the firm, chip or product
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
// example chip=H20
// example
MATCH (:Regulator)-[r:SANCTIONS]->(chip:Entity)
WHERE chip.label IN ['Chip', 'Product'] AND ($chip = '' OR chip.name = $chip)
MATCH (k:Claim {fact: r.id})
WHERE k.modality <> 'denied'
  AND ($as_of = '' OR k.date <= $as_of + '~' OR (k.date IS NULL AND $undated = true))
  AND ($as_of = '' OR k.end_date IS NULL OR k.end_date + '~' >= $as_of)
  AND ($known_by = '' OR k.published <= $known_by + '~' OR (k.published IS NULL AND $undated = true))
WITH chip, count(DISTINCT k.fact) AS measures
MATCH (chip)-[f:PRODUCES|BUYS|COMPETES_WITH|DENIED]-(b:Entity)
WHERE f.relation IN ['PRODUCES', 'BUYS', 'COMPETES_WITH']
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH chip, measures, f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH chip, measures, f, b, collect(c.id) AS ids, count(c) AS claims,
     count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials
WITH chip, measures, f, b, head(ids) AS top, claims, publishers, denials
WHERE denials < claims OR $denied = true
MATCH (best:Claim {id: top})
RETURN chip.name AS chip, measures AS measures,
       CASE f.relation WHEN 'PRODUCES' THEN 'maker' WHEN 'BUYS' THEN 'buyer' ELSE 'rival' END AS role,
       b.name AS name, best.modality AS modality, claims AS claims, publishers AS publishers, denials AS denials,
       best.date AS date, best.publisher AS publisher, best.published AS published, best.evidence AS evidence,
       best.id AS claim, f.id AS fact
ORDER BY chip, role, claims DESC, name, fact LIMIT $limit
