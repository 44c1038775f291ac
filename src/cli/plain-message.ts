import type { Payload } from '../gateway/ports.ts';
import { isChargerAction, isCsmsAction } from '../ocpp/actions.ts';
import { type ErrorCode, OcppError } from '../ocpp/errors.ts';
import type { ServiceName } from '../ocpp/schema.ts';
import type { OcppVersion } from '../ocpp-s/message.ts';
import { validateRequest, validateResponse, withoutNulls } from '../ocpp/validation.ts';
import { errorCodeOf } from '../ocpp-j/errors.ts';
import { readFrame } from '../ocpp-j/frames.ts';

/** A message without its wire, valid by the rules of OCPP-J 1.6. */
export type PlainMessage =
  | (Common & { readonly kind: 'request' | 'response'; readonly action: string; readonly payload: Payload })
  | (Common & {
      readonly kind: 'fault';
      readonly action?: string;
      readonly condition: ErrorCode;
      readonly reason: string;
    });

type Common = {
  /** The CALL's id. */
  readonly id: string | undefined;
  readonly identity: string | undefined;
  readonly service: ServiceName;
  /** The version of OCPP that it is to be told in over SOAP. */
  readonly ocpp: OcppVersion;
};

/** What the person who asks for the translation adds to the input. */
type Additions = { readonly station?: string; readonly action?: string; readonly ocpp?: OcppVersion };

/** Reads an OCPP-J frame, or a line that `translate` printed. Throws OcppError. */
export function readPlain(input: string, additions: Additions): PlainMessage {
  return input.trimStart().startsWith('{') ? readLine(input, additions) : readFrameText(input, additions);
}

function readFrameText(input: string, { station: identity, action, ocpp = '1.6' }: Additions): PlainMessage {
  const frame = readFrame(input);
  switch (frame.kind) {
    case 'call':
      return message('request', frame.action, frame.payload, { id: String(JSON.parse(frame.token)), identity, ocpp });
    case 'result':
      if (action === undefined)
        throw new OcppError('ProtocolError', 'a CALLRESULT does not name its action: add --action');
      return message('response', action, frame.payload, { id: frame.id, identity, ocpp });
    case 'error':
      return fault(action, frame.code, frame.description, { id: frame.id, identity, ocpp });
    case 'broken':
    case 'brokenResult':
      throw new OcppError('ProtocolError', frame.description);
    case 'ignored':
      throw new OcppError('ProtocolError', 'neither a SOAP envelope nor an OCPP-J frame');
  }
}

function readLine(input: string, additions: Additions): PlainMessage {
  const line = parseObject(input);
  const about: About = {
    id: textOf(line, 'messageId'),
    identity: textOf(line, 'station') ?? additions.station,
    ocpp: additions.ocpp ?? versionOf(textOf(line, 'ocpp') ?? '1.6'),
  };
  const action = textOf(line, 'action') ?? additions.action;
  const payload = objectOf(line, 'payload');
  const { type } = line;
  if (type === 'fault') {
    return fault(action, textOf(payload, 'errorCode') ?? '', textOf(payload, 'errorDescription') ?? '', about);
  }
  if (type !== 'request' && type !== 'response') {
    throw new OcppError('ProtocolError', 'type is neither request, response nor fault');
  }
  if (action === undefined) throw new OcppError('ProtocolError', 'no action: add --action');
  return message(type, action, payload, about);
}

function versionOf(text: string): OcppVersion {
  if (text === '1.6' || text === '1.5' || text === '1.2') return text;
  throw new OcppError('NotSupported', `OCPP ${text} is not spoken here`);
}

type About = Omit<Common, 'service'>;

function message(kind: 'request' | 'response', action: string, payloadAsSent: Payload, about: About): PlainMessage {
  const payload = withoutNulls(payloadAsSent);
  if (kind === 'request') validateRequest(action, payload);
  else validateResponse(action, payload);
  return { kind, ...about, service: serviceOf(action), action, payload };
}

function fault(action: string | undefined, errorCode: string, description: string, about: About): PlainMessage {
  const condition = errorCodeOf(errorCode) ?? 'GenericError';
  const reason = description === '' ? errorCode : description;
  const common = { kind: 'fault', ...about, condition, reason } as const;
  if (action === undefined) return { ...common, service: 'CentralSystem' };
  return { ...common, action, service: serviceOf(action) };
}

/** DataTransfer is in both services; without more to go by it is the charger's. */
function serviceOf(action: string): ServiceName {
  if (isChargerAction(action)) return 'CentralSystem';
  if (isCsmsAction(action)) return 'ChargePoint';
  throw new OcppError('NotImplemented', `${action} is not an action of OCPP 1.6`);
}

function parseObject(text: string): Payload {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw new OcppError('ProtocolError', 'neither XML nor JSON', { cause });
  }
  throw new OcppError('ProtocolError', 'not a JSON object');
}

function textOf(object: Payload, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new OcppError('ProtocolError', `${name} is not a text`);
}

function objectOf(object: Payload, name: string): Payload {
  const value = object[name];
  if (isObject(value)) return value;
  throw new OcppError('ProtocolError', `${name} is not an object`);
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
