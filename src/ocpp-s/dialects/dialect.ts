import type { Payload } from '../../gateway/ports.ts';
import type { Gap } from '../../ocpp/gaps.ts';
import { OcppError } from '../../ocpp/errors.ts';

/*
 * A dialect translates the messages of an older version of OCPP to and from the house language, which is OCPP 1.6. It is
 * pure and has no memory: what an old message leaves open is noted as a gap, for the gateway to fill.
 */

/** One message in both languages. Both forms are typed by their WSDLs, so that no value of one leaks into the other. */
export type Translation<Old, House> = {
  /** What was said, in the house language. Throws OcppError when OCPP 1.6 needs more than that. */
  up(said: Old, noted: Noted): House;
  /** The same in the older version; fields that it lacks are left out. Throws OcppError for a value that it has no word for. */
  down(message: House, wording: Wording): Old;
  /** Where something that was said stands in the house language; default: where it stood. */
  place?(path: Path, said: Old): Path;
};

export type Path = readonly (string | number)[];

/** What a translation finds on its way, beside the payload. */
export type Noted = {
  readonly gaps: Gap[];
  /** Configuration keys as the charger spells them. */
  readonly keySpellings: string[];
};

/** How a peer wants things worded. */
export type Wording = {
  /** Its own spelling of configuration keys, by their names in lower case. */
  readonly keySpellings: ReadonlyMap<string, string>;
};

/** Translations by action. */
export type Translations<Old, House> = {
  readonly [A in keyof Old & keyof House]: Translation<Old[A], House[A]>;
};

export type Dialect = {
  readonly requests: Readonly<Record<string, Translation<Payload, Payload>>>;
  readonly responses: Readonly<Record<string, Translation<Payload, Payload>>>;
};

/** A message that is the same in both languages, which the compiler sees to. */
export const same = { up: <T>(said: T): T => said, down: <T>(message: T): T => message };

/** The word of an older version for a value of OCPP 1.6; undefined in the table: it has none, and the field is named. */
export function word<House extends string, Old extends string>(
  words: Readonly<Record<House, Old | undefined>>,
  value: House,
  field: string,
): Old {
  const found = words[value];
  if (found !== undefined) return found;
  throw new OcppError('PropertyConstraintViolation', `${field}: this version of OCPP has no word for ${value}`, {
    details: { field },
  });
}

/**
 * The value of OCPP 1.6 for a word of an older version. A word that no table knows stays as it is: the reader of the wire
 * has noted it as an anomaly, and the gateway decides on it.
 */
export function meaning<Old extends string, House extends string>(
  meanings: Readonly<Record<Old, House>>,
  value: Old,
): House {
  return Object.hasOwn(meanings, value) ? meanings[value] : (value as string as House);
}
