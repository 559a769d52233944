// Whom a firm sells to, ships to, manufactures or serves for, and what.
//
// group   supply
// param   firm         name         of the firm
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  customer     string       name of the firm
// return  product      string       what
// return  quantity     number       pieces
// return  amount       number       in units of the currency
// return  currency     string       ISO 4217
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example firm=TSMC
MATCH (a:Firm {name: $firm})-[f:SUPPLIES|DENIED]->(b:Firm)
WHERE f.relation = 'SUPPLIES'
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN b.name AS customer, c.product AS product, c.quantity AS quantity, c.amount AS amount, c.currency AS currency,
       c.modality AS modality, c.date AS date, c.publisher AS publisher, c.published AS published,
       c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY customer, date, claim LIMIT $limit
