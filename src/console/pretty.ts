/** A piece of a text that is shown: an id that is the same on both wires, what structures the text, or the rest. */
export type Piece = { readonly kind: 'plain' | 'frame' | 'id'; readonly text: string };

/** Names whose values tell that two texts are of the same thing. */
const idNames = new Set([
  'transactionid',
  'connectorid',
  'idtag',
  'parentidtag',
  'chargeboxidentity',
  'messageid',
  'relatesto',
  'meterstart',
  'meterstop',
  'timestamp',
  'requestid',
  'reservationid',
  'chargingprofileid',
]);

/** A text as it was sent, indented: XML or JSON; anything else as it is. */
export function pretty(text: string): readonly Piece[] {
  const start = text.trimStart()[0];
  if (start === '<') return prettyXml(text);
  return start === '[' || start === '{' ? prettyJson(text) : [{ kind: 'plain', text }];
}

const localNameOf = (tag: string) => /^<\/?(?:[^\s:>/]+:)?([^\s>/]+)/.exec(tag)?.[1]?.toLowerCase() ?? '';

function prettyXml(xml: string): readonly Piece[] {
  const tokens = xml.match(/<[^>]*>|[^<]+/g) ?? [];
  const pieces: Piece[] = [];
  let depth = 0;
  let isText = false;
  let name = '';
  for (const token of tokens) {
    if (!token.startsWith('<')) {
      isText = token.trim() !== '';
      if (isText) pieces.push({ kind: idNames.has(name) ? 'id' : 'plain', text: token.trim() });
      continue;
    }
    const isEnd = token.startsWith('</');
    if (isEnd) depth -= 1;
    const isLeafEnd = isEnd && (isText || localNameOf(token) === name);
    const indent = pieces.length === 0 || isLeafEnd ? '' : `\n${'  '.repeat(Math.max(0, depth))}`;
    pieces.push({ kind: 'frame', text: `${indent}${token}` });
    if (!isEnd && !token.endsWith('/>') && !token.startsWith('<?') && !token.startsWith('<!')) depth += 1;
    name = isEnd ? '' : localNameOf(token);
    isText = false;
  }
  return pieces;
}

function prettyJson(json: string): readonly Piece[] {
  const indented = indentedOf(json);
  const pieces: Piece[] = [];
  let last = 0;
  for (const match of indented.matchAll(/"([A-Za-z]+)": ("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+)/g)) {
    if (!idNames.has(match[1]?.toLowerCase() ?? '')) continue;
    const value = match[2] ?? '';
    const start = match.index + match[0].length - value.length;
    pieces.push({ kind: 'plain', text: indented.slice(last, start) }, { kind: 'id', text: value });
    last = start + value.length;
  }
  return [...pieces, { kind: 'plain', text: indented.slice(last) }];
}

function indentedOf(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    // what a peer sent need not be JSON: it is shown as it came
    return json;
  }
}
