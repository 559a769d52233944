// Investments and acquisitions by size, in one currency: sums of different currencies are never compared.
//
// group   capital
// param   currency     string=USD   ISO 4217
// param   least        number=0     amount from which
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  amount       number       in units of the currency
// return  investor     string       who invests or buys
// return  relation     string       INVESTS_IN or ACQUIRES
// return  target       string       into or what
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example currency=USD least=1000000000
// example currency=JPY
MATCH (a:Entity)-[f:INVESTS_IN|ACQUIRES|DENIED]->(b:Entity)
WHERE f.relation IN ['INVESTS_IN', 'ACQUIRES']
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing AND c.currency = $currency AND c.amount >= $least
RETURN c.amount AS amount, a.name AS investor, f.relation AS relation, b.name AS target, c.modality AS modality,
       c.date AS date, c.publisher AS publisher, c.published AS published, c.attribution AS attribution,
       c.evidence AS evidence, c.id AS claim
ORDER BY amount DESC, investor, target, date, claim LIMIT $limit
