// @ts-check
// What happens when: every act makes a new state, and every state is drawn in the same way.

/** @param {string} id @returns {any} */
const byId = id => document.getElementById(id);

/** @param {string} text */
const announce = text => { byId('live').textContent = text; };

/** Go to a new state. @param {Partial<State>} change @param {boolean} forget whether it takes the place of the present one */
function go(change, forget = false) {
  const next = {...past[now], ...change};
  if (forget) past[now] = next;
  else past.splice(++now, Infinity, next);
  show();
}

/** @param {number} step */
function travel(step) {
  if (!past[now + step]) return;
  now += step;
  show();
}

function show() {
  const state = past[now], drawn = drawnIn(state);
  draw(drawn, state);
  legend(state);
  panel(state);
  byId('back').disabled = !now;
  byId('forward').disabled = now === past.length - 1;
  byId('status').textContent = summary(drawn, state);
  frame.setAttribute('aria-label', `Graph of ${drawn.nodes.length} entities and ${drawn.edges.length} facts`);
  remember(state);
}

/** @param {Drawn} drawn @param {State} state */
function summary({nodes, edges, hidden}, state) {
  const number = (/** @type {number} */ n) => n.toLocaleString('en-US');
  const passing = [...look(state).values()].filter(one => one.passes).length;
  const parts = [`Drawn: ${number(nodes.length)} of ${number(entities.length)} entities, ${number(edges.length)} of ${number(facts.length)} facts`];
  if (passing < facts.length) parts.push(`${number(facts.length - passing)} outside of the filters`);
  if (hidden) parts.push(`${number(hidden)} more between these are too many to draw: hide or filter some`);
  return [...parts, ...(nodes.length ? [] : raw.notes)].join(' · ');
}

/** @param {State} state */
function panel(state) {
  for (const tab of ['details', 'entities', 'facts']) {
    const current = tab === state.tab;
    byId(`tab-${tab}`).setAttribute('aria-selected', String(current));
    byId(`tab-${tab}`).tabIndex = current ? 0 : -1;
    if (current) byId('details').setAttribute('aria-labelledby', `tab-${tab}`);
  }
  const {selected, tab} = state;
  const content = tab !== 'details' ? listing(tab, state) : !selected ? nothingSelected() :
    'subject' in selected ? factDetails(selected, state) : entityDetails(selected, state);
  byId('details').replaceChildren(...content);
  byId('details').scrollTop = 0;
}

// -- what one can do

/** Select it, and draw it if it is not. @param {Entity | Fact | null} one @param {boolean} reading whether to go on in the panel */
function choose(one, reading = false) {
  const shown = past[now].shown || focus(), ends = !one ? [] : 'subject' in one ? [one.subject, one.object] : [one];
  const more = ends.filter(entity => !shown.includes(entity));
  go({selected: one, tab: 'details', ...(more.length ? {shown: [...shown, ...more]} : {})});
  if (one) announce('subject' in one ? `${told(one)}, ${one.count} claims` : `${one.name}, ${one.label}, ${one.facts.length} facts`);
  if (reading) byId('details').querySelector('h2')?.focus();
}

/** Draw more of what is around it, the best connected first. @param {Entity} entity */
function expand(entity) {
  const shown = past[now].shown || focus(), seen = look(past[now]), drawn = new Set(shown);
  const others = new Set(entity.facts.filter(fact => seen.get(fact)?.passes).map(fact => otherEnd(fact, entity)).filter(other => !drawn.has(other)));
  const more = [...others].sort((a, b) => a.order - b.order).slice(0, STEP);
  go({selected: entity, tab: 'details', shown: [...shown, ...more]});
  announce(`${more.length} more drawn around ${entity.name}, ${others.size - more.length} left`);
}

/** @param {Entity} entity */
function hide(entity) {
  const shown = past[now].shown || focus();
  go({selected: null, shown: shown.filter(other => other !== entity)});
  announce(`${entity.name} is hidden`);
}

/** @param {Entity} entity */
function pin(entity) {
  const pinned = new Map(past[now].pinned), {x, y} = places.get(entity) || {x: 0, y: 0};
  if (!pinned.delete(entity)) pinned.set(entity, [x, y]);
  go({pinned});
  announce(`${entity.name} is ${pinned.has(entity) ? '' : 'no longer '}pinned`);
}

/** @param {Entity} entity */
function only(entity) {
  const seen = look(past[now]);
  const others = new Set(entity.facts.filter(fact => seen.get(fact)?.passes).map(fact => otherEnd(fact, entity)));
  const most = [...others].sort((a, b) => a.order - b.order).slice(0, FOCUS_NODES - 1);
  for (const known of [...places.keys()]) if (!past[now].pinned.has(known)) places.delete(known);
  go({selected: entity, shown: [entity, ...most]});
}

// -- search

/** @type {Entity[]} */
let hits = [];
let hit = -1;

function find() {
  const found = search(byId('search').value, 20);
  hits = found.map(one => one.entity);
  hit = hits.length ? 0 : -1;
  byId('found').replaceChildren(...found.map(({entity, name}, n) => make('li', {id: `hit${n}`, role: 'option', 'aria-selected': String(n === hit),
    mousedown: (/** @type {Event} */ event) => { event.preventDefault(); take(n); }}, bdi(entity.name), ` · ${entity.label}`,
  ...(name === entity.name ? [] : [' · ', bdi(name)]))));
  byId('found').hidden = !found.length;
  point();
  if (byId('search').value && !found.length) announce('No name holds this');
}

function point() {
  [...byId('found').children].forEach((item, n) => item.setAttribute('aria-selected', String(n === hit)));
  byId('search').setAttribute('aria-expanded', String(!byId('found').hidden));
  if (hit >= 0) byId('search').setAttribute('aria-activedescendant', `hit${hit}`);
  else byId('search').removeAttribute('aria-activedescendant');
  byId(`hit${hit}`)?.scrollIntoView({block: 'nearest'});
}

function close() {
  byId('found').hidden = true;
  [hits, hit] = [[], -1];
  point();
}

/** @param {number} n */
function take(n) {
  const entity = hits[n];
  close();
  if (!entity) return;
  choose(entity, true);
  const node = cy.getElementById(`n${entity.key}`), {x1, y1, x2, y2} = cy.extent(), {x, y} = node.position();
  if (x < x1 || x > x2 || y < y1 || y > y2) cy.center(node);
}

/** @param {KeyboardEvent} event */
function searchKey(event) {
  if (event.key === 'Escape') close();
  if (event.key === 'Enter') take(hit);
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (!step || !hits.length) return;
  event.preventDefault();
  hit = (hit + step + hits.length) % hits.length;
  point();
}

// -- keys

/** From the selected node, or the end of the selected edge, to the nearest one in that direction. @param {number} dx @param {number} dy */
function step(dx, dy) {
  const {selected} = past[now], from = selected && ('subject' in selected ? selected.subject : selected);
  const nodes = cy.nodes().map(about), at = from && places.get(from);
  if (!at || !nodes.includes(from)) return choose(nodes[0] || null);
  let best = null, least = Infinity;
  for (const entity of nodes) {
    const to = /** @type {{x: number, y: number}} */ (places.get(entity)), x = to.x - at.x, y = to.y - at.y, along = x * dx + y * dy;
    const far = along + 2 * Math.abs(x * dy - y * dx);
    if (entity !== from && along > 0 && far < least) [best, least] = [entity, far];
  }
  if (best) choose(best);
}

/** @type {Object<string, () => void>} */
const KEYS = {
  ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
  Enter: () => nextFact(), e: () => onSelected(expand), h: () => onSelected(hide), p: () => onSelected(pin), Escape: () => choose(null),
  '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), f: fit,
};

/** @param {(entity: Entity) => void} act */
function onSelected(act) {
  const {selected} = past[now];
  if (selected && !('subject' in selected)) act(selected);
}

function nextFact() {
  const {selected} = past[now], edges = cy.edges().map(about);
  const of = selected && !('subject' in selected) ? edges.filter((/** @type {Fact} */ fact) => fact.subject === selected || fact.object === selected) : edges;
  if (of.length) choose(of[selected && 'subject' in selected ? (edges.indexOf(selected) + 1) % of.length : 0], true);
}

/** @param {number} by */
const zoom = by => cy.zoom({level: cy.zoom() * by, renderedPosition: {x: frame.clientWidth / 2, y: frame.clientHeight / 2}});

/** @param {KeyboardEvent} event */
function graphKey(event) {
  const does = KEYS[event.key];
  if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  does();
}

// -- wiring

/** @param {string} theme */
function paint(theme) {
  document.documentElement.dataset.theme = theme;
  cy.style().fromJson(looks()).update();
  legend(past[now]);
}

function listen() {
  /** @type {(Entity | Fact | null)[]} the last two */
  let tapped = [null, null];
  cy.on('tap', 'node, edge', (/** @type {any} */ event) => {
    tapped = [event.target.isEdge() ? nearest(event.position) : about(event.target), tapped[0]];
    choose(tapped[0]);
  });
  cy.on('tap', (/** @type {any} */ event) => { if (event.target === cy && past[now].selected) choose(null); });
  cy.on('dbltap', 'node', (/** @type {any} */ event) => {
    if (tapped[0] === tapped[1]) expand(about(event.target));  // two quick taps may hit two things
  });
  cy.on('dragfree', 'node', (/** @type {any} */ event) => {
    const entity = about(event.target), {x, y} = event.target.position(), {pinned} = past[now];
    places.set(entity, {x: Math.round(x), y: Math.round(y)});
    if (pinned.has(entity)) go({pinned: new Map(pinned).set(entity, [Math.round(x), Math.round(y)])});
  });
  cy.on('mouseover', 'edge', (/** @type {any} */ event) => { event.target.addClass('near'); frame.style.cursor = 'pointer'; });
  cy.on('mouseout', 'edge', (/** @type {any} */ event) => { emphasised(event.target); frame.style.cursor = ''; });
  frame.addEventListener('keydown', graphKey);
  byId('search').addEventListener('input', find);
  byId('search').addEventListener('keydown', searchKey);
  byId('search').addEventListener('blur', close);
  document.addEventListener('keydown', event => {
    const typing = /** @type {HTMLElement} */ (event.target).matches('input[type=search]');
    if (event.key === '/' && !typing) { event.preventDefault(); byId('search').focus(); }
  });
  for (const [id, does] of /** @type {[string, () => void][]} */ ([['back', () => travel(-1)], ['forward', () => travel(1)], ['fit', fit],
    ['reset', reset], ['theme', () => paint(dark() ? 'light' : 'dark')], ['png', savePng], ['svg', saveSvg], ['csv', saveCsv]])) {
    byId(id).addEventListener('click', does);
  }
  listenToFilters();
  listenToTabs();
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== encode(past[now])) go(decode(location.hash.slice(1)));
  });
  let theme = '';
  addEventListener('beforeprint', () => { theme = dark() ? 'dark' : 'light'; paint('light'); });
  addEventListener('afterprint', () => paint(theme));
}

/** Take the emphasis of the pointer away. @param {any} edge */
function emphasised(edge) {
  const {selected} = past[now], fact = about(edge);
  if (fact && selected !== fact.subject && selected !== fact.object) edge.removeClass('near');
}

function reset() {
  places.clear();
  go({...first()});
  fit();
}

function listenToFilters() {
  for (const input of document.querySelectorAll('input[name=axis]')) {
    const axis = /** @type {Axis} */ (/** @type {HTMLInputElement} */ (input).value);
    input.addEventListener('change', () => go({axis, from: RANGE[axis][0], to: RANGE[axis][1]}));
  }
  for (const id of /** @type {('from' | 'to' | 'least')[]} */ (['from', 'to', 'least'])) {
    let sliding = false;
    byId(id).addEventListener('input', () => {
      go(slid(id, Number(byId(id).value)), sliding);
      sliding = true;
    });
    byId(id).addEventListener('change', () => { sliding = false; });
  }
  byId('undated').addEventListener('change', () => go({undated: byId('undated').checked}));
}

/** A slider moved; from and to push each other. @param {'from' | 'to' | 'least'} id @param {number} value @returns {Partial<State>} */
function slid(id, value) {
  const {from, to} = past[now];
  if (id === 'least') return {least: value};
  return id === 'from' ? {from: value, to: Math.max(to, value)} : {to: value, from: Math.min(from, value)};
}

function listenToTabs() {
  const tabs = ['details', 'entities', 'facts'];
  tabs.forEach((tab, n) => {
    byId(`tab-${tab}`).addEventListener('click', () => go({tab}));
    byId(`tab-${tab}`).addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (!step) return;
      const next = tabs[(n + step + tabs.length) % tabs.length];
      go({tab: next});
      byId(`tab-${next}`).focus();
    });
  });
}

byId('title').textContent = raw.title;
byId('filters').open = innerWidth > 900;
document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
past[0] = decode(location.hash.slice(1));
listen();
paint(String(document.documentElement.dataset.theme));
show();
document.documentElement.dataset.ready = 'yes';
