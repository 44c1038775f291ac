/** Something that a CSMS may send in a WebSocket text frame, and what comes of it. */
export type BadFrame = {
  readonly title: string;
  readonly frame: string;
  /** A CALLERROR with this id and code, an answer with this payload, a close with this code, or nothing. */
  readonly comes: readonly [id: unknown, what: string | object] | number | undefined;
};

const megabyte = 1024 * 1024;

export const badFrames: readonly BadFrame[] = [
  { title: '40: an object', frame: '{"a":1}', comes: ['-1', 'FormationViolation'] },
  { title: '40: no JSON', frame: 'hello', comes: ['-1', 'FormationViolation'] },
  { title: '40: an empty array', frame: '[]', comes: undefined },
  { title: '41: an id that is a number', frame: '[2,7,"MakeCoffee",{}]', comes: [7, 'NotImplemented'] },
  { title: '41: a message type that does not exist', frame: '[9,"x","Reset",{}]', comes: undefined },
  { title: '41: an action that is a number', frame: '[2,"n",5,{}]', comes: ['n', 'FormationViolation'] },
  { title: '41: a payload that is a list', frame: '[2,"l","Reset",[]]', comes: ['l', 'FormationViolation'] },
  {
    title: '42: a payload of 1 MB',
    frame: JSON.stringify([2, 'big', 'DataTransfer', { vendorId: 'V', data: 'x'.repeat(megabyte) }]),
    comes: 1009,
  },
  {
    title: '43: a key twice, of which the last counts',
    frame: '[2,"dup","Reset",{"type":"Hard","type":"Lukewarm"}]',
    comes: ['dup', 'PropertyConstraintViolation'],
  },
  {
    title: '43: __proto__, ignored',
    frame: '[2,"pro","ChangeConfiguration",{"key":"CpoName","value":"X","__proto__":{"x":1}}]',
    comes: ['pro', { status: 'Accepted' }],
  },
  { title: '43: an action that nobody knows', frame: '[2,"unk","MakeCoffee",{}]', comes: ['unk', 'NotImplemented'] },
  {
    title: '44: deep JSON',
    frame: `[2,"deep","DataTransfer",{"vendorId":"V","data":${'['.repeat(60_000)}${']'.repeat(60_000)}}]`,
    comes: ['deep', 'FormationViolation'],
  },
  { title: '45: an answer that nobody asked for', frame: '[3,"nobody",{}]', comes: undefined },
  { title: '45: an error that nobody asked for', frame: '[4,"nobody","GenericError","",{}]', comes: undefined },
];
