// @ts-check
// What stands beside the drawing: claims, entities, lists, legend. Everything that comes from documents is set as text.

/**
 * @param {string} tag @param {Object<string, any>} properties attributes; functions listen
 * @param {(Node | string)[]} children @returns {any}
 */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** @param {string} text */
const bdi = text => make('bdi', {}, text);

/** A link, where it is one that a browser may follow safely; else the text. @param {string} url @param {string} text */
function link(url, text) {
  let known = null;
  try { known = new URL(url); } catch { /* no URL */ }
  if (!known || !['http:', 'https:'].includes(known.protocol)) return bdi(text);
  return make('a', {href: known.href, target: '_blank', rel: 'noopener noreferrer'}, bdi(text));
}

/** A small SVG. @param {number} width @param {number} height @param {[string, Object<string, any>][]} shapes */
function drawing(width, height, ...shapes) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'})) {
    svg.setAttribute(name, String(value));
  }
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
    svg.append(shape);
  }
  return svg;
}

/** What a node of a label looks like, as the name and attributes of an SVG element. 
 *  @param {string} label @param {number} x @param {number} y @param {number} radius @returns {[string, Object<string, any>]} */
function shape(label, x, y, radius) {
  const {colour, points} = KINDS[label], paint = {fill: colour, stroke: ink(), 'stroke-width': 1.3};
  if (!points) return ['circle', {cx: x, cy: y, r: radius, ...paint}];
  return ['polygon', {points: points.map(([px, py]) => `${x + px * radius},${y + py * radius}`).join(' '), ...paint}];
}

/** @param {Claim} claim @returns {Node[]} the sentence, its two ends marked */
function sentence(claim) {
  const [s0, s1, o0, o1] = claim.marks;
  const spans = /** @type {[number, number, string][]} */ ([[s0, s1, 'subject'], [o0, o1, 'object']])
    .filter(span => span[0] >= 0).sort((a, b) => a[0] - b[0]);
  /** @type {Node[]} */
  const parts = [];
  let at = 0;
  for (const [from, to, end] of spans) {
    parts.push(document.createTextNode(claim.text.slice(at, from)));
    parts.push(make('mark', {class: end, title: end}, claim.text.slice(from, to)));
    at = to;
  }
  return [...parts, document.createTextNode(claim.text.slice(at))];
}

/** @param {string | number} value */
const amount = value => typeof value === 'number' ? value.toLocaleString('en-US', {maximumFractionDigits: 6}) : value;

/** @param {Claim} claim */
function claimItem(claim) {
  const {source} = claim, said = Object.entries(claim.qualifiers);
  const item = make('li', {class: claim.modality}, make('blockquote', {}, ...sentence(claim)));
  const where = make('p', {class: 'meta'}, link(source.url, source.title || source.url || 'untitled document'));
  where.append(' · ', bdi(source.publisher || 'publisher unknown'), ` · ${source.published || 'not dated'}`);
  const how = make('p', {class: 'meta'}, make('strong', {}, claim.modality));
  if (claim.attribution.length) how.append(' · credited to ', bdi(claim.attribution.join(', ')));
  how.append(` · ${claim.date ? `happened ${claim.date}${claim.end ? ` to ${claim.end}` : ''}` : 'event undated'}`);
  if (said.length) how.append(' · ', bdi(said.map(([key, value]) => `${key} ${amount(value)}`).join(', ')));
  const made = make('p', {class: 'meta'}, claim.confidence >= 0 ? `confidence ${claim.confidence} · ` : '', 'by ', bdi(claim.method));
  item.append(where, how, made);
  return item;
}

/** @param {Fact} fact @param {State} state */
function factRow(fact, state) {
  const {modality, publishers, claims} = /** @type {Seen} */ (look(state).get(fact));
  const about = `${fact.count} claim${fact.count === 1 ? '' : 's'}, ${publishers} publisher${publishers === 1 ? '' : 's'}`;
  return make('li', {}, make('button', {class: 'row', 'data-key': fact.key, click: () => choose(fact, true)}, bdi(told(fact)),
    make('small', {}, claims.length ? `${modality} · ${about}` : `${about}, none within the filters`)));
}

/** @param {Entity} entity */
function entityRow(entity, name = '') {
  const also = name && name !== entity.name ? ` · also ${name}` : '';
  return make('li', {}, make('button', {class: 'row', 'data-key': entity.key, click: () => choose(entity, true)}, bdi(entity.name),
    make('small', {}, `${entity.label} · ${entity.facts.length} facts`, bdi(also))));
}

/** Rows, some at first, more at a button. @param {any[]} items @param {(item: any) => Node} row @param {number} most */
function rows(items, row, most = 50) {
  const list = make('ul', {class: 'rows'}), box = make('div', {}, list);
  let shown = 0;
  const more = make('button', {click: show});
  function show() {
    list.append(...items.slice(shown, shown += most).map(row));
    more.textContent = `Show ${Math.min(most, items.length - shown)} more of ${items.length.toLocaleString('en-US')}`;
    more.hidden = shown >= items.length;
  }
  show();
  box.append(more);
  return box;
}

/** @param {string} name @param {() => void} does */
const button = (name, does) => make('button', {click: does}, name);

/** @param {Fact} fact @param {State} state @returns {Node[]} */
function factDetails(fact, state) {
  const {claims, modality, publishers} = /** @type {Seen} */ (look(state).get(fact));
  const filtered = fact.claims.length - claims.length, missing = fact.count - fact.claims.length;
  const between = fact.subject.facts.filter(other => other !== fact && otherEnd(other, fact.subject) === fact.object);
  const counted = `${fact.count} claim${fact.count === 1 ? '' : 's'} · ${publishers} independent publisher${publishers === 1 ? '' : 's'}`;
  return [
    make('h2', {tabindex: -1}, bdi(fact.subject.name), ` ${fact.relation} `, bdi(fact.object.name)),
    make('p', {class: 'meta'}, fact.variant ? bdi(`${fact.variant} · `) : '', claims.length ? `${modality} · ` : '', counted),
    make('ol', {class: 'claims', 'aria-label': 'Claims'}, ...claims.map(claimItem)),
    ...(filtered ? [make('p', {class: 'meta'}, `${filtered} more outside of the filters`)] : []),
    ...(missing ? [make('p', {class: 'meta'}, `${missing} more are not in this picture; \`keiretsu why\` shows them`)] : []),
    make('div', {class: 'actions'}, button(`To ${short(fact.subject.name, 30)}`, () => choose(fact.subject, true)),
      button(`To ${short(fact.object.name, 30)}`, () => choose(fact.object, true))),
    ...(between.length ? [make('h3', {}, 'Also between these two'), rows(between, other => factRow(other, state))] : []),
  ];
}

/** @param {Entity} entity @param {State} state @returns {Node[]} */
function entityDetails(entity, state) {
  const drawn = new Set(cy.nodes().map(about)), seen = look(state);
  const more = new Set(entity.facts.filter(fact => seen.get(fact)?.passes).map(fact => otherEnd(fact, entity)).filter(other => !drawn.has(other)));
  /** @type {Map<string, Fact[]>} */
  const kinds = new Map();
  for (const fact of entity.facts) {
    const kind = `${fact.relation}${!fact.directed ? '' : fact.subject === entity ? ' →' : ' ←'}`;
    kinds.set(kind, [...(kinds.get(kind) || []), fact]);
  }
  const known = Object.entries(entity.attributes).flatMap(([key, value]) => [make('dt', {}, key), make('dd', {}, bdi(String(value)))]);
  const expanding = button(more.size ? `Expand (${more.size} more)` : 'All neighbours are drawn', () => expand(entity));
  expanding.disabled = !more.size;
  return [
    make('h2', {tabindex: -1}, bdi(entity.name)),
    make('p', {class: 'meta'}, `${entity.label} · ${entity.facts.length} facts`),
    ...(entity.aliases.length ? [make('p', {class: 'meta'}, 'also: ', bdi(entity.aliases.join(' · ')))] : []),
    ...(known.length ? [make('dl', {}, ...known)] : []),
    make('div', {class: 'actions'}, expanding, button('Hide', () => hide(entity)),
      button(state.pinned.has(entity) ? 'Unpin' : 'Pin', () => pin(entity)), button('Only this', () => only(entity))),
    ...[...kinds].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1)).flatMap(([kind, some]) =>
      [make('h3', {}, `${kind} (${some.length})`), rows(some, fact => factRow(fact, state), 25)]),
  ];
}

/** @param {string} tab @param {State} state @returns {Node[]} */
function listing(tab, state) {
  const seen = look(state), box = make('div', {});
  const input = make('input', {type: 'search', 'aria-label': 'Filter this list', placeholder: 'Filter this list', input: show});
  const all = tab === 'entities' ? entities.filter(entity => !state.off.label.has(entity.label)) : facts.filter(fact => seen.get(fact)?.passes);
  function show() {
    const wanted = plain(input.value);
    const some = !wanted ? all : all.filter(one => 'subject' in one ? plain(told(one)).includes(wanted) : one.plain.some(name => name.includes(wanted)));
    box.replaceChildren(make('p', {class: 'meta'}, `${some.length.toLocaleString('en-US')} ${tab}`),
      rows(some, one => 'subject' in one ? factRow(one, state) : entityRow(one), 100));
  }
  show();
  return [make('h2', {tabindex: -1}, tab === 'entities' ? 'All entities' : 'All facts within the filters'), input, box];
}

/** @returns {Node[]} */
function nothingSelected() {
  return [
    make('h2', {tabindex: -1}, bdi(raw.title)),
    make('p', {}, `${entities.length.toLocaleString('en-US')} entities and ${facts.length.toLocaleString('en-US')} facts. Click an edge to read the sentences that it rests on, or a node.`),
    ...raw.notes.map((/** @type {string} */ note) => make('p', {class: 'note'}, bdi(note))),
    ...(entities.length ? [make('h3', {}, 'Most connected'), rows(entities.slice(0, 10), entity => entityRow(entity))] : []),
  ];
}

// -- legend and filters

/** @param {string} id @param {any} value */
const set = (id, value) => Object.assign(/** @type {any} */ (document.getElementById(id)), value);

/** @param {keyof Off} kind @param {string} value @param {number} count @param {Node | string} sign @param {State} state */
function toggle(kind, value, count, sign, state) {
  const box = make('input', {type: 'checkbox', 'data-kind': kind, 'data-value': value, change: () => {
    const off = new Set(state.off[kind]);
    if (!off.delete(value)) off.add(value);
    go({off: {...state.off, [kind]: off}});
  }});
  box.checked = !state.off[kind].has(value);
  return make('label', {title: value}, box, sign, make('span', {class: 'name'}, value),
    make('span', {class: 'count'}, count.toLocaleString('en-US')));
}

/** @template T @param {Iterable<T>} values @returns {Map<T, number>} */
function counted(values) {
  /** @type {Map<T, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return counts;
}

/** @param {string} id @param {keyof Off} kind @param {[string, number][]} counts @param {(value: string) => Node | string} sign @param {State} state */
function toggles(id, kind, counts, sign, state) {
  const box = /** @type {HTMLElement} */ (document.getElementById(id));
  const focused = box.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.value : undefined;
  box.replaceChildren(...counts.map(([value, count]) => toggle(kind, value, count, sign(value), state)));
  if (focused !== undefined) [...box.querySelectorAll('input')].find(input => input.dataset.value === focused)?.focus();
}

/** @param {Map<string, number>} counts @param {string[]} order */
const inOrder = (counts, order) => /** @type {[string, number][]} */ (order.filter(value => counts.has(value)).map(value => [value, counts.get(value)]));

/** @type {[string, number][]} */
const publishers = [...counted(facts.flatMap(fact => [...new Set(fact.claims.map(claim => publisherOf(claim.source)))]))]
  .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));

/** @param {State} state */
function legend(state) {
  const seen = look(state);
  toggles('by-label', 'label', inOrder(counted(entities.map(e => e.label)), raw.labels), label => drawing(18, 18, shape(label, 9, 9, 7)), state);
  const modalities = counted(facts.map(fact => /** @type {Seen} */ (seen.get(fact))).filter(one => one.claims.length).map(one => one.modality));
  toggles('by-modality', 'modality', MODALITIES.map(m => [m, modalities.get(m) || 0]), modality => drawing(30, 12,
    ['line', {x1: 1, y1: 6, x2: 29, y2: 6, stroke: lineColour(modality), 'stroke-width': 2.4, 'stroke-dasharray': LINES[modality].dash.join(' ')}]), state);
  toggles('by-relation', 'relation', inOrder(counted(facts.map(fact => fact.relation)), raw.relations), () => '', state);
  toggles('by-publisher', 'publisher', publishers.slice(0, 40), () => '', state);
  const [first, last] = RANGE[state.axis], unknown = facts.filter(fact => undated(state.axis, fact)).length;
  for (const input of document.querySelectorAll('input[name=axis]')) {
    const radio = /** @type {HTMLInputElement} */ (input);
    radio.checked = radio.value === state.axis;
  }
  for (const end of /** @type {('from' | 'to')[]} */ (['from', 'to'])) {
    set(end, {min: first, max: last, value: state[end], disabled: first === last});
    set(`${end}-text`, {textContent: first ? monthName(state[end]) : '–'});
  }
  set('undated', {checked: state.undated});
  set('undated-count', {textContent: unknown.toLocaleString('en-US')});
  set('least', {value: state.least});
  set('least-text', {textContent: String(state.least)});
}
