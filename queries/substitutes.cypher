// What may stand in for a chip or product: what competes with it or is measured against it, who makes that, and
// whether it is under measures itself.
//
// group   sanctions
// param   chip        name         of the chip or product
// param   limit       integer=100  rows at most
// also    as_of known_by undated denied
// return  substitute  string       name of the other chip or product
// return  makers      list         who makes it
// return  measures    integer      how many measures are on it too
// return  relation    string       COMPETES_WITH or COMPARES_TO
// return  metric      string       by what it is compared
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
MATCH (a:Entity {name: $chip})-[f:COMPETES_WITH|COMPARES_TO|DENIED]-(b:Entity)
WHERE f.relation IN ['COMPETES_WITH', 'COMPARES_TO'] AND b.label IN ['Chip', 'Product']
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH f, b, collect(c.id) AS ids, count(c) AS claims,
     count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials
WITH f, b, head(ids) AS top, claims, publishers, denials
WHERE denials < claims OR $denied = true
OPTIONAL MATCH (maker:Firm)-[p:PRODUCES]->(b)
OPTIONAL MATCH (m:Claim {fact: p.id})
WHERE m.modality <> 'denied'
  AND ($as_of = '' OR m.date <= $as_of + '~' OR (m.date IS NULL AND $undated = true))
  AND ($as_of = '' OR m.end_date IS NULL OR m.end_date + '~' >= $as_of)
  AND ($known_by = '' OR m.published <= $known_by + '~' OR (m.published IS NULL AND $undated = true))
WITH f, b, top, claims, publishers, denials, CASE WHEN m.id IS NULL THEN null ELSE maker.name END AS made
ORDER BY made
WITH f, b, top, claims, publishers, denials, collect(DISTINCT made) AS makers
OPTIONAL MATCH (:Regulator)-[r:SANCTIONS]->(b)
OPTIONAL MATCH (k:Claim {fact: r.id})
WHERE k.modality <> 'denied'
  AND ($as_of = '' OR k.date <= $as_of + '~' OR (k.date IS NULL AND $undated = true))
  AND ($as_of = '' OR k.end_date IS NULL OR k.end_date + '~' >= $as_of)
  AND ($known_by = '' OR k.published <= $known_by + '~' OR (k.published IS NULL AND $undated = true))
WITH f, b, top, claims, publishers, denials, makers, count(DISTINCT k.fact) AS measures
MATCH (best:Claim {id: top})
RETURN b.name AS substitute, makers AS makers, measures AS measures, f.relation AS relation, f.metric AS metric,
       best.modality AS modality, claims AS claims, publishers AS publishers, denials AS denials, best.date AS date,
       best.publisher AS publisher, best.published AS published, best.evidence AS evidence, best.id AS claim,
       f.id AS fact
ORDER BY measures, substitute, relation, metric, fact LIMIT $limit
