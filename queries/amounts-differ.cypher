// Facts for which claims tell different amounts of one currency: the lowest and the highest, with who tells them.
//
// group   certainty
// param   limit           integer=100  rows at most
// also    as_of known_by undated denied
// return  subject         string       name
// return  relation        string       the kind of fact
// return  object          string       name
// return  currency        string       ISO 4217
// return  lowest          number       the least that is told
// return  highest         number       the most
// return  claims          integer      how many claims tell an amount
// return  publishers      integer      of how many publishers
// return  low_modality    string       how sure the claim of the lowest is
// return  low_publisher   string       who published it
// return  low_evidence    string       its sentence
// return  low_claim       string       its id
// return  high_modality   string       how sure the claim of the highest is
// return  high_publisher  string       who published it
// return  high_evidence   string       its sentence
// return  high_claim      string       its id
// example
MATCH (a:Entity)-[f]->(b:Entity)
MATCH (c:Claim {fact: f.id})
WHERE c.amount IS NOT NULL AND (c.modality <> 'denied' OR $denied = true)
  AND ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH a, f, b, c ORDER BY c.amount, c.id
WITH a, f, b, c.currency AS currency, collect(c.id) AS ids, min(c.amount) AS lowest, max(c.amount) AS highest,
     count(c) AS claims, count(DISTINCT toLower(coalesce(c.publisher, ''))) AS publishers
WHERE lowest < highest
WITH a, f, b, currency, lowest, highest, claims, publishers, head(ids) AS low, last(ids) AS high
MATCH (x:Claim {id: low})
MATCH (y:Claim {id: high})
RETURN a.name AS subject, f.relation AS relation, b.name AS object, currency AS currency, lowest AS lowest,
       highest AS highest, claims AS claims, publishers AS publishers, x.modality AS low_modality,
       x.publisher AS low_publisher, x.evidence AS low_evidence, x.id AS low_claim, y.modality AS high_modality,
       y.publisher AS high_publisher, y.evidence AS high_evidence, y.id AS high_claim
ORDER BY relation, subject, object, low_claim LIMIT $limit
