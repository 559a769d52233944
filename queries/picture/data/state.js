// @ts-check
// What is shown, as one value: it is what back and forward go through, and what the URL's fragment says.

/**
 * @typedef {Filters & {shown: Entity[] | null, pinned: Map<Entity, [number, number]>, selected: Entity | Fact | null,
 *   tab: string}} State shown: what is drawn; null for the focus
 */

/** @returns {State} */
const first = () => ({
  shown: null, pinned: new Map(), selected: null, tab: 'details', least: 1, axis: 'event',
  from: RANGE.event[0], to: RANGE.event[1], undated: true,
  off: {relation: new Set(), label: new Set(), modality: new Set(['denied']), publisher: new Set()},
});

/** @type {State[]} */
const past = [first()];
let now = 0;

/** @param {State} state @returns {string} */
function encode(state) {
  const initial = first(), said = new URLSearchParams();
  if (state.shown) said.set('n', state.shown.map(entity => entity.key).join(' '));
  if (state.pinned.size) said.set('p', [...state.pinned].map(([e, [x, y]]) => `${e.key}:${x}:${y}`).join(' '));
  if (state.selected) said.set('s', state.selected.key);
  if (state.tab !== initial.tab) said.set('tab', state.tab);
  for (const kind of /** @type {(keyof Off)[]} */ (['relation', 'label', 'modality', 'publisher'])) {
    const off = JSON.stringify([...state.off[kind]].sort());
    if (off !== JSON.stringify([...initial.off[kind]])) said.set(kind, off);
  }
  if (state.least !== 1) said.set('least', String(state.least));
  if (state.axis !== 'event') said.set('time', state.axis);
  if (state.from !== RANGE[state.axis][0]) said.set('from', String(state.from));
  if (state.to !== RANGE[state.axis][1]) said.set('to', String(state.to));
  if (!state.undated) said.set('undated', '0');
  return said.toString();
}

/** What a fragment says; what in it is unknown here is left out. @param {string} text @returns {State} */
function decode(text) {
  const said = new URLSearchParams(text), state = first();
  const keys = (/** @type {string} */ name) => (said.get(name) || '').split(' ').filter(Boolean);
  if (said.has('n')) state.shown = /** @type {Entity[]} */ (keys('n').map(key => entityOf.get(key)).filter(Boolean));
  for (const pin of keys('p')) {
    const [key, x, y] = pin.split(':'), entity = entityOf.get(key);
    if (entity && isFinite(Number(x)) && isFinite(Number(y))) state.pinned.set(entity, [Number(x), Number(y)]);
  }
  const selected = said.get('s') || '';
  state.selected = entityOf.get(selected) || factOf.get(selected) || null;
  if (['entities', 'facts'].includes(said.get('tab') || '')) state.tab = /** @type {string} */ (said.get('tab'));
  for (const kind of /** @type {(keyof Off)[]} */ (['relation', 'label', 'modality', 'publisher'])) {
    const off = listed(said.get(kind));
    if (off) state.off[kind] = new Set(off);
  }
  if (said.get('time') === 'publication') state.axis = 'publication';
  state.least = whole(said.get('least'), 1);
  state.from = whole(said.get('from'), RANGE[state.axis][0]);
  state.to = whole(said.get('to'), RANGE[state.axis][1]);
  state.undated = said.get('undated') !== '0';
  return state;
}

/** @param {string | null} text @returns {string[] | null} */
function listed(text) {
  try {
    const value = JSON.parse(text || 'null');
    return Array.isArray(value) ? value.map(String) : null;
  } catch {
    return null;
  }
}

/** @param {string | null} text @param {number} otherwise */
const whole = (text, otherwise) => text && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;

/** The URL tells what is seen; a page in a frame may have none to change. @param {State} state */
function remember(state) {
  const said = encode(state);
  try {
    history.replaceState(null, '', said ? `#${said}` : '#');
  } catch { /* about:srcdoc */ }
}
