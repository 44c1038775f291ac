import type { Payload } from '../gateway/ports.ts';
import { isChargerAction, isCsmsAction } from '../ocpp/actions.ts';
import { type ErrorCode, OcppError } from '../ocpp/errors.ts';
import type { ServiceName } from '../ocpp/schema.ts';
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
};

/** What the person who asks for the translation adds to the input. */
type Additions = { readonly station?: string; readonly action?: string };

/** Reads an OCPP-J frame, or a line that `translate` printed. Throws OcppError. */
export function readPlain(input: string, additions: Additions): PlainMessage {
  return input.trimStart().startsWith('{') ? readLine(input, additions) : readFrameText(input, additions);
}

function readFrameText(input: string, additions: Additions): PlainMessage {
  const frame = readFrame(input);
  switch (frame.kind) {
    case 'call':
      return message('request', String(JSON.parse(frame.token)), frame.action, frame.payload, additions.station);
    case 'result': {
      const { action } = additions;
      if (action === undefined)
        throw new OcppError('ProtocolError', 'a CALLRESULT does not name its action: add --action');
      return message('response', frame.id, action, frame.payload, additions.station);
    }
    case 'error':
      return fault(frame.id, additions.action, frame.code, frame.description, additions.station);
    case 'broken':
    case 'brokenResult':
      throw new OcppError('ProtocolError', frame.description);
    case 'ignored':
      throw new OcppError('ProtocolError', 'neither a SOAP envelope nor an OCPP-J frame');
  }
}

function readLine(input: string, additions: Additions): PlainMessage {
  const line = parseObject(input);
  const ocpp = textOf(line, 'ocpp') ?? '1.6';
  if (ocpp !== '1.6') throw new OcppError('NotSupported', `OCPP ${ocpp} is not supported yet in this version`);
  const id = textOf(line, 'messageId');
  const station = textOf(line, 'station') ?? additions.station;
  const action = textOf(line, 'action') ?? additions.action;
  const payload = objectOf(line, 'payload');
  const { type } = line;
  if (type === 'fault') {
    return fault(id, action, textOf(payload, 'errorCode') ?? '', textOf(payload, 'errorDescription') ?? '', station);
  }
  if (type !== 'request' && type !== 'response') {
    throw new OcppError('ProtocolError', 'type is neither request, response nor fault');
  }
  if (action === undefined) throw new OcppError('ProtocolError', 'no action: add --action');
  return message(type, id, action, payload, station);
}

function message(
  kind: 'request' | 'response',
  id: string | undefined,
  action: string,
  payloadAsSent: Payload,
  identity: string | undefined,
): PlainMessage {
  const payload = withoutNulls(payloadAsSent);
  if (kind === 'request') validateRequest(action, payload);
  else validateResponse(action, payload);
  return { kind, id, identity, service: serviceOf(action), action, payload };
}

function fault(
  id: string | undefined,
  action: string | undefined,
  errorCode: string,
  description: string,
  identity: string | undefined,
): PlainMessage {
  const condition = errorCodeOf(errorCode) ?? 'GenericError';
  const reason = description === '' ? errorCode : description;
  const common = { kind: 'fault', id, identity, condition, reason } as const;
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
