import type { Bench, Relay } from '../bench.ts';
import type { CsmsAsks } from '../children/csms.ts';
import { type Row, rowAtLeast, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';
import type { CommandAction } from '../wire/envelopes.ts';

const inFlight = 32;

/** Against the client of the soap package. */
const goals = { first: 3, final: 4 };

/** Commands of the CSMS to 50 chargers: CALL, SOAP request, SOAP answer, CALLRESULT. */
export async function measureOutbound(
  bench: Bench,
  gateway: Relay,
  soap: Relay,
  scale: Scale,
): Promise<readonly Row[]> {
  const plain = await measureCommand(bench, { gateway, soap }, 'ChangeAvailability', scale);
  const profiles = await measureCommand(bench, { gateway, soap }, 'SetChargingProfile', scale);
  return [
    rowAtLeast(
      { measure: 'commands: CALL → SOAP → CALLRESULT (ChangeAvailability)', unit: '× soap client' },
      goals,
      ratios(plain.gateway.map(rate), plain.soap.map(rate)),
    ),
    rowAtLeast(
      { measure: 'the same with SetChargingProfile, which smart charging keeps books on', unit: '× soap client' },
      goals,
      ratios(profiles.gateway.map(rate), profiles.soap.map(rate)),
    ),
    ...comparisonRows('ChangeAvailability', plain),
    ...comparisonRows('SetChargingProfile', profiles),
  ];
}

type Stretch = { readonly perSecond: number; readonly cpuUs: number };

const rate = (stretch: Stretch) => stretch.perSecond;
const cpu = (stretch: Stretch) => stretch.cpuUs;

function comparisonRows(action: CommandAction, { gateway, soap }: Pair<readonly Stretch[]>): readonly Row[] {
  return [
    rowOf({ measure: `${action}, gateway`, unit: '/s' }, gateway.map(rate)),
    rowOf({ measure: `${action}, soap client`, unit: '/s' }, soap.map(rate)),
    rowOf({ measure: `CPU per ${action}, soap client`, unit: '× gateway' }, ratios(soap.map(cpu), gateway.map(cpu))),
  ];
}

type Pair<T> = { readonly gateway: T; readonly soap: T };

/** What both did, round by round. */
async function measureCommand(
  bench: Bench,
  { gateway, soap }: Pair<Relay>,
  action: CommandAction,
  scale: Scale,
): Promise<Pair<readonly Stretch[]>> {
  const measure = (relay: Relay, atLeastMessages: number) =>
    measureStretch(bench, relay, { action, inFlight, forMs: scale.roundMs, atLeastMessages });
  await measure(gateway, scale.warmUpMessages);
  await measure(soap, scale.warmUpMessages);
  const measured: Pair<Stretch[]> = { gateway: [], soap: [] };
  for (let round = 0; round < scale.rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    measured.gateway.push(await measure(gateway, 0));
    // oxlint-disable-next-line no-await-in-loop
    measured.soap.push(await measure(soap, 0));
  }
  return measured;
}

type Work = Omit<Parameters<CsmsAsks['command']>[0], 'relay'>;

async function measureStretch({ csms }: Bench, { name, process }: Relay, work: Work): Promise<Stretch> {
  const before = await process.ask('usage');
  const { messages, startedMs, endedMs } = await csms.ask('command', { ...work, relay: name });
  const after = await process.ask('usage');
  return {
    perSecond: (messages * 1000) / (endedMs - startedMs),
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / messages,
  };
}
