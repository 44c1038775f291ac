import { faultShape } from './faults.ts';
import type { FaultCondition, SoapVersion } from './message.ts';
import { escapeText } from './xml/text.ts';

/** The Fault element; `prefix` is bound to the OCPP namespace in which the subcode is a name. */
export function writeFaultBody(
  soap: SoapVersion,
  prefix: string,
  fault: { readonly condition: FaultCondition; readonly reason: string },
): string {
  const { code, subcode } = faultShape(fault.condition);
  const reason = escapeText(printable(fault.reason), 'reason');
  return soap === '1.1' ? faultOf11(code, subcode, reason) : faultOf12(code, subcode && `${prefix}:${subcode}`, reason);
}

/** SOAP 1.2 Part 1 §5.4 */
function faultOf12(code: string, subcode: string | undefined, reason: string): string {
  const inner = subcode === undefined ? '' : `<env:Subcode><env:Value>${subcode}</env:Value></env:Subcode>`;
  return (
    `<env:Fault><env:Code><env:Value>env:${code}</env:Value>${inner}</env:Code>` +
    `<env:Reason><env:Text xml:lang="en">${reason}</env:Text></env:Reason></env:Fault>`
  );
}

const codesOf11: Readonly<Record<string, string>> = { Sender: 'Client', Receiver: 'Server' };

/** SOAP 1.1 §4.4.1: the dot makes a general code more specific. Children of the 1.1 Fault have no namespace. */
function faultOf11(code: string, subcode: string | undefined, reason: string): string {
  const faultcode = [codesOf11[code] ?? code, ...(subcode === undefined ? [] : [subcode])].join('.');
  return `<env:Fault><faultcode>env:${faultcode}</faultcode><faultstring xml:lang="en">${reason}</faultstring></env:Fault>`;
}

/** Reasons quote what peers wrote; a fault must be writable whatever that was. */
function printable(reason: string): string {
  return reason.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
}
