/* Turns customer numbers into keyed hashes in the administrator's own browser, as customer_hashes.py does on a computer with
   Python. The table and the key are read here and sent nowhere; only the file of hashes can be uploaded. */
(() => {
  "use strict";

  const HEADER = "# hequ-customer-hashes v1 key=";
  const HEADINGS = new Set([
    "手机号", "手机号码", "手机", "移动电话", "联系电话", "客户手机号", "客户手机", "电话", "电话号码",
    "phone", "mobile", "mobilephone", "mobilenumber", "phonenumber", "tel", "cellphone",
  ]);
  const SEPARATORS = [",", "\t", ";", "|"];
  const SAMPLE = 200;
  const MOST_BYTES = 256 * 1024 * 1024;
  const AT_ONCE = 2000;

  /** What cannot be used, by a code that the page has a sentence for. */
  class Unusable extends Error {
    constructor(code, values = {}) {
      super(code);
      this.code = code;
      this.values = values;
    }
  }

  const bytesOf = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const readKey = (text) => {
    try {
      const plain = atob(text.trim().replace(/-/g, "+").replace(/_/g, "/"));
      const key = Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
      if (key.length === 32) return key;
    } catch { /* told below */ }
    throw new Unusable("wrong_key");
  };

  const fingerprintOf = async (key) => {
    const prefix = bytesOf("hequ-customer-key|");
    const whole = new Uint8Array(prefix.length + key.length);
    whole.set(prefix);
    whole.set(key, prefix.length);
    return hex(await crypto.subtle.digest("SHA-256", whole)).slice(0, 16);
  };

  /* ------------------------------------------------------------------------------------------------ numbers */

  const digitsOf = (text) => {
    let digits = text.normalize("NFKC").trim().replace(/[ ()+\u2212\p{Cf}\p{Pd}]/gu, "");
    if (/^(?:\d{2,4}\.)?\d{3}\.\d{4}\.\d{4}$/.test(digits)) digits = digits.replace(/\./g, "");
    for (const prefix of ["0086", "86"]) {
      if (digits.startsWith(prefix) && digits.length === 11 + prefix.length) return digits.slice(prefix.length);
    }
    return digits;
  };

  const normalNumber = (text) => {
    const digits = digitsOf(text);
    return /^1[3-9]\d{9}$/.test(digits) ? `+86${digits}` : "";
  };

  const faultIn = (text) => {
    const digits = digitsOf(text);
    if (!digits) return "empty";
    if (!/^\d+$/.test(digits)) return /^\d+(\.\d*)?(e\d+)?$/i.test(digits) ? "decimal" : "not_mobile";
    if (digits.length < 11) return "too_short";
    return digits.length === 11 ? "not_mobile" : "too_long";
  };

  /* ------------------------------------------------------------------------------------------------ tables */

  const textOf = (bytes) => {
    const decode = (encoding) => new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode("utf-16le");
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode("utf-16be");
    const start = bytes.subarray(0, 4096);
    const zeros = [0, 0];
    start.forEach((byte, place) => { if (byte === 0) zeros[place % 2] += 1; });
    if (start.length > 3 && Math.max(...zeros) > start.length / 8) return decode(zeros[0] > zeros[1] ? "utf-16be" : "utf-16le");
    for (const encoding of ["utf-8", "gb18030"]) {
      try {
        return decode(encoding);
      } catch { /* the next one */ }
    }
    throw new Unusable("unknown_encoding");
  };

  /** The rows of a text table: [number of the line it ends on, cells]. Quoted cells may hold separators and line ends. */
  function* textRows(text, separator) {
    let line = 1;
    let cells = [];
    let place = 0;
    while (place < text.length) {
      let cell = "";
      if (text[place] === '"') {
        place += 1;
        for (;;) {
          const end = text.indexOf('"', place);
          const part = text.slice(place, end < 0 ? text.length : end);
          line += part.split(/\r\n|\r|\n/).length - 1;
          cell += part;
          place = end < 0 ? text.length : end + 1;
          if (end < 0 || text[place] !== '"') break;
          cell += '"';
          place += 1;
        }
      }
      const from = place;
      while (place < text.length && text[place] !== separator && text[place] !== "\n" && text[place] !== "\r") place += 1;
      cells.push((cell + text.slice(from, place)).replace(/^[\ufeff\0]+|[\ufeff\0]+$/g, ""));
      if (text[place] === separator) {
        place += 1;
        if (place < text.length) continue;
        cells.push("");
      }
      yield [line, cells];
      cells = [];
      place += text[place] === "\r" && text[place + 1] === "\n" ? 2 : 1;
      line += 1;
    }
  }

  const separatorOf = (text) => {
    const lines = text.slice(0, 200000).split(/\r\n|\r|\n/).filter((line) => line.trim()).slice(0, SAMPLE).join("\n");
    const agreement = (sign) => {
      const counts = new Map();
      for (const [, cells] of textRows(lines, sign)) counts.set(cells.length, (counts.get(cells.length) || 0) + 1);
      const [width, count] = [...counts].sort((one, other) => other[1] - one[1] || other[0] - one[0])[0] || [1, 0];
      return width > 1 ? count * 10000 + width : 0;
    };
    const best = SEPARATORS.reduce((one, other) => (agreement(other) > agreement(one) ? other : one));
    return agreement(best) ? best : ",";
  };

  const inflated = async (bytes) => {
    if (typeof DecompressionStream === "undefined") throw new Unusable("old_browser");
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const parts = [];
    let size = 0;
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts).arrayBuffer();
      size += value.length;
      if (size > MOST_BYTES) throw new Unusable("too_large");
      parts.push(value);
    }
  };

  /** The files of a ZIP archive by name, each read when asked for. */
  const archiveOf = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let end = bytes.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
    if (end < 0) throw new Unusable("not_a_workbook");
    const files = new Map();
    let place = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
      const nameLength = view.getUint16(place + 28, true);
      files.set(new TextDecoder().decode(bytes.subarray(place + 46, place + 46 + nameLength)), {
        method: view.getUint16(place + 10, true),
        size: view.getUint32(place + 20, true),
        start: view.getUint32(place + 42, true),
      });
      place += 46 + nameLength + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
    }
    return async (name) => {
      const file = files.get(name);
      if (!file) return null;
      const from = file.start + 30 + view.getUint16(file.start + 26, true) + view.getUint16(file.start + 28, true);
      const packed = bytes.subarray(from, from + file.size);
      const plain = file.method === 0 ? packed : await inflated(packed);
      return new DOMParser().parseFromString(new TextDecoder().decode(plain), "application/xml");
    };
  };

  const named = (parent, name) => [...parent.getElementsByTagNameNS("*", name)];

  async function workbookRows(bytes) {
    const open = archiveOf(bytes);
    const book = await open("xl/workbook.xml");
    const relations = await open("xl/_rels/workbook.xml.rels");
    const wanted = book && named(book, "sheet")[0]?.getAttributeNS("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "id");
    const target = relations && named(relations, "Relationship").find((one) => one.getAttribute("Id") === wanted)?.getAttribute("Target");
    if (!target) throw new Unusable("not_a_workbook");
    const sheet = await open(target.startsWith("/") ? target.slice(1) : `xl/${target}`);
    const texts = await open("xl/sharedStrings.xml");
    const shared = texts ? named(texts, "si").map((one) => named(one, "t").map((part) => part.textContent).join("")) : [];
    let number = 0;
    return named(sheet, "row").map((row) => {
      number = Number(row.getAttribute("r")) || number + 1;
      const cells = [];
      for (const cell of named(row, "c")) {
        let place = 0;
        for (const letter of (cell.getAttribute("r") || "").match(/^[A-Z]*/)[0]) place = place * 26 + letter.charCodeAt(0) - 64;
        while (cells.length < place - 1) cells.push("");
        cells.push(cellText(cell, shared));
      }
      return [number, cells];
    });
  }

  const cellText = (cell, shared) => {
    const kind = cell.getAttribute("t") || "n";
    if (kind === "inlineStr") return named(cell, "t").map((part) => part.textContent).join("");
    const text = named(cell, "v")[0]?.textContent || "";
    if (kind === "s") return shared[Number(text)] || "";
    const number = Number(text);
    return kind === "n" && text && Number.isSafeInteger(number) ? String(number) : text;
  };

  const rowsOf = async (file) => {
    if (file.size > MOST_BYTES) throw new Unusable("too_large");
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) return workbookRows(bytes);
    if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0) throw new Unusable("old_workbook");
    const text = textOf(bytes);
    return textRows(text, separatorOf(text));
  };

  /* ------------------------------------------------------------------------------------------------ columns */

  const plain = (heading) => heading.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

  /** The place of the column with the numbers, and whether the first row is a heading. */
  const columnIn = (first, wanted) => {
    const headings = (first[0]?.[1] || []).map(plain);
    if (wanted) {
      const place = headings.indexOf(plain(wanted));
      if (place >= 0) return [place, true];
      const there = (first[0]?.[1] || []).filter((cell) => !normalNumber(cell)).join("、");
      throw new Unusable("no_such_column", { column: wanted, there: there || "—" });
    }
    const known = [...headings.keys()].filter((place) => HEADINGS.has(headings[place]));
    if (known.length === 1) return [known[0], true];
    const columns = new Set();
    for (const [, cells] of first) cells.forEach((cell, place) => { if (normalNumber(cell)) columns.add(place); });
    if (columns.size > 1 || known.length > 1) throw new Unusable("many_columns");
    const place = columns.size ? [...columns][0] : 0;
    const heading = headings[place] || "";
    return [place, heading !== "" && !/\p{Nd}/u.test(heading)];
  };

  /**
   * Reads a table and hashes the numbers in it: `{hashes: text or "", taken, faults: [[row, reason], …]}`.
   * Without a single number there is no text. Throws Unusable.
   */
  const hashFile = async (file, keyText, column, onProgress = () => {}) => {
    if (!globalThis.crypto?.subtle) throw new Unusable("no_secure_context");
    const secret = readKey(keyText);
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const rows = [];
    for (const row of await rowsOf(file)) if (row[1].some((cell) => cell.trim())) rows.push(row);
    const [place, headed] = columnIn(rows.slice(0, SAMPLE), column.trim());
    const hashes = new Set();
    const faults = [];
    for (let from = headed ? 1 : 0; from < rows.length; from += AT_ONCE) {
      const numbers = [];
      for (const [line, cells] of rows.slice(from, from + AT_ONCE)) {
        const text = cells[place] || "";
        const number = normalNumber(text);
        if (number) numbers.push(number);
        else faults.push([line, faultIn(text)]);
      }
      const signed = await Promise.all(numbers.map((number) => crypto.subtle.sign("HMAC", key, bytesOf(`phone|${number}`))));
      signed.forEach((one) => hashes.add(hex(one)));
      onProgress(Math.min(1, (from + AT_ONCE) / rows.length));
    }
    const lines = hashes.size ? [HEADER + (await fingerprintOf(secret)), ...[...hashes].sort(), ""] : [];
    return { hashes: lines.join("\n"), taken: hashes.size, faults };
  };

  window.CustomerHashes = { hashFile, Unusable };
})();
