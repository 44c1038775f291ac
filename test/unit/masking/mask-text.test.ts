import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskText } from '../../../src/masking/mask-text.ts';

const canary = 'CANARY5EE';

const hiding: Readonly<Record<string, string>> = {
  'an idTag of an envelope': `<cs:idTag xmlns:cs="x">${canary}</cs:idTag>`,
  'a parentIdTag without prefix': `<parentIdTag>${canary}</parentIdTag>`,
  'an idTag in CDATA that holds markup': `<idTag><![CDATA[a</b>${canary}]]></idTag>`,
  'an idTag behind a comment': `<idTag><!-- </idTag> -->${canary}</idTag>`,
  'an idTag that was cut': `<cs:idTag>${canary}`,
  'an idTag whose name is written as numbers': `<cs:idTag>${canary}</cs:idTag>{"idT\\u0061g":"${canary}"}`,
  'an attribute': `<x password='${canary}' idTag = "${canary}"/>`,
  'a member': `[2,"1","Authorize",{"idTag":"${canary}"}]`,
  'a member with blanks, quotes and backslashes': `{ "idTag" : "a\\"\\\\${canary}" }`,
  'a member that was cut': `{"idTag":"${canary}`,
  'a list of idTags': `{"idTag":["x","${canary}"]}`,
  'a number': `{"parentIdTag": 4711.${canary}}`,
  'a password setting of ChangeConfiguration': `<cp:key>AuthorizationKey</cp:key><cp:value>${canary}</cp:value>`,
  'a setting whose name stands in CDATA': `<key><![CDATA[AuthorizationKey]]></key><value><![CDATA[</value>${canary}]]></value>`,
  'a setting whose value stands first': `<value>${canary}</value><key>WifiPassword</key>`,
  'a key of GetConfiguration': `<configurationKey><key>AuthorizationKey</key><readonly>false</readonly><value>${canary}</value></configurationKey>`,
  'a setting in JSON': `[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"${canary}"}]`,
  'a setting in JSON, value first': `{"value":"${canary}","readonly":false,"key":"SimPin"}`,
  'a key of GetConfiguration in JSON': `{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"${canary}"}]}`,
  'credentials of a file location': `<location>ftp://user:${canary}@10.0.0.5/</location>`,
  'credentials of a location in JSON': `{"location":"ftp:\\/\\/user:${canary}@10.0.0.5\\/"}`,
  'a location whose slashes are written as numbers': `<location>ftp:&#47;&#x2F;user:${canary}@10.0.0.5/</location>`,
  'a signed location': `<location>https://files/x?expires=1&amp;X-Amz-Signature=${canary}&amp;token=${canary}</location>`,
  'the pass of a file': `<location>http://10.0.0.1:8181/abcdefghijkmnpqrstuvwxyz23/image.bin</location>`.replace(
    'abcdefghijkmnpqrstuvwxyz23',
    'canary5eeabcdefghjkmnpqrst',
  ),
  "the secret of a charger's URL": `<wsa:To>http://10.0.0.1:8180/ocpp/s/${canary}/CP-1</wsa:To>`,
  'HTTP credentials': `Authorization: Basic ${canary}, Bearer ${canary}`,
  'JSON in the data of a DataTransfer': `{"vendorId":"x","data":"{\\"idTag\\":\\"${canary}\\",\\"n\\":1}"}`,
  'JSON in JSON in the data of a DataTransfer': `{"data":"{\\"a\\":\\"{\\\\\\"token\\\\\\":\\\\\\"${canary}\\\\\\"}\\"}"}`,
  'JSON in the data of an envelope': `<data>{&quot;idTag&quot;:&quot;${canary}&quot;}</data>`,
  'XML in the data of an envelope': `<data>&lt;idTag&gt;${canary}&lt;/idTag&gt;</data>`,
  words: `<data>idTag=${canary};password=${canary}</data>`,
};

describe('is hidden', () => {
  test.each(Object.entries(hiding))('%s', (_, text) => {
    expect(maskText(text).toLowerCase()).not.toContain(canary.toLowerCase());
    expect(maskText(text)).toContain('[hidden]');
  });
});

describe('stays readable', () => {
  test.each([
    '<cp:key>HeartbeatInterval</cp:key><cp:value>300</cp:value>',
    '<configurationKey><key>MeterValueSampleInterval</key><readonly>false</readonly><value>60</value></configurationKey><unknownKey>Foo</unknownKey>',
    '<configurationKey><key>A</key><value>1</value></configurationKey><configurationKey><key>AuthorizationKey</key><readonly>true</readonly></configurationKey>',
    '[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}],"unknownKey":["AuthorizationKey"]}]',
    '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T12:00:00Z","sampledValue":[{"value":"1.5"}]}]}]',
    '<wsa:To>http://10.0.0.1:8180/ocpp</wsa:To><idTagInfo><status>Accepted</status></idTagInfo>',
    '{"location":"ftp://10.0.0.5/logs/","idTagInfo":{"status":"Accepted"}}',
  ])('%s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  test('what stands beside a secret', () => {
    const text = `<a><v:key>A</v:key><v:value>1</v:value></a><a><v:key>AuthorizationKey</v:key><v:value>${canary}</v:value></a>`;
    expect(maskText(text)).toBe(text.replace(canary, '[hidden]'));
  });
});

const names = ['idTag', 'parentIdTag', 'password', 'authToken', 'clientSecret', 'WifiPassword'];
const words = fc.string({ maxLength: 20, unit: fc.constantFrom(...'abc <>&"\'\\/:;{}[]=,\n1'.split('')) });
const secret = fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/).map((text) => `Zq${text}`);

describe('whatever stands around it', () => {
  test('a member of any JSON is hidden', () => {
    const around = fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(words, fc.integer()), { maxKeys: 4 });
    fc.assert(
      fc.property(
        around,
        fc.constantFrom(...names),
        secret,
        around,
        fc.nat(4),
        (before, name, value, after, indent) => {
          const text = JSON.stringify([2, '1', 'DataTransfer', { ...before, [name]: value, ...after }], null, indent);
          expect(maskText(text)).not.toContain(value);
        },
      ),
    );
  });

  test('a member of JSON within JSON is hidden', () => {
    fc.assert(
      fc.property(words, fc.constantFrom(...names), secret, (before, name, value) => {
        const data = JSON.stringify({ vendor: before, [name]: value });
        expect(maskText(JSON.stringify({ data }))).not.toContain(value);
      }),
    );
  });

  test('a secret setting among others is hidden, and only that', () => {
    const setting = fc.record({ key: fc.constantFrom('HeartbeatInterval', 'Vendor.Foo'), value: fc.constant('300') });
    fc.assert(
      fc.property(fc.array(setting, { maxLength: 3 }), secret, fc.array(setting, { maxLength: 3 }), (a, value, b) => {
        const all = [...a, { key: 'AuthorizationKey', readonly: false, value }, ...b];
        const xml = all.map(
          (one) =>
            `<k:configurationKey><k:key>${one.key}</k:key><k:readonly>true</k:readonly><k:value>${one.value}</k:value></k:configurationKey>`,
        );
        for (const text of [JSON.stringify(all), xml.join('')]) {
          expect(maskText(text)).toBe(text.replace(value, '[hidden]'));
        }
      }),
    );
  });

  test('what was masked is masked no further', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(hiding)), (text) => {
        expect(maskText(maskText(text))).toBe(maskText(text));
      }),
    );
  });
});

/** Texts that make careless expressions take hours: what is asked is only that it ends within the test's time. */
describe('a text written to make it slow', () => {
  const unit: Readonly<Record<string, string>> = {
    words: 'a.b-',
    elements: '<idTag ',
    comments: '<key><!--',
    cdata: '<idTag><![CDATA[',
    urls: 'http://',
    keys: '<key>k</key>',
    members: '"key":"x",',
    values: '"value":"x",',
    backslashes: '\\',
    escaped: '\\"idTag\\":',
    quoted: '&quot;',
    blanks: ' idTag ',
    slashes: '//a',
  };
  test.each(Object.entries(unit))('out of %s ends', (_, piece) => {
    const startedMs = performance.now();
    maskText(`<${piece.repeat(Math.floor(262_144 / piece.length))}`);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});
