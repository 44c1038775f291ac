import type { PriceStep } from '../../optimizer/site.ts';
import { byPlace, type KeyPath, type Mistake, placeOf } from './place.ts';
import { type Cell, readTable, type Table } from './price-table.ts';
import { notLater, readPriceTime, shown } from './price-times.ts';
import { isSection } from './shape.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** How a price list is to be read. */
export type PriceReading = {
  /** Of times without a zone. */
  readonly timezone: string;
  /** What prices are for; undefined: what the name of their column says, else kWh. */
  readonly unit: 'kWh' | 'MWh' | undefined;
  /** Money per kWh on top of each. */
  readonly adderPerKwh: number;
};

/** Prices per kWh, ascending, each until the next; or every mistake, by line and column. */
export type ReadPrices =
  | { readonly kind: 'read'; readonly steps: readonly PriceStep[] }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/** Largest price list, in bytes and in rows: two days of five minutes are 576. */
export const mostPriceBytes = 1_048_576;
const mostRows = 5000;
/** Largest JSON, in characters, in which the line of a mistake is looked for: that takes milliseconds for each thousand. */
const mostPlacedCharacters = 100_000;

/** One price as written: `at` tells where, `key` under which name. */
type Row = { readonly from: Written; readonly price: Written; readonly perMwh: boolean };
type Written = { readonly value: unknown; readonly mistake: (message: string) => Mistake };

type Rows =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly timezone?: string }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/**
 * Reads a price list: JSON (`[{"from": …, "perKwh": …}]`, or that list as `prices` of an object) or CSV with the same
 * columns. A price may be below 0; what is no number, a time that does not exist, and a row that is not later than the
 * one above are mistakes, and one is enough to refuse the whole list. `name` is what the mistakes call the file.
 */
export function readPrices(text: string, name: string, reading: PriceReading): ReadPrices {
  const content = text.replace(/^\uFEFF/, '');
  const found = /^\s*[[{]/.test(content) ? rowsOfJson(content, name) : rowsOfTable(readTable(content), name);
  if (found.kind === 'wrong') return found;
  const { rows } = found;
  if (rows.length === 0 || rows.length > mostRows) {
    const message = rows.length === 0 ? 'holds no price' : `holds ${rows.length} prices; at most ${mostRows} are read`;
    return { kind: 'wrong', mistakes: [inFile(name, 1, 1, message)] };
  }
  return stepsOf(rows, { ...reading, timezone: found.timezone ?? reading.timezone });
}

function inFile(file: string, line: number, column: number, message: string): Mistake {
  return { place: { kind: 'file', file, line, column }, path: [], message };
}

function stepsOf(rows: readonly Row[], { timezone, unit, adderPerKwh }: PriceReading): ReadPrices {
  const mistakes: Mistake[] = [];
  const steps: PriceStep[] = [];
  let afterS = Number.NEGATIVE_INFINITY;
  for (const { from, price, perMwh } of rows) {
    const at = typeof from.value === 'string' ? readPriceTime(from.value, timezone, afterS) : missing('time');
    const money = readPrice(price.value);
    if (at.kind === 'wrong') mistakes.push(from.mistake(at.message));
    else if (at.atS <= afterS) mistakes.push(from.mistake(notLater(at.atS, afterS)));
    if (money === undefined) mistakes.push(price.mistake(priceWords(price.value)));
    if (at.kind === 'time') afterS = Math.max(afterS, at.atS);
    if (at.kind === 'wrong' || money === undefined) continue;
    const perKwh = (unit ?? (perMwh ? 'MWh' : 'kWh')) === 'MWh' ? money / 1000 : money;
    steps.push({ fromS: at.atS, perKwh: perKwh + adderPerKwh });
  }
  return mistakes.length > 0 ? { kind: 'wrong', mistakes: mistakes.toSorted(byPlace) } : { kind: 'read', steps };
}

const missing = (what: string) => ({ kind: 'wrong', message: `is missing: a ${what} stands here` }) as const;

/** A decimal comma is one only where it cannot be anything else, which the table has seen to. */
function readPrice(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[+-]?\d+([.,]\d+)?(e[+-]?\d+)?$/i.test(value)) return undefined;
  const price = Number(value.replace(',', '.'));
  return Number.isFinite(price) ? price : undefined;
}

function priceWords(value: unknown): string {
  if (value === undefined || value === '' || value === null) return missing('price').message;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : 'a list or section';
  return `must be a price such as 0.25, not ${shown(text)}`;
}

const timeColumn = /^(from|time|start|datetime)$|^mtu\b/i;
const priceColumn = /^(per_?kwh|per_?mwh)$|price/i;
const perMwhName = /mwh/i;

function rowsOfTable({ header, rows, separator }: Table, name: string): Rows {
  const fromAt = header.findIndex(({ text }) => timeColumn.test(text));
  const priceAt = header.findIndex(({ text }) => priceColumn.test(text));
  const lacking = fromAt < 0 ? '"from"' : priceAt < 0 ? '"perKwh"' : undefined;
  if (lacking !== undefined) {
    const place = header[0] ?? { line: 1, column: 1 };
    const columns = header.map(({ text }) => shown(text)).join(', ') || 'none';
    const message = `the first line must name the columns, among them ${lacking}; it names ${columns}`;
    return { kind: 'wrong', mistakes: [inFile(name, place.line, place.column, message)] };
  }
  const perMwh = perMwhName.test(header[priceAt]?.text ?? '');
  const written = (row: readonly Cell[], at: number): Written => {
    const cell = row[at];
    const place = cell ?? row.at(-1) ?? { line: 1, column: 1 };
    return { value: cell?.text, mistake: (message) => inFile(name, place.line, place.column, message) };
  };
  const tooLong = rows.flatMap((row) => surplusCells(row, header, separator, name));
  if (tooLong.length > 0) return { kind: 'wrong', mistakes: tooLong };
  const zone = zoneOf(header[fromAt]?.text ?? '');
  return {
    kind: 'rows',
    rows: rows.map((row) => ({ from: written(row, fromAt), price: written(row, priceAt), perMwh })),
    ...(zone === undefined ? {} : { timezone: zone }),
  };
}

/** `0,25` in a file whose cells are parted by commas would be read as 0. */
function surplusCells(
  row: readonly Cell[],
  header: readonly Cell[],
  separator: string,
  name: string,
): readonly Mistake[] {
  const cell = row[header.length];
  if (cell === undefined || row.slice(header.length).every(({ text }) => text === '')) return [];
  const hint = separator === ',' ? '; a decimal comma needs ; between the cells, or quotes' : '';
  return [
    inFile(name, cell.line, cell.column, `the row has more cells than the ${header.length} of the first line${hint}`),
  ];
}

/** ENTSO-E names the zone in the heading: `MTU (UTC)`, `MTU (CET/CEST)`. */
function zoneOf(heading: string): string | undefined {
  const [, zone] = /\((UTC|CET\/CEST)\)/i.exec(heading) ?? [];
  if (zone === undefined) return undefined;
  return zone.toUpperCase() === 'UTC' ? 'UTC' : 'Europe/Brussels';
}

function rowsOfJson(json: string, name: string): Rows {
  const whole = inFile(name, 1, 1, 'is no JSON');
  // JSON is YAML, and the YAML reader knows line and column, but is slow
  const located = () => (json.length > mostPlacedCharacters ? undefined : readYaml(json, name));
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const yaml = located();
    const place = yaml?.kind === 'broken' ? yaml.mistakes[0]?.place : undefined;
    return { kind: 'wrong', mistakes: [{ ...whole, place: place ?? whole.place }] };
  }
  const list = isSection(data) ? data['prices'] : data;
  const start = isSection(data) ? ['prices'] : [];
  let yaml: YamlSource | undefined;
  const mistake = (path: KeyPath, message: string): Mistake => {
    yaml ??= located();
    return { place: yaml?.kind === 'read' ? placeOf(yaml.sources, path) : whole.place, path, message };
  };
  if (!Array.isArray(list)) {
    const message = 'must be a list of prices, or have one as "prices"';
    return { kind: 'wrong', mistakes: [mistake([], message)] };
  }
  const written = (item: unknown, index: number, key: string): Written => ({
    value: isSection(item) ? item[key] : undefined,
    mistake: (message) => mistake([...start, index, key], message),
  });
  const rows = list.map((item: unknown, index) => {
    const keys = Object.keys(isSection(item) ? item : {});
    const key = keys.find((candidate) => priceColumn.test(candidate)) ?? 'perKwh';
    const from = written(item, index, keys.find((candidate) => timeColumn.test(candidate)) ?? 'from');
    return { from, price: written(item, index, key), perMwh: perMwhName.test(key) };
  });
  return { kind: 'rows', rows };
}
