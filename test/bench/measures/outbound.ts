import type { Bench, Relay } from '../bench.ts';
import { type Row, rowAtLeast, rowOf } from '../rows.ts';
import type { Scale } from '../scale.ts';
import { ratios } from '../statistics.ts';
import type { CommandAction } from '../wire/envelopes.ts';

const inFlight = 32;

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
      3,
      ratios(plain.gateway, plain.soap),
    ),
    rowAtLeast(
      { measure: 'the same with SetChargingProfile, which smart charging keeps books on', unit: '× soap client' },
      3,
      ratios(profiles.gateway, profiles.soap),
    ),
    rowOf({ measure: 'ChangeAvailability of the gateway', unit: '/s' }, plain.gateway),
    rowOf({ measure: 'ChangeAvailability of the soap client', unit: '/s' }, plain.soap),
    rowOf({ measure: 'SetChargingProfile of the gateway', unit: '/s' }, profiles.gateway),
    rowOf({ measure: 'SetChargingProfile of the soap client', unit: '/s' }, profiles.soap),
  ];
}

type Pair<T> = { readonly gateway: T; readonly soap: T };

/** Calls per second of both, round by round. */
async function measureCommand(
  bench: Bench,
  { gateway, soap }: Pair<Relay>,
  action: CommandAction,
  scale: Scale,
): Promise<Pair<readonly number[]>> {
  const perSecond = async ({ name }: Relay, atLeastMessages: number): Promise<number> => {
    const work = { relay: name, action, inFlight, forMs: scale.roundMs, atLeastMessages };
    const { messages, startedMs, endedMs } = await bench.csms.ask('command', work);
    return (messages * 1000) / (endedMs - startedMs);
  };
  await perSecond(gateway, scale.warmUpMessages);
  await perSecond(soap, scale.warmUpMessages);
  const measured: Pair<number[]> = { gateway: [], soap: [] };
  for (let round = 0; round < scale.rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one relay at a time has the machine
    measured.gateway.push(await perSecond(gateway, 0));
    // oxlint-disable-next-line no-await-in-loop
    measured.soap.push(await perSecond(soap, 0));
  }
  return measured;
}
