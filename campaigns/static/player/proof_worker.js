// Finds the number whose hash, after the salt, is the one asked for. SHA-256 of one block in plain JavaScript: it is
// there over plain http and in old browsers, and for so short a text it is quicker than asking the browser for each.
(function () {
  const K = [];
  const START = [];
  for (let candidate = 2; K.length < 64; candidate += 1) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor += 1) if (candidate % factor === 0) { prime = false; break; }
    if (!prime) continue;
    const part = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
    if (START.length < 8) START.push(part(Math.sqrt(candidate)));
    K.push(part(Math.cbrt(candidate)));
  }
  const words = new Int32Array(64);
  const bytes = new Uint8Array(64);
  const hash = new Int32Array(8);

  function digest(length) {
    bytes[length] = 0x80;
    for (let at = length + 1; at < 62; at += 1) bytes[at] = 0;
    bytes[62] = (length * 8) >> 8;
    bytes[63] = (length * 8) & 255;
    for (let at = 0; at < 16; at += 1) {
      words[at] = (bytes[4 * at] << 24) | (bytes[4 * at + 1] << 16) | (bytes[4 * at + 2] << 8) | bytes[4 * at + 3];
    }
    for (let at = 16; at < 64; at += 1) {
      const x = words[at - 15], y = words[at - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[at] = (words[at - 16] + s0 + words[at - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let at = 0; at < 64; at += 1) {
      const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const first = (h + S1 + ((e & f) ^ (~e & g)) + K[at] + words[at]) | 0;
      const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const second = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0;
    }
    const after = [a, b, c, d, e, f, g, h];
    for (let at = 0; at < 8; at += 1) hash[at] = (START[at] + after[at]) | 0;
  }

  /** Tries the numbers from `from` up to `to`; the one that fits, or -1. */
  function search(salt, target, from, to) {
    const wanted = Int32Array.from({ length: 8 }, (_, at) => parseInt(target.slice(8 * at, 8 * at + 8), 16) | 0);
    for (let at = 0; at < salt.length; at += 1) bytes[at] = salt.charCodeAt(at);
    for (let number = from; number < to; number += 1) {
      const text = String(number);
      for (let at = 0; at < text.length; at += 1) bytes[salt.length + at] = text.charCodeAt(at);
      digest(salt.length + text.length);
      if (hash[0] === wanted[0] && hash.every((word, at) => word === wanted[at])) return number;
    }
    return -1;
  }

  /** Slice after slice, telling how far it is; `pause` lets the page breathe in between. */
  function inSlices({ bound, salt, target }, tell, slice, pause) {
    let from = 0;
    const step = () => {
      const to = Math.min(bound, from + slice);
      const number = search(salt, target, from, to);
      if (number >= 0) { tell({ data: { number } }); return; }
      if (to === bound) { tell({ data: { failed: true } }); return; }
      from = to;
      tell({ data: { tried: from } });
      pause(step);
    };
    step();
  }

  if (typeof importScripts === "function") {
    self.onmessage = ({ data }) => inSlices(data, (told) => self.postMessage(told.data), 2000, (step) => step());
  } else {
    window.solveInSlices = (challenge, tell) => inSlices(challenge, tell, 500, (step) => setTimeout(step, 0));
  }
})();
