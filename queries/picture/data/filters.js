// @ts-check
// Which facts are to be seen. A claim passes by publisher and time; a fact by the claims that pass, and by its kind.

/**
 * @typedef {{relation: Set<string>, label: Set<string>, modality: Set<string>, publisher: Set<string>}} Off what is
 *   switched off
 */
/** @typedef {'event' | 'publication'} Axis */
/** @typedef {{off: Off, least: number, axis: Axis, from: number, to: number, undated: boolean}} Filters */
/** @typedef {{claims: Claim[], modality: string, publishers: number, passes: boolean}} Seen */

/** First and last month of all claims, by axis. @param {Axis} axis @returns {[number, number]} */
function range(axis) {
  let first = Infinity, last = -Infinity;
  for (const fact of facts) {
    for (const {[axis]: time} of fact.claims) {
      if (time) [first, last] = [Math.min(first, time[0]), Math.max(last, time[1])];
    }
  }
  return first > last ? [0, 0] : [first, last];
}

/** @type {Record<Axis, [number, number]>} */
const RANGE = {event: range('event'), publication: range('publication')};

/** @param {Source} source */
const publisherOf = source => source.publisher || '(unknown)';

/** @param {Axis} axis @param {Fact} fact */
const undated = (axis, fact) => !fact.claims.some(claim => claim[axis]);

/** @type {Map<Fact, Seen>} */
let seen = new Map();
let seenWith = '';

/** What is seen of each fact with these filters. @param {Filters} filters @returns {Map<Fact, Seen>} */
function look(filters) {
  const {off, least, axis, from, to, undated} = filters;
  const key = JSON.stringify([least, axis, from, to, undated, ...Object.values(off).map(set => [...set].sort())]);
  if (key !== seenWith) {
    seen = new Map(facts.map(fact => [fact, lookAt(fact, filters)]));
    seenWith = key;
  }
  return seen;
}

/** @param {Fact} fact @param {Filters} filters @returns {Seen} */
function lookAt(fact, {off, least, axis, from, to, undated}) {
  const claims = fact.claims.filter(claim => {
    const time = claim[axis];
    return !off.publisher.has(publisherOf(claim.source)) && (time ? time[0] <= to && time[1] >= from : undated);
  });
  const strongest = Math.max(-1, ...claims.map(claim => STRENGTH.indexOf(claim.modality)));
  const modality = STRENGTH[strongest] || 'denied';
  const publishers = new Set(claims.map(claim => claim.source.publisher.toLowerCase())).size;
  const kinds = !off.relation.has(fact.relation) && !off.modality.has(modality) &&
    !off.label.has(fact.subject.label) && !off.label.has(fact.object.label);
  return {claims, modality, publishers, passes: kinds && claims.length > 0 && publishers >= least};
}
