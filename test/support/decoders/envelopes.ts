import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const vectors = fileURLToPath(new URL('../../vectors/', import.meta.url));

function goldenEnvelopes(folder: string): readonly string[] {
  return readdirSync(`${vectors}${folder}`)
    .flatMap((file) => readFileSync(`${vectors}${folder}/${file}`, 'utf8').split('\n---\n'))
    .map((part) => part.trim())
    .filter((part) => part.startsWith('<'));
}

/** Requests and answers of each operation, as in the golden vectors. */
export const goldenEnvelopesOf: Readonly<Record<'1.2' | '1.5' | '1.6', readonly string[]>> = {
  '1.2': goldenEnvelopes('soap-1.2'),
  '1.5': goldenEnvelopes('soap-1.5'),
  '1.6': goldenEnvelopes('soap'),
};

const oneLine = (xml: string) => xml.replaceAll(/>\s+</g, '><');

/** Legal, but as no tidy stack would write it: most of what XML has, in one message. */
const allOfXml =
  '\ufeff\n<?xml version="1.0" encoding="UTF-8"?><!-- <a> -->\r\n' +
  '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn://Ocpp/Cs/2015/10/"\n' +
  " xmlns:x = 'http://www.w3.org/2001/XMLSchema-instance' E:encodingStyle='&lt;none>'><E:Header xmlns:w='urn:w'>" +
  '<w:Trace E:mustUnderstand="1">&#x41;</w:Trace><chargeBoxIdentity> DEPOT<!---->-07 </chargeBoxIdentity></E:Header>' +
  '<E:Body><dataTransferRequest><vendorId><![CDATA[<Volt & Co>]]></vendorId><w:note xmlns:w="urn:w">no</w:note>' +
  '<messageId x:nil="true"/><data xmlns="">a &amp; b\r\n &#xe9;\t<![CDATA[]]></data></dataTransferRequest></E:Body></E:Envelope>\n';

const fault =
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:o="urn://Ocpp/Cp/2015/10/"><s:Body><s:Fault>' +
  '<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>o:IdentityMismatch</s:Value></s:Subcode></s:Code>' +
  '<s:Reason><s:Text xml:lang="en">not me</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>';

/** Well-formed messages of all versions, indented and on one line. */
export const validEnvelopes: readonly string[] = [
  ...Object.values(goldenEnvelopesOf).flatMap((envelopes) => [...envelopes, ...envelopes.map(oneLine)]),
  allOfXml,
  allOfXml,
  fault,
];
