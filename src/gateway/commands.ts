import { OcppError } from '../ocpp/errors.ts';
import { isSecurityAction } from '../ocpp/security-extension.ts';
import { rememberRemoteStart } from './authorization.ts';
import { background, once, type Context } from './context.ts';
import type { ChargingDoor } from './charging-port.ts';
import { factsOf } from './facts.ts';
import { keepNotice } from './inbound.ts';
import { lackOf, noteLack } from './lacks.ts';
import { type LinkKey, type LinkValues, linkKey, linkValues, mergeConfiguration } from './link-keys.ts';
import { answerListVersion, answerSendLocalList, keepLocalList } from './local-list.ts';
import { noteOrder } from './orders.ts';
import { confOf, type Delivery, type Payload } from './ports.ts';
import type { Pump } from './pump.ts';
import { answerInPlaceOfExtension, answerSecurity, hasExtension } from './security.ts';
import { answerInPlace, canDo, noteWritten, withVersionKeys, writtenConfiguration } from './stand-in.ts';
import { addressOf, effectiveLink, numberOf, textOf, type Station } from './stations.ts';
import type { TransactionRecord } from './store-port.ts';
import { answerTrigger } from './trigger.ts';
import { isProtocolsKey, withProtocols } from './transfer-protocols.ts';
import type { TransferAction, TransferNewsAction, TransfersDoor, TransferStatusAction } from './transfers-port.ts';

/*
 * Calls of the CSMS on their way down. One at a time per charger. A charger that cannot be reached right now is tried
 * once more at its next message, as long as the CSMS's patience lasts; a call that may have arrived is never repeated.
 */

/** Calls that may wait for one charger. */
const waitingAtMost = 16;
const startSettlesWithinMs = 2_000;

/** Who answers for a charger. */
export type CommandDoors = { readonly charging: ChargingDoor; readonly transfers: TransfersDoor };

export class Commands {
  readonly #context: Context;
  readonly #charging: ChargingDoor;
  readonly #transfers: TransfersDoor;
  readonly #pumpOf: (station: Station) => Pump;
  readonly #lines = new Map<string, { readonly last: Promise<unknown>; readonly length: number }>();

  constructor(context: Context, doors: CommandDoors, pumpOf: (station: Station) => Pump) {
    this.#context = context;
    this.#charging = doors.charging;
    this.#transfers = doors.transfers;
    this.#pumpOf = pumpOf;
  }

  /** Answers one CALL of the CSMS; throws OcppError. */
  async answer(station: Station, action: string, payload: Payload): Promise<Payload> {
    switch (action) {
      case 'ChangeConfiguration':
        return this.#changeConfiguration(station, payload);
      case 'GetConfiguration':
        return this.#getConfiguration(station, payload);
      case 'RemoteStartTransaction':
        return this.#remoteStart(station, payload);
      case 'RemoteStopTransaction':
        return this.#forward(station, action, await this.#withChargerId(station, payload));
      case 'SetChargingProfile':
        return this.#setChargingProfile(station, payload);
      case 'ClearChargingProfile':
      case 'GetCompositeSchedule':
        return this.#charging.answer(await factsOf(this.#context, station), action, payload);
      case 'GetLocalListVersion':
        if (canDo(this.#context, station, action)) return this.#forward(station, action, payload);
        return answerListVersion(this.#context, station);
      case 'SendLocalList':
        return this.#sendLocalList(station, payload);
      case 'ClearCache':
        return this.#clearCache(station, payload);
      case 'GetDiagnostics':
      case 'UpdateFirmware':
        return this.#transfer(station, action, payload);
      case 'TriggerMessage':
        return this.#trigger(station, payload);
      default:
        if (isSecurityAction(action)) return this.#security(station, action, payload);
        return this.#forward(station, action, payload);
    }
  }

  /** Asks the charger to end a transaction that the CSMS refused after it had begun. True once it said yes. */
  async stopRefused(station: Station, chargerTxId: number): Promise<boolean> {
    const delivery = await this.#inLine(station, 'RemoteStopTransaction', { transactionId: chargerTxId });
    return delivery.kind === 'answered' && delivery.payload['status'] === 'Accepted';
  }

  /** One call to the charger, in line with those of the CSMS. */
  async call(station: Station, action: string, payload: Payload): Promise<Delivery> {
    return answerInPlace(this.#context, station, action) ?? this.#inLine(station, action, payload);
  }

  /** As `call`; a charger is not asked again for what it lacks. */
  async ask(station: Station, action: string, payload: Payload): Promise<Delivery> {
    const inPlace = answerInPlace(this.#context, station, action);
    if (inPlace !== undefined) return inPlace;
    const delivery = lackOf(station, action) ?? (await this.#inLine(station, action, payload));
    return noteLack(station, action, delivery);
  }

  async #forward(station: Station, action: string, payload: Payload): Promise<Payload> {
    return confOf(await this.ask(station, action, payload));
  }

  async #transfer(station: Station, action: TransferAction, payload: Payload): Promise<Payload> {
    const conf = await this.#transfers.answer(station.identity, action, payload);
    return conf ?? this.#forward(station, action, payload);
  }

  async #trigger(station: Station, payload: Payload): Promise<Payload> {
    const action = transferStatusOf(payload['requestedMessage']);
    if (action !== undefined && this.#tellTransfer(station, action)) return { status: 'Accepted' };
    if (canDo(this.#context, station, 'TriggerMessage')) return this.#forward(station, 'TriggerMessage', payload);
    return answerTrigger(this.#context, station, this.#pumpOf(station), payload);
  }

  /** Tells how a transfer goes; false: the charger is to say it. */
  #tellTransfer(station: Station, action: TransferNewsAction): boolean {
    if (this.#transfers.current(station.identity, action) === undefined) return false;
    // TriggerMessage.conf goes first (OCPP 1.6 §5.17); what is said then is what is true then.
    this.#context.clock.after(0, () => {
      const notice = this.#transfers.current(station.identity, action);
      if (notice === undefined) return;
      const told = keepNotice(this.#context, station, this.#pumpOf(station), notice);
      background(this.#context, 'triggered status', told);
    });
    return true;
  }

  #security(station: Station, action: string, payload: Payload): Promise<Payload> {
    if (hasExtension(station)) {
      return answerSecurity(action, payload, (name, request) => this.#forward(station, name, request));
    }
    return answerInPlaceOfExtension(action, payload, {
      transfer: (name, request) => this.#transfers.answer(station.identity, name, request),
      tellTransfer: (name) => this.#tellTransfer(station, name),
      trigger: (request) => this.#trigger(station, request),
    });
  }

  /** One call at a time per charger, first come first served. */
  async #inLine(station: Station, action: string, payload: Payload): Promise<Delivery> {
    const line = this.#lines.get(station.identity);
    if (line !== undefined && line.length >= waitingAtMost) {
      return { kind: 'unreachable', reason: `${waitingAtMost} calls are waiting for it already`, sent: false };
    }
    const deadlineAtMs = this.#context.clock.elapsed() + this.#context.settings.commandDeadlineMs;
    const turn = (line?.last ?? Promise.resolve()).then(() => this.#call(station, action, payload, deadlineAtMs));
    this.#lines.set(station.identity, { last: turn, length: (line?.length ?? 0) + 1 });
    try {
      const delivery = await turn;
      await this.#note(station, action, payload, delivery);
      return delivery;
    } finally {
      const now = this.#lines.get(station.identity);
      if (now?.last === turn) this.#lines.delete(station.identity);
      else if (now !== undefined) this.#lines.set(station.identity, { last: now.last, length: now.length - 1 });
    }
  }

  /** What a charger of an older version will not tell, and has to be remembered. */
  async #note(station: Station, action: string, payload: Payload, delivery: Delivery): Promise<void> {
    noteOrder(station, action, payload, delivery, this.#context.clock.elapsed());
    if (delivery.kind !== 'answered') return;
    for (const key of delivery.keySpellings ?? []) station.keySpellings.set(key.toLowerCase(), key);
    if (action !== 'ChangeConfiguration') return;
    await noteWritten(this.#context, station, payload, delivery.payload['status']);
  }

  async #call(station: Station, action: string, payload: Payload, deadlineAtMs: number): Promise<Delivery> {
    const first = await this.#attempt(station, action, payload, deadlineAtMs);
    if (first.kind !== 'unreachable' || first.sent || addressOf(station) === undefined) return first;
    const heard = await once(this.#context, station.onHeard, deadlineAtMs - this.#context.clock.elapsed());
    return heard ? this.#attempt(station, action, payload, deadlineAtMs) : first;
  }

  async #attempt(station: Station, action: string, payload: Payload, deadlineAtMs: number): Promise<Delivery> {
    const { caller, clock, log } = this.#context;
    const leftMs = deadlineAtMs - clock.elapsed();
    const address = addressOf(station);
    if (leftMs <= 0) return { kind: 'unreachable', reason: 'the calls before it took too long', sent: false };
    if (address === undefined) {
      return { kind: 'unreachable', reason: station.noCommandsReason ?? 'no address is known', sent: false };
    }
    const { profile } = station.settings;
    const { basic } = station.settings.callback;
    const { identity, keySpellings, record } = station;
    const target = { identity, url: address, wire: record.wire, profile, keySpellings };
    const delivery = await caller.call(basic === undefined ? target : { ...target, basic }, action, payload, leftMs);
    if (delivery.kind === 'refused' && delivery.code === 'IdentityMismatch') {
      log.warn('callback address belongs to another charger', { station: station.identity });
      await this.#context.stations.update(station, { callback: undefined });
      station.noCommandsReason = 'its address belongs to another charger now';
    }
    return delivery;
  }

  async #changeConfiguration(station: Station, payload: Payload): Promise<Payload> {
    const name = textOf(payload, 'key') ?? '';
    const key = linkKey(name);
    if (key !== undefined) return this.#changeLink(station, key, textOf(payload, 'value') ?? '');
    if (await this.#charging.ownsKey(await factsOf(this.#context, station), name)) return { status: 'Rejected' };
    const conf = await this.#forward(station, 'ChangeConfiguration', payload);
    if (conf['status'] === 'Accepted') await noteHeartbeatInterval(this.#context, station, name, payload['value']);
    return conf;
  }

  async #changeLink(station: Station, key: LinkKey, value: string): Promise<Payload> {
    if (key.problem(value, valuesOf(station)[key.key]) !== undefined) return { status: 'Rejected' };
    await this.#context.store.saveSetting(station.identity, key.key, value);
    station.linkSettings = { ...station.linkSettings, [key.key]: value };
    this.#context.links.open(station.identity, effectiveLink(station));
    return { status: 'Accepted' };
  }

  /** The charger is asked for what is its own; the keys of the link, of smart charging and of files are the gateway's. */
  async #getConfiguration(station: Station, payload: Payload): Promise<Payload> {
    const requested = Array.isArray(payload['key']) ? payload['key'].map(String) : [];
    const facts = await factsOf(this.#context, station);
    const protocols = this.#transfers.protocols(station.identity);
    const theirs: string[] = [];
    for (const name of requested) {
      if (protocols !== undefined && isProtocolsKey(name)) continue;
      if (linkKey(name) === undefined && !(await this.#charging.ownsKey(facts, name))) theirs.push(name);
    }
    const onlyOurs = requested.length > 0 && theirs.length === 0;
    const request = requested.length === 0 ? {} : { key: theirs };
    const charger = onlyOurs ? {} : await this.#configurationOf(station, request, theirs);
    const completed = await this.#charging.configuration(facts, requested, charger);
    const told = protocols === undefined ? completed : withProtocols(requested, completed, protocols);
    return mergeConfiguration(requested, told, valuesOf(station));
  }

  async #configurationOf(station: Station, request: Payload, requested: readonly string[]): Promise<Payload> {
    const conf = canDo(this.#context, station, 'GetConfiguration')
      ? await this.#forward(station, 'GetConfiguration', request)
      : writtenConfiguration(station, requested);
    return withVersionKeys(this.#context, station, requested, conf);
  }

  async #remoteStart(station: Station, payload: Payload): Promise<Payload> {
    const facts = await factsOf(this.#context, station);
    const request = await this.#charging.remoteStart(facts, payload);
    const conf = await this.#forward(station, 'RemoteStartTransaction', request);
    const idTag = textOf(payload, 'idTag');
    // The profile of a start that is refused is for no transaction: this one has none.
    if (conf['status'] !== 'Accepted') await this.#charging.remoteStart(facts, without(payload, 'chargingProfile'));
    if (conf['status'] === 'Accepted' && idTag !== undefined) await rememberRemoteStart(this.#context, station, idTag);
    return conf;
  }

  async #setChargingProfile(station: Station, payload: Payload): Promise<Payload> {
    const profile = payload['csChargingProfiles'] as Payload;
    const csChargingProfiles = await this.#withChargerId(station, withoutStrayId(profile));
    const facts = await factsOf(this.#context, station);
    return this.#charging.answer(facts, 'SetChargingProfile', { ...payload, csChargingProfiles });
  }

  /** The CSMS's transaction id becomes the charger's. */
  async #withChargerId(station: Station, payload: Payload): Promise<Payload> {
    const csmsTxId = numberOf(payload, 'transactionId');
    if (csmsTxId === undefined) return payload;
    const transaction = await this.#transactionOf(station, String(csmsTxId));
    const transactionId = transaction?.chargerTxId ?? csmsTxId;
    if (!isSoapInteger(transactionId)) {
      throw new OcppError('PropertyConstraintViolation', 'transactionId: unknown, and too large for a SOAP charger');
    }
    return { ...payload, transactionId };
  }

  /** A CSMS may name an id in the same breath as it gives it: the StartTransaction under way is waited for. */
  async #transactionOf(station: Station, csmsTxId: string): Promise<TransactionRecord | undefined> {
    const { store } = this.#context;
    const known = await store.transactionOfCsms(station.identity, csmsTxId);
    if (known?.state === 'open') return known;
    await this.#pumpOf(station).startSettled(startSettlesWithinMs);
    return store.transactionOfCsms(station.identity, csmsTxId);
  }

  async #sendLocalList(station: Station, payload: Payload): Promise<Payload> {
    if (!canDo(this.#context, station, 'SendLocalList')) return answerSendLocalList(this.#context, station, payload);
    const conf = await this.#forward(station, 'SendLocalList', payload);
    if (conf['status'] === 'Accepted') await keepLocalList(this.#context, station, payload);
    return conf;
  }

  async #clearCache(station: Station, payload: Payload): Promise<Payload> {
    const conf = await this.#forward(station, 'ClearCache', payload);
    if (conf['status'] === 'Accepted') await this.#context.store.clearAuthorizations(station.identity);
    return conf;
  }
}

function transferStatusOf(requested: unknown): TransferStatusAction | undefined {
  const isOne = requested === 'FirmwareStatusNotification' || requested === 'DiagnosticsStatusNotification';
  return isOne ? requested : undefined;
}

const isSoapInteger = (value: number) => value <= 0x7fff_ffff && value >= -0x8000_0000;

/** OCPP 1.6 §7.8: transactionId is valid only with TxProfile; elsewhere one that no charger could read is left out. */
function withoutStrayId(profile: Payload): Payload {
  const isOfTransaction = profile['chargingProfilePurpose'] === 'TxProfile';
  const isReadable = isSoapInteger(numberOf(profile, 'transactionId') ?? 0);
  return isOfTransaction || isReadable ? profile : without(profile, 'transactionId');
}

function without(payload: Payload, field: string): Payload {
  const { [field]: _left, ...others } = payload;
  return others;
}

/** How long the charger may be silent depends on it, whoever set it last: a boot or the CSMS (OCPP 1.6 §9.1.9). */
async function noteHeartbeatInterval(context: Context, station: Station, key: string, value: unknown): Promise<void> {
  const intervalS = key.toLowerCase() === 'heartbeatinterval' ? Number(value) : 0;
  const { boot } = station.record;
  if (!Number.isSafeInteger(intervalS) || intervalS <= 0 || boot?.csms === undefined) return;
  await context.stations.update(station, { boot: { ...boot, csms: { ...boot.csms, intervalS } } });
}

function valuesOf(station: Station): LinkValues {
  return linkValues(effectiveLink(station), station.linkSettings);
}
