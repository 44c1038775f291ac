/** A body that is meant to cost as much as it can, within what the HTTP door lets in by default. */
export type HostileBody = { readonly title: string; readonly xml: string };

/** As `soap.maxBodyBytes`. */
export const hostileBytes = 256 * 1024;

const opening =
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:c="urn://Ocpp/Cs/2015/10/"><s:Body>';
const closing = '</s:Body></s:Envelope>';

/** An envelope of the whole size whose body's element is filled by pieces, each told its number. */
function filled(title: string, element: string, piece: (index: number) => string, around = ['', '']): HostileBody {
  const [before = '', after = ''] = around;
  const head = `${opening}<c:${element}>${before}`;
  const tail = `${after}</c:${element}>${closing}`;
  const pieces: string[] = [];
  let room = hostileBytes - head.length - tail.length;
  for (let index = 0; ; index += 1) {
    const next = piece(index);
    room -= next.length;
    if (room < 0) break;
    pieces.push(next);
  }
  return { title, xml: head + pieces.join('') + tail };
}

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

/** As often as the limit of 20,000 nodes and the size allow. */
const upTo = (most: number, piece: string) => (index: number) => (index < most ? piece : ' ');

const deep = times(28, (index) => `<d${index}>`);
const up = times(28, (index) => `</d${27 - index}>`);
const scopes = times(28, (index) => `<d xmlns:p${index}="urn:${index}">`);
const outOfScopes = times(28, () => '</d>');

const upToSize = (start: string, piece: string, end = '') =>
  start + piece.repeat(Math.floor((hostileBytes - start.length - end.length) / piece.length)) + end;

/** Each is well-formed and within every limit, or breaks one rule as late as it can. */
export const hostileBodies: readonly HostileBody[] = [
  {
    title: 'mandatory headers',
    xml: upToSize(
      opening.replace('<s:Body>', '<s:Header>'),
      '<x s:mustUnderstand="1"/>',
      `</s:Header><s:Body><c:heartbeatRequest/>${closing}`,
    ),
  },
  { title: 'a declaration without end', xml: upToSize('<?xml', ' a=""') },
  { title: 'a declaration of blanks', xml: upToSize('<?xml a', ' ') },
  {
    title: 'comments before the root',
    xml: upToSize('', '<!---->'.repeat(19_000), `${opening}<c:heartbeatRequest/>${closing}`),
  },
  { title: 'tags that do not end', xml: upToSize('', '<a b="') },
  { title: 'elements that do not end', xml: upToSize(opening, '<a>x') },
  filled('deep nesting, again and again', 'authorizeRequest', upTo(640, `${deep}x${up}`)),
  filled('small elements', 'authorizeRequest', upTo(19_900, '<c:a>1</c:a>')),
  filled('empty elements', 'authorizeRequest', upTo(19_900, '<a/>')),
  filled('small elements under many scopes', 'authorizeRequest', upTo(19_800, '<c:a/>'), [scopes, outOfScopes]),
  filled(
    'elements of other prefixes in turn',
    'authorizeRequest',
    (index) => (index < 19_800 ? `<p${index % 28}:a/>` : ' '),
    [scopes, outOfScopes],
  ),
  filled('64 attributes', 'authorizeRequest', () => `<a${times(64, (index) => ` a${index}=""`)}/>`),
  filled('64 attributes with prefixes', 'authorizeRequest', () => `<c:a${times(64, (index) => ` c:a${index}=""`)}/>`),
  filled('namespaces on each element', 'authorizeRequest', (index) =>
    index < 4_090 ? `<n:a xmlns:n="urn:${index}"/>` : '<a/>',
  ),
  filled('64 namespaces on an element', 'authorizeRequest', (index) =>
    index < 63 ? `<a${times(64, (at) => ` xmlns:n${at}="u"`)}/>` : ' ',
  ),
  filled('references in a text', 'authorizeRequest', () => '&#65;', ['<c:idTag>', '</c:idTag>']),
  filled('short references in a text', 'authorizeRequest', () => '&lt;', ['<c:idTag>', '</c:idTag>']),
  filled('references in an attribute', 'authorizeRequest', () => '&#x1F50C;', ['<c:idTag a="', '">x</c:idTag>']),
  filled('one giant text', 'dataTransferRequest', () => 'x', ['<c:vendorId>v</c:vendorId><c:data>', '</c:data>']),
  filled('one giant text of blanks', 'authorizeRequest', () => ' ', ['<c:idTag>x', 'x</c:idTag>']),
  filled('a giant number', 'startTransactionRequest', () => '1', ['<c:connectorId>', '</c:connectorId>']),
  filled('a giant time', 'startTransactionRequest', () => '1', [
    '<c:timestamp>2022-06-01T00:00:00.',
    'Z</c:timestamp>',
  ]),
  filled('comments in a text', 'authorizeRequest', upTo(19_900, 'x<!---->'), ['<c:idTag>', '</c:idTag>']),
  filled('CDATA sections in a text', 'authorizeRequest', upTo(19_900, '<![CDATA[x]]>'), ['<c:idTag>', '</c:idTag>']),
  filled('line ends', 'authorizeRequest', () => '\r\n'),
  filled('attributes of blanks', 'authorizeRequest', () => '\t', ['<c:idTag a="', '">x</c:idTag>']),
  filled('blanks in a tag', 'authorizeRequest', () => ' ', ['<c:idTag', '>x</c:idTag>']),
  filled('long names', 'authorizeRequest', () => `<${'n'.repeat(250)}/>`),
  filled('names beyond ASCII', 'authorizeRequest', upTo(19_900, '<é/>')),
  filled('unknown fields', 'heartbeatRequest', upTo(19_900, '<x/>')),
  filled('readings', 'meterValuesRequest', () => '<c:sampledValue><c:value>1</c:value></c:sampledValue>', [
    '<c:connectorId>1</c:connectorId><c:meterValue><c:timestamp>2022-06-01T00:00:00Z</c:timestamp>',
    '</c:meterValue>',
  ]),
  filled(
    'unknown values',
    'meterValuesRequest',
    () => '<c:sampledValue><c:value>1</c:value><c:unit>u</c:unit></c:sampledValue>',
    [
      '<c:connectorId>1</c:connectorId><c:meterValue><c:timestamp>2022-06-01T00:00:00Z</c:timestamp>',
      '</c:meterValue>',
    ],
  ),
];
