import type { Settings } from './schema.ts';
import { ownValue } from './shape.ts';

/** The keys of a link to the CSMS as they stand in the config, references unread. */
export type LinkKeys = Pick<
  Settings['csms'],
  'url' | 'passwordFrom' | 'caFile' | 'certFile' | 'keyFile' | 'pingIntervalS' | 'bootOnReconnect'
>;

/** The charger's spelling in the config when it is listed there; case does not tell chargers apart. */
export function listedIdentity({ chargers }: Pick<Settings, 'chargers'>, identity: string): string | undefined {
  if (Object.hasOwn(chargers, identity)) return identity;
  const low = identity.toLowerCase();
  return Object.keys(chargers).find((listed) => listed.toLowerCase() === low);
}

type Listed<Section extends 'chargers' | 'groups'> = NonNullable<Settings[Section][string]>;

/** What the config says of one charger: its own entry, and that of its group. */
export function entriesOf(
  settings: Settings,
  identity: string,
): { readonly charger: Listed<'chargers'> | undefined; readonly group: Listed<'groups'> | undefined } {
  const charger = ownValue(settings.chargers, listedIdentity(settings, identity) ?? '');
  const groupName = charger?.group ?? settings.chargerDefaults.group;
  return { charger, group: ownValue(settings.groups, groupName ?? '') };
}

/** The link of one charger: its own keys over those of its group over `csms`. */
export function linkOf(settings: Settings, identity: string): LinkKeys {
  const { charger, group } = entriesOf(settings, identity);
  return narrow(narrow(settings.csms, group?.csms), charger?.csms);
}

/** The link of the Local Controller: its own keys over `csms`. */
export function controllerLinkOf({ csms, controller }: Settings): LinkKeys {
  return narrow(csms, controller?.csms);
}

/** A link to another address starts without credentials: they were written for the one above. */
function narrow(wide: LinkKeys, own: Partial<LinkKeys> | undefined): LinkKeys {
  if (own?.url === undefined || own.url === wide.url) return { ...wide, ...own };
  const { pingIntervalS, bootOnReconnect } = wide;
  return { pingIntervalS, bootOnReconnect, ...own, url: own.url };
}
