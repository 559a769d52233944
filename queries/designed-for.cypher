// Which chips and products are made for a market or a use.
//
// group   competition
// param   name         name=        of the country or sector; all without it
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  product      string       name
// return  purpose      string       the market or use
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example name=China
// example
MATCH (a:Entity)-[f:DESIGNED_FOR|DENIED]->(b:Entity)
WHERE f.relation = 'DESIGNED_FOR' AND ($name = '' OR b.name = $name)
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN a.name AS product, b.name AS purpose, c.modality AS modality, c.date AS date, c.publisher AS publisher,
       c.published AS published, c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY product, purpose, date, claim LIMIT $limit
