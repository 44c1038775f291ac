import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'generate-'));
  for (const part of ['src/gateway/ports.ts', 'src/ocpp', 'src/ocpp-s', 'wsdl', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterEach(() => {
  rmSync(copy, { recursive: true });
});

function generate(...options: string[]) {
  const script = join(copy, 'src/ocpp-s/wsdl/generate.ts');
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...options], { cwd: copy, encoding: 'utf8' });
}

const generated = (name: string) => readFileSync(join(copy, 'src/ocpp', name), 'utf8');

test('generated files are in step with wsdl/, drift is refused by --check, and generate ends it', () => {
  expect(generate('--check')).toMatchObject({ status: 0, stderr: '' });

  const wsdl = join(copy, 'wsdl/1.6/charge-point.wsdl');
  writeFileSync(wsdl, readFileSync(wsdl, 'utf8').replace('value="VersionMismatch"', 'value="Mismatch"'));
  const before = generated('messages.generated.ts');
  const drift = generate('--check');
  expect(drift.status).toBe(1);
  expect(drift.stderr).toMatch(/model\.generated\.ts is not in step with wsdl\/1\.6: npm run generate/);
  expect(generated('messages.generated.ts')).toBe(before);

  expect(generate().status).toBe(0);
  expect(generated('messages.generated.ts')).toContain("'Accepted' | 'Failed' | 'NotSupported' | 'Mismatch'");
  expect(generate('--check').status).toBe(0);
});

test('drift of an older version is refused too', () => {
  const wsdl = join(copy, 'wsdl/1.5/charge-point.wsdl');
  writeFileSync(wsdl, readFileSync(wsdl, 'utf8').replace('value="HashError"', 'value="Hash"'));
  const drift = generate('--check');
  expect(drift.status).toBe(1);
  expect(drift.stderr).toMatch(/messages-1\.5\.generated\.ts is not in step with wsdl\/1\.5: npm run generate/);
  expect(drift.stderr).not.toContain('1.6');
});
