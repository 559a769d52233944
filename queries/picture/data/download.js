// @ts-check
// What is drawn as a file: a PNG, an SVG, or its claims as CSV.

/** @param {Blob} blob @param {string} ending */
function save(blob, ending) {
  const name = raw.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'graph';
  const url = URL.createObjectURL(blob), anchor = make('a', {href: url, download: `${name}.${ending}`});
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  announce(`Downloaded ${name}.${ending}`);
}

const savePng = () => save(cy.png({output: 'blob', full: true, scale: 2, bg: ground()}), 'png');
const saveSvg = () => save(new Blob([svgText()], {type: 'image/svg+xml'}), 'svg');
const saveCsv = () => save(new Blob(['\ufeff', csvText()], {type: 'text/csv'}), 'csv');

/** @param {string} text without what XML cannot hold */
const xml = text => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/g, '\ufffd')
  .replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);

/** @param {string} tag @param {Object<string, any>} attributes @param {string} content */
const tagged = (tag, attributes, content = '') =>
  `<${tag}${Object.entries(attributes).map(([name, value]) => ` ${name}="${xml(String(value))}"`).join('')}>${content}</${tag}>`;

/** @param {any} edge */
function svgEdge(edge) {
  const from = edge.sourceEndpoint(), to = edge.targetEndpoint(), control = edge.controlPoints(), fact = about(edge);
  const middle = control ? `Q ${control[0].x} ${control[0].y} ` : 'L ';
  const modality = edge.data('modality'), {dash} = LINES[modality];
  const path = tagged('path', {d: `M ${from.x} ${from.y} ${middle}${to.x} ${to.y}`, fill: 'none', stroke: lineColour(modality),
    'stroke-width': edge.data('width'), ...(dash.length ? {'stroke-dasharray': dash.join(' ')} : {}),
    ...(fact.directed ? {'marker-end': `url(#to-${modality})`} : {})}, tagged('title', {}, xml(`${told(fact)}: ${modality}, ${fact.count} claims`)));
  return path;
}

/** @param {any} node */
function svgNode(node) {
  const {x, y} = node.position(), entity = about(node), radius = node.data('size') / 2;
  const [tag, attributes] = shape(entity.label, x, y, radius);
  const lines = node.data('label').split('\n').map((/** @type {string} */ line, /** @type {number} */ n) =>
    tagged('tspan', {x, y: y + radius + 13 + n * LINE_HEIGHT}, xml(line))).join('');
  return tagged(tag, attributes, tagged('title', {}, xml(`${entity.name} (${entity.label})`))) +
    tagged('text', {'text-anchor': 'middle', fill: ink(), stroke: ground(), 'stroke-width': 3, 'paint-order': 'stroke'}, lines);
}

function svgText() {
  const box = cy.elements().boundingBox(), pad = 20;
  const markers = Object.keys(LINES).map(modality => tagged('marker', {id: `to-${modality}`, viewBox: '0 0 8 8', refX: 7, refY: 4,
    markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto'}, tagged('path', {d: 'M0 0L8 4L0 8z', fill: lineColour(modality)}))).join('');
  const view = [box.x1 - pad, box.y1 - pad, box.w + 2 * pad, box.h + 2 * pad].map(Math.round);
  return tagged('svg', {xmlns: 'http://www.w3.org/2000/svg', viewBox: view.join(' '), width: view[2], height: view[3], 'font-family': FONT, 'font-size': 12},
    tagged('title', {}, xml(raw.title)) + tagged('defs', {}, markers) +
    tagged('rect', {x: view[0], y: view[1], width: view[2], height: view[3], fill: ground()}) +
    cy.edges().map(svgEdge).join('') + cy.nodes().map(svgNode).join(''));
}

const COLUMNS = ['subject', 'relation', 'object', 'detail', 'modality', 'date', 'end_date', 'attribution', 'publisher', 'published',
  'title', 'url', 'confidence', 'method', 'evidence'];

/** A cell that no spreadsheet takes for a formula. @param {string | number} value */
function cell(value) {
  const text = String(value), safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvText() {
  const seen = look(past[now]);
  const lines = cy.edges().map(about).flatMap((/** @type {Fact} */ fact) => /** @type {Seen} */ (seen.get(fact)).claims.map(claim => [
    fact.subject.name, fact.relation, fact.object.name, Object.entries(claim.qualifiers).map(([key, value]) => `${key}=${value}`).join(', '),
    claim.modality, claim.date, claim.end, claim.attribution.join(', '), claim.source.publisher, claim.source.published, claim.source.title,
    claim.source.url, claim.confidence < 0 ? '' : claim.confidence, claim.method, claim.text]));
  return [COLUMNS, ...lines].map(line => line.map(cell).join(',') + '\r\n').join('');
}
