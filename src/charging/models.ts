import type { Payload } from '../gateway/ports.ts';
import { wildcard } from '../ocpp/wildcards.ts';

/** How a model of charger without smart charging is held to a limit; at least one of `write` and `stopStart` is there. */
export type ChargerModel = {
  readonly name: string;
  /** Patterns for chargePointVendor; `*` stands for any text, case does not count. */
  readonly vendors: readonly string[];
  /** Patterns for chargePointModel. */
  readonly models: readonly string[];
  readonly write: Write | undefined;
  readonly stopStart: StopStart | undefined;
  /** Per phase and connector: what is left in the charger when nobody speaks to it any more. */
  readonly restA: number;
};

/** A limit that is told as a value. */
export type Write = WrittenValue &
  (
    | {
        readonly kind: 'changeConfiguration';
        /** One for all, or connector 1 first; `{connector}` stands for its number. */
        readonly keys: readonly string[];
        readonly rebootNeeded: boolean;
      }
    | {
        readonly kind: 'dataTransfer';
        readonly vendorId: string;
        readonly messageId?: string;
        /** `{value}` and `{connector}` are replaced. */
        readonly data: string;
      }
  );

/** Numbers are in `unit`, with at most three decimals. */
export type WrittenValue = {
  readonly unit: 'A' | 'dA' | 'mA' | 'W' | 'kW';
  /** What one value is for: that connector, each of them, or all together. */
  readonly scope: 'connector' | 'everyConnector' | 'station';
  readonly step: number;
  /** Least value at which a car charges. */
  readonly minimum: number;
  readonly maximum?: number;
  /** The only values that it takes. */
  readonly values?: readonly number[];
  /** What is written below the minimum. */
  readonly below: 'zero' | 'minimum';
  /** A switch: words instead of numbers. */
  readonly onOff?: { readonly on: string; readonly off: string };
  readonly writableDuringSession: boolean;
  readonly minIntervalS: number;
};

/** A limit that is kept by stopping sessions and starting them again. */
export type StopStart = {
  /** Least limit at which a session may run, where no value is written. */
  readonly fromA: number;
  readonly minOnS: number;
  readonly minOffS: number;
};

/** What the config says of driving one charger. */
export type DrivingSettings = {
  readonly driveBy: 'model' | 'remoteStopStart' | 'none';
  /** Name of its model; undefined: found by its BootNotification. */
  readonly model: string | undefined;
  /** Over the model's restA. */
  readonly restCurrentA: number | undefined;
};

const stopStartOnly: ChargerModel = {
  name: 'remoteStopStart',
  vendors: [],
  models: [],
  write: undefined,
  // IEC 61851-1: no car charges with less than 6 A.
  stopStart: { fromA: 6, minOnS: 60, minOffS: 300 },
  restA: 6,
};

/** The model by which a charger is driven; undefined: it cannot or shall not be. */
export function modelFor(
  models: readonly ChargerModel[],
  settings: DrivingSettings,
  boot: Payload | undefined,
): ChargerModel | undefined {
  if (settings.driveBy === 'none') return undefined;
  const found = models.find((model) =>
    settings.model === undefined ? fits(model, boot) : model.name === settings.model,
  );
  if (settings.driveBy === 'model') return found;
  return { ...stopStartOnly, stopStart: found?.stopStart ?? stopStartOnly.stopStart };
}

function fits({ vendors, models }: ChargerModel, boot: Payload | undefined): boolean {
  return matches(vendors, boot?.['chargePointVendor']) && matches(models, boot?.['chargePointModel']);
}

function matches(patterns: readonly string[], text: unknown): boolean {
  return typeof text === 'string' && patterns.some((pattern) => wildcard(pattern)(text.trim()));
}
