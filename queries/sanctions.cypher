// Measures of public authorities on a firm, fund, chip, product, person or country, each with the claims that say so.
//
// param   name       string       name of what is restricted, e.g. 'H20'
// param   limit      integer=100  rows at most
// return  authority  string       who restricts
// return  target     string       who or what is restricted
// return  measure    string       by which kind of measure
// return  modality   string       how sure this claim is
// return  date       string       when it happened, at the precision told
// return  publisher  string       who published it
// return  published  string       when
// return  evidence   string       the sentence
// return  claim      string       its id
MATCH (authority:Regulator)-[s:SANCTIONS]->(target:Entity {name: $name})
MATCH (c:Claim {fact: s.id})
RETURN authority.name AS authority, target.name AS target, s.measure AS measure, c.modality AS modality,
       c.date AS date, c.publisher AS publisher, c.published AS published, c.evidence AS evidence, c.id AS claim
ORDER BY authority, measure, date, claim LIMIT $limit
