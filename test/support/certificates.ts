export * from '../../src/demo/certificates.ts';
