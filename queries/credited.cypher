// What documents credit to a person, firm, authority or publication: its claims at second hand, denials too.
//
// group   certainty
// param   source       string       the name as documents give it, such as Reuters
// param   limit        integer=100  rows at most
// also    as_of known_by undated
// return  subject      string       name
// return  relation     string       the kind of fact
// return  object       string       name
// return  detail       string       measure or metric, where that is part of the fact
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example source=Reuters
MATCH (a:Entity)-[f]->(b:Entity)
MATCH (c:Claim {fact: f.id})
WHERE $source IN c.attribution
  AND ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
RETURN a.name AS subject, f.relation AS relation, b.name AS object, coalesce(f.measure, f.metric) AS detail,
       c.modality AS modality, c.date AS date, c.publisher AS publisher, c.published AS published,
       c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY relation, subject, object, date, claim LIMIT $limit
