/** Requests of a charger as text; `fields` are the children of the operation's element. */
export type EnvelopeOptions = {
  readonly identity?: string | undefined;
  readonly namespace?: string;
  readonly soap?: '1.1' | '1.2';
  readonly headers?: string;
  readonly messageId?: string;
};

const soapNamespaces = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

export const centralSystemNamespace = 'urn://Ocpp/Cs/2015/10/';

export function envelope(element: string, fields = '', options: EnvelopeOptions = {}): string {
  const { namespace = centralSystemNamespace, soap = '1.2', headers = '' } = options;
  const identity = 'identity' in options ? options.identity : 'DEPOT-07';
  const header = identity === undefined ? '' : `<c:chargeBoxIdentity>${identity}</c:chargeBoxIdentity>`;
  const messageId = options.messageId ?? 'urn:uuid:5b0c1f0e-0d5e-4c39-9d55-1f3b7f4f9a01';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<e:Envelope xmlns:e="${soapNamespaces[soap]}" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:c="${namespace}">` +
    `<e:Header>${header}<a:MessageID>${messageId}</a:MessageID>${headers}</e:Header>` +
    `<e:Body><c:${element}>${fields}</c:${element}></e:Body></e:Envelope>`
  );
}

export const heartbeat = (options: EnvelopeOptions = {}) => envelope('heartbeatRequest', '', options);

export const authorize = (idTag: string, options: EnvelopeOptions = {}) =>
  envelope('authorizeRequest', `<c:idTag>${idTag}</c:idTag>`, options);
