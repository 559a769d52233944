// Who puts money into a firm or fund, or owns part of it, and the claims that say so.
//
// param   name       string       name of the firm or fund, e.g. 'Baidu'
// param   limit      integer=100  rows at most
// return  investor   string       name of who invests or owns
// return  relation   string       INVESTS_IN or OWNS
// return  amount     number       in units of the currency
// return  currency   string       ISO 4217
// return  stake      number       0 to 1
// return  modality   string       how sure this claim is
// return  date       string       when it happened, at the precision told
// return  publisher  string       who published it
// return  evidence   string       the sentence
// return  claim      string       its id
MATCH (investor:Entity)-[i:INVESTS_IN|OWNS]->(:Entity {name: $name})
MATCH (c:Claim {fact: i.id})
RETURN investor.name AS investor, c.relation AS relation, c.amount AS amount, c.currency AS currency, c.stake AS stake,
       c.modality AS modality, c.date AS date, c.publisher AS publisher, c.evidence AS evidence, c.id AS claim
ORDER BY investor, relation, date, claim LIMIT $limit
