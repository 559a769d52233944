// The owners of a firm or fund, their owners, and theirs: every link of the chains, up to three above one another.
//
// group   capital
// param   name        name         of the firm or fund
// param   limit       integer=100  rows at most
// also    as_of known_by undated
// return  level       integer      1 for owners, 2 for theirs, 3 for theirs
// return  owner       string       name
// return  owned       string       name
// return  stake       number       0 to 1, by the strongest claim
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
// example name='Cambricon Technologies'
OPTIONAL MATCH (h:Entity)-[g:OWNS]->(o:Entity)
WHERE o.name = $name
OPTIONAL MATCH (d:Claim {fact: g.id})
WHERE d.modality <> 'denied'
  AND ($as_of = '' OR d.date <= $as_of + '~' OR (d.date IS NULL AND $undated = true))
  AND ($as_of = '' OR d.end_date IS NULL OR d.end_date + '~' >= $as_of)
  AND ($known_by = '' OR d.published <= $known_by + '~' OR (d.published IS NULL AND $undated = true))
WITH collect(DISTINCT CASE WHEN d.id IS NULL THEN null ELSE h.name END) AS first
OPTIONAL MATCH (h:Entity)-[g:OWNS]->(o:Entity)
WHERE o.name IN first
OPTIONAL MATCH (d:Claim {fact: g.id})
WHERE d.modality <> 'denied'
  AND ($as_of = '' OR d.date <= $as_of + '~' OR (d.date IS NULL AND $undated = true))
  AND ($as_of = '' OR d.end_date IS NULL OR d.end_date + '~' >= $as_of)
  AND ($known_by = '' OR d.published <= $known_by + '~' OR (d.published IS NULL AND $undated = true))
WITH first, collect(DISTINCT CASE WHEN d.id IS NULL THEN null ELSE h.name END) AS second
MATCH (a:Entity)-[f:OWNS]->(b:Entity)
WHERE b.name = $name OR b.name IN first OR b.name IN second
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH first, second, a, f, b, c
ORDER BY CASE c.modality WHEN 'stated' THEN 3 WHEN 'expected' THEN 2 WHEN 'rumored' THEN 1 ELSE 0 END DESC,
         coalesce(c.published, '') DESC, c.id DESC
WITH first, second, a, f, b, collect(c.id) AS ids, count(c) AS claims,
     count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers,
     sum(CASE c.modality WHEN 'denied' THEN 1 ELSE 0 END) AS denials
WITH first, second, a, f, b, head(ids) AS top, claims, publishers, denials
WHERE denials < claims
MATCH (best:Claim {id: top})
RETURN CASE WHEN b.name = $name THEN 1 WHEN b.name IN first THEN 2 ELSE 3 END AS level, a.name AS owner,
       b.name AS owned, best.stake AS stake, best.modality AS modality, claims AS claims, publishers AS publishers,
       denials AS denials, best.date AS date, best.publisher AS publisher, best.published AS published,
       best.evidence AS evidence, best.id AS claim, f.id AS fact
ORDER BY level, owner, owned, fact LIMIT $limit
