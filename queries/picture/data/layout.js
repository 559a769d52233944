// @ts-check
// Where nodes lie: forces first, then what overlaps is pushed apart. No chance in it: the same picture every time.

/** @typedef {{x: number, y: number, width: number, height: number, fixed: boolean}} Box */

/**
 * @param {Box[]} boxes in order of importance; those that are fixed stay
 * @param {[number, number][]} links pairs of numbers of boxes
 * @param {number} width of the frame
 * @param {number} height of the frame
 */
function arrange(boxes, links, width, height) {
  spread(boxes, links);
  pull(boxes, links, width / height);
  if (!boxes.some(box => box.fixed)) stretch(boxes, width, height);
  for (let round = 0; round < 400 && part(boxes, round); round++);
}

/** New boxes onto a spiral around the middle, or around what they are linked to. @param {Box[]} boxes @param {[number, number][]} links */
function spread(boxes, links) {
  boxes.forEach((box, n) => {
    if (box.fixed) return;
    const near = links.filter(link => link.includes(n)).map(([a, b]) => boxes[a === n ? b : a]).filter(b => b.fixed);
    const reach = near.length ? 90 + 6 * n ** 0.5 : 60 * Math.sqrt(n), angle = n * 2.399963;
    box.x = mean(near.map(b => b.x)) + reach * Math.cos(angle);
    box.y = mean(near.map(b => b.y)) + reach * Math.sin(angle);
  });
}

/** @param {number[]} values */
const mean = values => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Links pull, boxes push each other away, the middle holds all together. @param {Box[]} boxes @param {[number, number][]} links @param {number} aspect */
function pull(boxes, links, aspect) {
  const k = 120, rounds = 300;
  const degree = boxes.map(() => 0);
  for (const link of links) for (const end of link) degree[end]++;
  for (let round = 0; round < rounds; round++) {
    const step = k * (1 - round / rounds) ** 1.5;
    const moves = boxes.map(box => [-box.x * 0.05 / aspect, -box.y * 0.05 * aspect]);
    for (let a = 0; a < boxes.length; a++) {
      for (let b = a + 1; b < boxes.length; b++) {
        const dx = boxes[a].x - boxes[b].x || 0.01 * (b - a), dy = boxes[a].y - boxes[b].y || 0.01;
        const force = k * k / Math.max(1, dx * dx + dy * dy);
        moves[a][0] += dx * force; moves[a][1] += dy * force;
        moves[b][0] -= dx * force; moves[b][1] -= dy * force;
      }
    }
    for (const [a, b] of links) {
      const dx = boxes[a].x - boxes[b].x, dy = boxes[a].y - boxes[b].y;
      const force = Math.hypot(dx, dy) / k / Math.sqrt(Math.min(degree[a], degree[b]));
      moves[a][0] -= dx * force; moves[a][1] -= dy * force;
      moves[b][0] += dx * force; moves[b][1] += dy * force;
    }
    boxes.forEach((box, n) => {
      if (box.fixed) return;
      const [dx, dy] = moves[n], far = Math.hypot(dx, dy) || 1;
      box.x += dx / far * Math.min(far, step);
      box.y += dy / far * Math.min(far, step);
    });
  }
}

/** Fill the frame, as far as that leaves what is near near. @param {Box[]} boxes @param {number} width @param {number} height */
function stretch(boxes, width, height) {
  for (const [axis, extent, size] of /** @type {['x' | 'y', 'width' | 'height', number][]} */ ([['x', 'width', width], ['y', 'height', height]])) {
    const low = Math.min(...boxes.map(box => box[axis] - box[extent] / 2)), high = Math.max(...boxes.map(box => box[axis] + box[extent] / 2));
    const by = Math.min(1.5, (size - 24) / Math.max(1, high - low));
    for (const box of boxes) box[axis] *= by;
  }
}

/** Push apart what overlaps, the way that is shorter. @param {Box[]} boxes @param {number} round @returns whether anything did */
function part(boxes, round) {
  let moved = false;
  for (let a = 0; a < boxes.length; a++) {
    for (let b = a + 1; b < boxes.length; b++) {
      const p = boxes[a], q = boxes[b];
      const x = (p.width + q.width) / 2 - Math.abs(p.x - q.x), y = (p.height + q.height) / 2 - Math.abs(p.y - q.y);
      if (x <= 0.5 || y <= 0.5 || (p.fixed && q.fixed)) continue;
      moved = true;
      const across = x < y, shift = (across ? x : y) * (p.fixed || q.fixed ? 1 : 0.5);
      const axis = across ? 'x' : 'y', sign = p[axis] < q[axis] || (p[axis] === q[axis] && (a + round) % 2) ? 1 : -1;
      if (!p.fixed) p[axis] -= sign * shift;
      if (!q.fixed) q[axis] += sign * shift;
    }
  }
  return moved;
}
