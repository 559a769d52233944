// Who buys or uses a chip or another product, how much of it, and the claims that say so.
//
// param   product    string       name of the chip or product, e.g. 'H20'
// param   limit      integer=100  rows at most
// return  buyer      string       name of the firm
// return  quantity   number       pieces
// return  amount     number       what they cost, in units of the currency
// return  currency   string       ISO 4217
// return  modality   string       how sure this claim is
// return  date       string       when it happened, at the precision told
// return  publisher  string       who published it
// return  evidence   string       the sentence
// return  claim      string       its id
MATCH (buyer:Firm)-[b:BUYS]->(:Entity {name: $product})
MATCH (c:Claim {fact: b.id})
RETURN buyer.name AS buyer, c.quantity AS quantity, c.amount AS amount, c.currency AS currency, c.modality AS modality,
       c.date AS date, c.publisher AS publisher, c.evidence AS evidence, c.id AS claim
ORDER BY buyer, date, claim LIMIT $limit
