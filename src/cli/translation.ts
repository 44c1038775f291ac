import { randomUUID } from 'node:crypto';
import type { AnomalyKind } from '../ocpp/anomalies.ts';
import { OcppError } from '../ocpp/errors.ts';
import { centralSystem, chargePoint } from '../ocpp/model.generated.ts';
import type { ServiceModel, ServiceName } from '../ocpp/schema.ts';
import { validateRequest, validateResponse } from '../ocpp/validation.ts';
import { callErrorName } from '../ocpp-j/errors.ts';
import { olderModels } from '../ocpp-s/dialects/dialects.ts';
import type { OcppVersion, SoapFault, SoapRequest, SoapResponse } from '../ocpp-s/message.ts';
import { quote, violate } from '../ocpp-s/reading.ts';
import { compileSoap } from '../ocpp-s/soap.ts';
import { serviceOfNamespace } from '../ocpp-s/wsdl/namespaces.ts';
import { pullDecoder } from '../ocpp-s/xml/pull.ts';
import { type PlainMessage, readPlain } from './plain-message.ts';

export type TranslateOptions = {
  /** Default: told by the input's first character. */
  readonly to?: 'json' | 'soap';
  /** Version on the SOAP wire; default: as the input says, else 1.6. */
  readonly ocpp?: OcppVersion;
  /** chargeBoxIdentity where the input names none. */
  readonly station?: string;
  /** Action of an answer: OCPP-J does not name it. */
  readonly action?: string;
};

const models: readonly ServiceModel[] = [centralSystem, chargePoint, ...olderModels];
const soap = compileSoap(models, pullDecoder);

/**
 * Translates one message: a SOAP envelope into one line of JSON, or an OCPP-J frame (or such a line) into an envelope.
 * Stateless, so that what only a gateway with memory could repair is refused. Throws OcppError.
 */
export function translate(input: string, options: TranslateOptions = {}): string {
  const to = options.to ?? (input.trimStart().startsWith('<') ? 'json' : 'soap');
  return to === 'json' ? toLine(input, options) : toEnvelope(readPlain(input, options));
}

// ---------------------------------------------------------------------------------------------- SOAP → JSON

function toLine(xml: string, options: TranslateOptions): string {
  const message = soap.decode(xml, options.ocpp === undefined ? {} : { ocpp: options.ocpp });
  switch (message.kind) {
    case 'unreadable':
      throw message.error;
    case 'fault':
      return printLine(message, faultFacts(message, options), options);
    case 'request':
    case 'response':
      checkPayload(message);
      return printLine(message, message, options);
  }
}

type Facts = {
  readonly ocpp: OcppVersion;
  readonly action: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
};

function printLine(
  { kind, addressing }: SoapRequest | SoapResponse | SoapFault,
  { ocpp, action, payload }: Facts,
  options: TranslateOptions,
): string {
  return JSON.stringify({
    ocpp,
    station: addressing.identity ?? options.station ?? null,
    action: action ?? null,
    type: kind,
    // An OCPP-J answer has the id of its CALL.
    messageId: (kind === 'request' ? addressing.messageId : addressing.relatesTo) ?? null,
    payload,
  });
}

/** A fault names its operation in wsa:Action only, and its payload is what a CALLERROR holds. */
function faultFacts(fault: SoapFault, options: TranslateOptions): Facts {
  const ending = /\/([A-Za-z]+)Response$/.exec(fault.addressing.action ?? '');
  const { soapCode, soapSubcode } = fault;
  return {
    ocpp: options.ocpp ?? '1.6',
    action: options.action ?? ending?.[1],
    payload: {
      errorCode: callErrorName(fault.code),
      errorDescription: fault.reason,
      errorDetails: soapSubcode === undefined ? { soapCode } : { soapCode, soapSubcode },
    },
  };
}

/** What cannot be told without knowing the charger's past; the rest was read leniently without losing anything. */
const unrepairable: Partial<Record<AnomalyKind, string>> = {
  unknownEnum: 'is not a value of its enumeration',
  impossibleTime: 'is not a time',
  transactionIdOutOfRange: 'does not fit into 32 bit',
  tooLong: 'is longer than OCPP 1.6 allows',
};

function checkPayload({ kind, action, payload, anomalies }: SoapRequest | SoapResponse): void {
  for (const anomaly of anomalies) {
    const problem = unrepairable[anomaly.kind];
    if (problem !== undefined)
      violate(anomaly.path, 'PropertyConstraintViolation', `${quote(anomaly.text)} ${problem}`);
  }
  if (kind === 'request') validateRequest(action, payload);
  else validateResponse(action, payload);
}

// ---------------------------------------------------------------------------------------------- JSON → SOAP

const profile = { responseTo: 'anonymous', responseHeaders: 'full' } as const;

function toEnvelope(message: PlainMessage): string {
  const { identity, service, ocpp } = message;
  const freshId = `urn:uuid:${randomUUID()}`;
  const about = {
    soap: '1.2',
    addressing: message.id === undefined ? {} : { messageId: message.id },
    ocpp,
    service,
    namespace: namespaceOf(ocpp, service),
  } as const;
  const named = identity === undefined ? {} : { identity };
  switch (message.kind) {
    case 'request': {
      const { action, payload, id: messageId = freshId } = message;
      return soap.encodeRequest({ ...named, ocpp, service, action, payload, messageId, mustUnderstand: false });
    }
    case 'response': {
      const { action, payload } = message;
      return soap.encodeResponse({ ...about, action }, { ...named, payload, messageId: freshId, profile });
    }
    case 'fault': {
      const { action, condition, reason } = message;
      const answered = action === undefined ? about : { ...about, action };
      return soap.encodeFault(answered, { ...named, condition, reason, messageId: freshId, profile });
    }
  }
}

function namespaceOf(ocpp: OcppVersion, service: ServiceName): string {
  const model = models.find((candidate) => {
    return candidate.service === service && serviceOfNamespace(candidate.namespace)?.version === ocpp;
  });
  if (model === undefined) throw new OcppError('NotSupported', `no ${service} service of OCPP ${ocpp}`);
  return model.namespace;
}
