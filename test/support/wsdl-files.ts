import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The folder that the gateway reads. */
export const wsdlFolder = join(root, 'wsdl');

/** The published WSDLs: not ours to redistribute, hence compared with only where they lie beside the checkout. */
export const publishedFolder = join(root, '../shared/reference/wsdl');
export const hasPublished = existsSync(join(publishedFolder, '1.6'));

const filesOf = (version: string) => ({
  centralSystem: join(wsdlFolder, version, 'central-system.wsdl'),
  chargePoint: join(wsdlFolder, version, 'charge-point.wsdl'),
});

/** Those of OCPP 1.6. */
export const ownFiles = filesOf('1.6');
export const ownFilesOf = { '1.2': filesOf('1.2'), '1.5': filesOf('1.5'), '1.6': ownFiles } as const;

/** The XML Schema inside a WSDL as a document of its own: with the namespaces that the WSDL declares around it. */
export function embeddedSchema(file: string): string {
  const text = readFileSync(file, 'utf8');
  const schema = /<s:schema[\s\S]*<\/s:schema>/.exec(text)?.[0] ?? '';
  const declarations = [...text.matchAll(/\sxmlns:\w+="[^"]*"/g)].map(([declaration]) => declaration).join('');
  return schema.replace('<s:schema', `<s:schema${declarations}`);
}
