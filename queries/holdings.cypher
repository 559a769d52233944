// What a firm, fund, authority or person owns, has invested in or acquired.
//
// group   capital
// param   name         name         of the owner
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  holding      string       name of the firm, fund or sector
// return  relation     string       OWNS, INVESTS_IN or ACQUIRES
// return  amount       number       in units of the currency
// return  currency     string       ISO 4217
// return  stake        number       0 to 1
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example name='SoftBank Group'
MATCH (a:Entity {name: $name})-[f:OWNS|INVESTS_IN|ACQUIRES|DENIED]->(b:Entity)
WHERE f.relation IN ['OWNS', 'INVESTS_IN', 'ACQUIRES']
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN b.name AS holding, f.relation AS relation, c.amount AS amount, c.currency AS currency, c.stake AS stake,
       c.modality AS modality, c.date AS date, c.publisher AS publisher, c.published AS published,
       c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY holding, relation, date, claim LIMIT $limit
