// Measures of public authorities on a firm, fund, chip, product, person or country, each with the claims that say
// so.
//
// group   sanctions
// param   name         name         of what is restricted
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  authority    string       who restricts
// return  target       string       who or what is restricted
// return  measure      string       by which kind of measure
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example name=H20
// example name=NVIDIA as_of=2023
MATCH (a:Regulator)-[f:SANCTIONS|DENIED]->(b:Entity {name: $name})
WHERE f.relation = 'SANCTIONS'
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN a.name AS authority, b.name AS target, f.measure AS measure, c.modality AS modality, c.date AS date,
       c.publisher AS publisher, c.published AS published, c.attribution AS attribution, c.evidence AS evidence,
       c.id AS claim
ORDER BY authority, target, measure, date, claim LIMIT $limit
