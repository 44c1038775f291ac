import { faultMeaning } from './faults.ts';
import type { Addressing, SoapFault, SoapVersion } from './message.ts';
import type { XmlElement } from './xml/decoder.ts';

/**
 * Reads a fault by local names, in the form of either SOAP version: peers mix them, leave out subcodes, and send faults
 * with any HTTP status.
 */
export function readFault(fault: XmlElement, soap: SoapVersion, addressing: Addressing): SoapFault {
  const codes = child(fault, 'Code') === undefined ? codesOf11(fault) : codesOf12(fault);
  const [soapCode = '', soapSubcode] = codes;
  return {
    kind: 'fault',
    soap,
    addressing,
    code: faultMeaning(codes.toReversed()),
    reason: reasonOf(fault),
    soapCode,
    ...(soapSubcode === undefined ? {} : { soapSubcode }),
  };
}

/** SOAP 1.2 Part 1 §5.4.1: Value, then Subcode with a Value of its own, and so on. */
function codesOf12(fault: XmlElement): readonly string[] {
  const codes: string[] = [];
  for (let at = child(fault, 'Code'); at !== undefined; at = child(at, 'Subcode'))
    codes.push(localPart(textOf(at, 'Value')));
  return codes.filter((code) => code !== '');
}

/** SOAP 1.1 §4.4.1: `Client.SecurityError`, general first. */
function codesOf11(fault: XmlElement): readonly string[] {
  return localPart(textOf(fault, 'faultcode'))
    .split('.')
    .filter((code) => code !== '');
}

function reasonOf(fault: XmlElement): string {
  const reason = child(fault, 'Reason');
  const text = reason === undefined ? textOf(fault, 'faultstring') : textOf(reason, 'Text') || reason.text.trim();
  return text === '' ? 'no reason given' : text;
}

function child(element: XmlElement, local: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.local.toLowerCase() === local.toLowerCase());
}

function textOf(element: XmlElement, local: string): string {
  return child(element, local)?.text.trim() ?? '';
}

const localPart = (name: string) => name.slice(name.indexOf(':') + 1);
