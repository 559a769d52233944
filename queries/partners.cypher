// With whom a firm cooperates, shares a venture or a licence.
//
// group   competition
// param   firm         name         of the firm
// param   limit        integer=100  rows at most
// also    as_of known_by undated denied
// return  partner      string       name
// return  field        string       in what
// return  modality     string       how sure the claim is
// return  date         string       when it happened, at the precision told
// return  publisher    string       who published the claim
// return  published    string       when
// return  attribution  list         to whom the document credits it
// return  evidence     string       the sentence
// return  claim        string       id of the claim
// example firm=NVIDIA
MATCH (a:Firm {name: $firm})-[f:PARTNERS_WITH|DENIED]-(b:Firm)
WHERE f.relation = 'PARTNERS_WITH'
MATCH (c:Claim {fact: f.id})
WHERE ($as_of = '' OR c.date <= $as_of + '~' OR (c.date IS NULL AND $undated = true))
  AND ($as_of = '' OR c.end_date IS NULL OR c.end_date + '~' >= $as_of)
  AND ($known_by = '' OR c.published <= $known_by + '~' OR (c.published IS NULL AND $undated = true))
WITH f, b, collect(c.id) AS passing, sum(CASE c.modality WHEN 'denied' THEN 0 ELSE 1 END) AS held
WHERE held > 0 OR $denied = true
MATCH (c:Claim {fact: f.id})
WHERE c.id IN passing
RETURN b.name AS partner, c.field AS field, c.modality AS modality, c.date AS date, c.publisher AS publisher,
       c.published AS published, c.attribution AS attribution, c.evidence AS evidence, c.id AS claim
ORDER BY partner, date, claim LIMIT $limit
