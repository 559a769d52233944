// @ts-check
// The drawing: what of the picture is drawn, how it looks, and cytoscape, which draws it.

/** @typedef {{nodes: Entity[], edges: Fact[], hidden: number}} Drawn hidden: facts that are too many to be drawn */

const [FOCUS_NODES, FOCUS_EDGES] = /** @type {[number, number]} */ (raw.most);
const MANY_EDGES = 600, STEP = 12;

/** A regular polygon or star, in a square from -1 to 1. @param {number} corners @param {number} turn @param {number} inner */
function polygon(corners, turn = 0, inner = 1) {
  return Array.from({length: corners}, (_, n) => {
    const angle = 2 * Math.PI * (n / corners + turn) - Math.PI / 2, reach = n % 2 ? inner : 1;
    return [Math.round(Math.cos(angle) * reach * 1000) / 1000, Math.round(Math.sin(angle) * reach * 1000) / 1000];
  });
}

/** Colours by Okabe and Ito, which most colour-blind people tell apart; the shapes tell the same again.
 *  @type {Object<string, {colour: string, points: number[][] | null}>} */
const KINDS = {
  Firm: {colour: '#56B4E9', points: null},
  Fund: {colour: '#D55E00', points: polygon(4)},
  Chip: {colour: '#009E73', points: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]]},
  Product: {colour: '#F0E442', points: [[-0.6, -0.75], [1, -0.75], [0.6, 0.75], [-1, 0.75]]},
  Regulator: {colour: '#E69F00', points: polygon(8, 1 / 16)},
  Person: {colour: '#CC79A7', points: polygon(3)},
  Market: {colour: '#0072B2', points: polygon(5)},
  Sector: {colour: '#999999', points: polygon(6, 1 / 12)},
  Country: {colour: '#8c8c00', points: polygon(10, 0, 0.5)},
};

/** @type {Object<string, {dash: number[], colours: [string, string]}>} colours on light and on dark ground */
const LINES = {
  stated: {dash: [], colours: ['#5f656d', '#a9b0b9']},
  rumored: {dash: [2, 4], colours: ['#B84F00', '#E69F00']},
  expected: {dash: [9, 5], colours: ['#0072B2', '#56B4E9']},
  denied: {dash: [12, 4, 2, 4], colours: ['#a3346f', '#e59cc4']},
};

const dark = () => document.documentElement.dataset.theme === 'dark';
/** @param {string} modality */
const lineColour = modality => LINES[modality].colours[dark() ? 1 : 0];
const ink = () => dark() ? '#eceef1' : '#1a1c1f';
const ground = () => dark() ? '#15181c' : '#ffffff';

/** @param {string} text @param {number} most */
const short = (text, most) => [...text].length > most ? [...text].slice(0, most - 1).join('') + '…' : text;

const FONT = '"Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", sans-serif';
const WRAP = 108, LINE_HEIGHT = 15;
const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
pen.font = `12px ${FONT}`;

/** A name in lines that are short enough, broken at blanks or anywhere. @param {string} name @returns {string[]} */
function inLines(name) {
  /** @type {string[]} */
  const lines = [];
  for (const word of short(name.replace(/\s+/g, ' '), 44).split(/(?<= )|(?<=-)/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && pen.measureText(last + word).width <= WRAP) lines[lines.length - 1] = last + word;
    else if (pen.measureText(word).width <= WRAP) lines.push(word);
    else for (const letter of word) {
      const end = lines.length - 1;
      if (end >= 0 && pen.measureText(lines[end] + letter).width <= WRAP) lines[end] += letter;
      else lines.push(letter);
    }
  }
  return lines.map(line => line.trim());
}

/** @param {Entity} entity */
const size = entity => Math.min(40, 16 + 5 * Math.log2(1 + entity.facts.length));

/** @type {Map<Entity, {x: number, y: number}>} */
const places = new Map();
const frame = /** @type {HTMLElement} */ (document.getElementById('graph'));

/** What is drawn at first: the focus, on a small screen less of it. @returns {Entity[]} */
function focus() {
  const room = Math.floor(frame.clientWidth * frame.clientHeight / 9000);
  return raw.focus.slice(0, Math.max(12, Math.min(FOCUS_NODES, room))).map((/** @type {number} */ n) => entities[n]);
}

/** @param {State} state @returns {Drawn} */
function drawnIn(state) {
  const seen = look(state), nodes = (state.shown || focus()).filter(entity => !state.off.label.has(entity.label));
  const inside = new Set(nodes);
  const edges = facts.filter(fact => inside.has(fact.subject) && inside.has(fact.object) && seen.get(fact)?.passes);
  const most = state.shown ? MANY_EDGES : FOCUS_EDGES;
  const kept = edges.slice(0, most), {selected} = state;
  if (selected && 'subject' in selected && edges.indexOf(selected) >= most) kept.push(selected);
  return {nodes, edges: kept, hidden: edges.length - kept.length};
}

/** Find places for those that have none. @param {Drawn} drawn @param {State} state */
function place({nodes, edges}, state) {
  for (const [entity, [x, y]] of state.pinned) places.set(entity, {x, y});
  const number = new Map(nodes.map((entity, n) => [entity, n]));
  const boxes = nodes.map(entity => {
    const lines = inLines(entity.name), known = places.get(entity), below = lines.length * LINE_HEIGHT + 4;
    const width = Math.max(size(entity), ...lines.map(line => pen.measureText(line).width)) + 14;
    return {x: known ? known.x : 0, y: (known ? known.y : 0) + below / 2, width, height: size(entity) + below + 10,
      fixed: Boolean(known), below};
  });
  if (boxes.every(box => box.fixed)) return;
  const links = new Map(edges.map(({subject, object}) => {
    const pair = /** @type {[number, number]} */ ([number.get(subject), number.get(object)].sort((a, b) => Number(a) - Number(b)));
    return [pair.join(), pair];
  }));
  arrange(boxes, [...links.values()], Math.max(200, frame.clientWidth), Math.max(200, frame.clientHeight));
  nodes.forEach((entity, n) => places.set(entity, {x: Math.round(boxes[n].x), y: Math.round(boxes[n].y - boxes[n].below / 2)}));
}

/** @param {any} element */
const about = element => element.scratch('_about');

function looks() {
  return [
    {selector: 'node', style: {
      'shape': (/** @type {any} */ n) => KINDS[about(n).label].points ? 'polygon' : 'ellipse',
      'shape-polygon-points': (/** @type {any} */ n) => (KINDS[about(n).label].points || [[0, 0]]).flat().join(' '),
      'background-color': (/** @type {any} */ n) => KINDS[about(n).label].colour,
      'width': 'data(size)', 'height': 'data(size)', 'border-width': 1.5, 'border-color': ink(),
      'label': 'data(label)', 'color': ink(), 'font-size': 12, 'font-family': FONT, 'text-valign': 'bottom',
      'text-margin-y': 2, 'text-wrap': 'wrap', 'line-height': LINE_HEIGHT / 12 / 1.17, 'text-outline-color': ground(),
      'text-outline-width': 2.5, 'text-outline-opacity': 0.9, 'z-index': 10, 'z-index-compare': 'manual'}},
    {selector: 'node.pinned', style: {'border-width': 4, 'border-style': 'double'}},
    {selector: 'edge', style: {
      'curve-style': 'bezier', 'control-point-step-size': 34, 'width': 'data(width)', 'z-index': 1,
      'line-color': (/** @type {any} */ e) => lineColour(e.data('modality')),
      'target-arrow-color': (/** @type {any} */ e) => lineColour(e.data('modality')),
      'line-style': (/** @type {any} */ e) => LINES[e.data('modality')].dash.length ? 'dashed' : 'solid',
      'line-dash-pattern': (/** @type {any} */ e) => LINES[e.data('modality')].dash.length ? LINES[e.data('modality')].dash : [1],
      'target-arrow-shape': (/** @type {any} */ e) => about(e).directed ? 'triangle' : 'none', 'arrow-scale': 0.9,
      'font-size': 11, 'font-family': FONT, 'color': ink(), 'text-rotation': 'autorotate',
      'text-background-color': ground(), 'text-background-opacity': 0.9, 'text-background-padding': 1}},
    {selector: 'edge.near', style: {'label': (/** @type {any} */ e) => hasRoom(e) ? e.data('label') : '', 'z-index': 3}},
    {selector: 'edge.far', style: {'opacity': 0.25}},
    {selector: 'edge.selected', style: {'label': 'data(label)', 'z-index': 5, 'overlay-color': '#0072B2',
      'overlay-opacity': 0.3, 'overlay-padding': 4}},
    {selector: 'node.selected', style: {'border-width': 4, 'border-color': dark() ? '#fff' : '#000', 'z-index': 20,
      'overlay-color': '#0072B2', 'overlay-opacity': 0.25, 'overlay-padding': 6}},
    {selector: 'node.end', style: {'border-width': 3.5, 'border-color': dark() ? '#fff' : '#000'}},
    {selector: ':active', style: {'overlay-opacity': 0.2}},
  ];
}

/** Whether an edge is long enough for its label, which would else lie on names. On a small screen none is: the list
 *  beneath tells what joins the selected entity to others. @param {any} edge */
function hasRoom(edge) {
  if (frame.clientWidth < 520) return false;
  const [a, b] = [edge.source(), edge.target()].map(node => node.position());
  const length = Math.hypot(a.x - b.x, a.y - b.y) - (edge.source().data('size') + edge.target().data('size')) / 2;
  return length > pen.measureText(edge.data('label')).width + 8;
}

/** @type {any} */
const cy = /** @type {any} */ (globalThis).cytoscape({
  container: frame, style: looks(), layout: {name: 'preset'}, minZoom: 0.08, maxZoom: 4, boxSelectionEnabled: false,
  autounselectify: true, elements: [],
});

let drawnBefore = '';

/** @param {Drawn} drawn @param {State} state */
function draw(drawn, state) {
  place(drawn, state);
  const seen = look(state);
  cy.batch(() => {
    cy.elements().remove();
    for (const entity of drawn.nodes) {
      cy.add({group: 'nodes', data: {id: `n${entity.key}`, size: size(entity), label: inLines(entity.name).join('\n')},
        position: {.../** @type {object} */ (places.get(entity))}, scratch: {_about: entity}, classes: state.pinned.has(entity) ? 'pinned' : ''});
    }
    for (const fact of drawn.edges) {
      cy.add({group: 'edges', data: {id: `e${fact.key}`, source: `n${fact.subject.key}`, target: `n${fact.object.key}`,
        label: short((fact.variant || fact.relation).replaceAll('_', ' ').toLowerCase(), 24), modality: seen.get(fact)?.modality,
        width: Math.min(5, 1.2 + 0.8 * Math.log2(fact.count))}, scratch: {_about: fact}});
    }
  });
  emphasise(state.selected);
  const shown = drawn.nodes.map(entity => entity.key).join();
  if (shown !== drawnBefore) fit();
  drawnBefore = shown;
}

function fit() {
  cy.resize();
  cy.fit(cy.elements(), 16);
  if (cy.zoom() > 1.3) { cy.zoom(1.3); cy.center(); }
}

/** The edge that a place lies nearest to: the library counts arrowheads for more than lines.
 *  @param {{x: number, y: number}} place @returns {Fact} */
function nearest({x, y}) {
  let best = null, least = Infinity;
  for (const edge of cy.edges().toArray()) {
    const curve = points(edge);
    for (let n = 1; n < curve.length; n++) {
      const [ax, ay] = curve[n - 1], [bx, by] = curve[n], length = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
      const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
      const far = Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y);
      if (far < least) [best, least] = [edge, far];
    }
  }
  return about(best);
}

/** @param {any} edge @returns {[number, number][]} */
function points(edge) {
  const a = edge.sourceEndpoint(), b = edge.targetEndpoint(), c = edge.controlPoints()?.[0];
  if (!c) return [[a.x, a.y], [b.x, b.y]];
  return Array.from({length: 25}, (_, n) => {
    const t = n / 24, s = 1 - t;
    return [s * s * a.x + 2 * s * t * c.x + t * t * b.x, s * s * a.y + 2 * s * t * c.y + t * t * b.y];
  });
}

/** @param {Entity | Fact | null} selected */
function emphasise(selected) {
  if (!selected) return;
  const element = cy.getElementById(('subject' in selected ? 'e' : 'n') + selected.key);
  element.addClass('selected');
  if (element.isEdge?.()) element.connectedNodes().addClass('end');
  if (element.isNode?.()) {
    element.connectedEdges().addClass('near');
    cy.edges().difference(element.connectedEdges()).addClass('far');
  }
}
