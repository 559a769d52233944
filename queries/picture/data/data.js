// @ts-check
// What the page holds: the JSON that queries/picture/page.py wrote, as objects that know each other.

/** @typedef {{title: string, publisher: string, published: string, url: string, id: string}} Source */
/** @typedef {[number, number] | null} Months first and last month, counted from year 0 */
/**
 * @typedef {{text: string, marks: number[], source: Source, modality: string, date: string, end: string,
 *   attribution: string[], confidence: number, method: string, qualifiers: Object<string, string | number>,
 *   event: Months, publication: Months}} Claim
 */
/**
 * @typedef {{key: string, subject: Entity, object: Entity, relation: string, variant: string, directed: boolean,
 *   count: number, claims: Claim[]}} Fact
 */
/**
 * @typedef {{key: string, order: number, label: string, name: string, aliases: string[],
 *   attributes: Object<string, string | number>, facts: Fact[], plain: string[]}} Entity
 */

const raw = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('data')).textContent || '{}');
/** From the weakest to the strongest. @type {string[]} */
const STRENGTH = ['denied', 'rumored', 'expected', 'stated'];
/** @type {string[]} */
const MODALITIES = raw.modalities;

/** @param {string} text */
const plain = text => text.normalize('NFKC').toLowerCase().trim();

/** The months that an ISO date at any precision spans. @param {string} text @returns {Months} */
function months(text) {
  const match = /^(\d{4})(?:-(\d\d))?/.exec(text || '');
  if (!match) return null;
  const first = Number(match[1]) * 12 + (match[2] ? Number(match[2]) - 1 : 0);
  return [first, match[2] ? first : first + 11];
}

/** @param {number} month */
const monthName = month => `${String(Math.floor(month / 12)).padStart(4, '0')}-${String(month % 12 + 1).padStart(2, '0')}`;

/** @type {Source[]} */
const sources = raw.documents.map((/** @type {string[]} */ [title, publisher, published, url, id]) => ({title, publisher, published, url, id}));

/** @type {Entity[]} */
const entities = raw.nodes.map((/** @type {any[]} */ [key, label, name, aliases, attributes], /** @type {number} */ order) => ({
  key, order, label: raw.labels[label], name, aliases, attributes, facts: [], plain: [name, ...aliases].map(plain),
}));

/** @param {any[]} row @returns {Claim} */
function claim([text, marks, source, modality, date, end, attribution, confidence, method, qualifiers = {}]) {
  const event = months(date), ends = months(end), from = sources[source];
  return {
    text: raw.texts[text], marks, source: from, modality: MODALITIES[modality], date: date || '', end: end || '',
    attribution, confidence, method: raw.methods[method], qualifiers,
    event: event && ends ? [event[0], Math.max(event[1], ends[1])] : event, publication: months(from.published),
  };
}

/** @type {Fact[]} */
const facts = raw.edges.map((/** @type {any[]} */ [key, subject, object, relation, variant, directed, count, claims]) => ({
  key, subject: entities[subject], object: entities[object], relation: raw.relations[relation], variant,
  directed: Boolean(directed), count, claims: claims.map(claim),
}));
for (const fact of facts) {
  fact.subject.facts.push(fact);
  if (fact.object !== fact.subject) fact.object.facts.push(fact);
}

/** @type {Map<string, Entity>} */
const entityOf = new Map(entities.map(entity => [entity.key, entity]));
/** @type {Map<string, Fact>} */
const factOf = new Map(facts.map(fact => [fact.key, fact]));

/** @param {Fact} fact @param {Entity} entity */
const otherEnd = (fact, entity) => fact.subject === entity ? fact.object : fact.subject;

/** @param {Fact} fact */
const told = fact => `${fact.subject.name} ${fact.relation} ${fact.object.name}${fact.variant ? ` (${fact.variant})` : ''}`;

/** Entities by a text in their names and aliases: whole names first, then beginnings, then parts.
 *  @param {string} text @param {number} most @returns {{entity: Entity, name: string}[]} */
function search(text, most) {
  const wanted = plain(text);
  /** @type {{entity: Entity, name: string, rank: number}[]} */
  const found = [];
  if (!wanted) return found;
  for (const entity of entities) {
    let best = 4, name = '';
    entity.plain.forEach((candidate, n) => {
      const at = candidate.indexOf(wanted);
      const rank = at < 0 ? 4 : (candidate === wanted ? 0 : at === 0 ? 1 : 2) + (n ? 0.5 : 0);
      if (rank < best) [best, name] = [rank, n ? entity.aliases[n - 1] : entity.name];
    });
    if (best < 4) found.push({entity, name, rank: best});
  }
  return found.sort((a, b) => a.rank - b.rank || a.entity.order - b.entity.order).slice(0, most);
}
