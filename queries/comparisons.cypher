// Chips and products measured against one another.
//
// group   competition
// param   name         name=        of one of the two; all without it
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  subject      string       name of what is measured
// return  object       string       name of what it is measured against
// return  metric       string       by what
// return  delta        number       signed fraction: 28% lower is -0.28
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example name=H20
// example
MATCH (a:Entity)-[f:COMPARES_TO|DENIED]->(b:Entity)
WHERE f.relation = 'COMPARES_TO' AND ($name = '' OR a.name = $name OR b.name = $name)
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN a.name AS subject, b.name AS object, f.metric AS metric, c.delta AS delta, c.modality AS modality,
       c.date AS date, c.publisher AS publisher, c.published AS published, c.attribution AS attribution,
       c.evidence AS evidence, c.id AS claim
ORDER BY subject, object, metric, date, claim LIMIT $limit
