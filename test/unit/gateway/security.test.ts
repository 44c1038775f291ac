import { expect, test } from 'vitest';
import { answerSecurity } from '../../../src/gateway/security.ts';

test('a list of no certificates, which the published schema does not allow, is left out', async () => {
  const request = { certificateType: 'ManufacturerRootCertificate' };
  const conf = { status: 'NotFound', certificateHashData: [] };
  const answer = answerSecurity('GetInstalledCertificateIds', request, () => Promise.resolve(conf));
  await expect(answer).resolves.toEqual({ status: 'NotFound' });
});

test('nothing is deleted while the charger does not say by what it knows the gateway', async () => {
  const asked: string[] = [];
  const certificateHashData = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1' };
  const forward = (action: string) => {
    asked.push(action);
    return Promise.reject(new Error('unreachable'));
  };
  await expect(answerSecurity('DeleteCertificate', { certificateHashData }, forward)).rejects.toThrow('unreachable');
  expect(asked).toEqual(['GetInstalledCertificateIds']);
});
