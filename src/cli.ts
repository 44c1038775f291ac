#!/usr/bin/env node
import { exits, type Io } from './cli/io.ts';

type Command = (args: readonly string[], io: Io) => Promise<number>;

/** Commands by name; each is loaded when it is asked for. */
const commands: Readonly<Record<string, { readonly words: string; readonly load: () => Promise<Command> }>> = {
  run: { words: 'run the gateway', load: async () => (await import('./cli/run.ts')).runGateway },
  check: { words: 'check config and environment', load: async () => (await import('./cli/check.ts')).runCheck },
  demo: { words: 'gateway, chargers and CSMS on loopback', load: async () => (await import('./cli/demo.ts')).runDemo },
  translate: {
    words: 'one message between SOAP and JSON',
    load: async () => (await import('./cli/translate.ts')).runTranslate,
  },
  schedule: {
    words: 'composite schedules of charging profiles',
    load: async () => (await import('./cli/schedule.ts')).runSchedule,
  },
  plan: {
    words: 'a charging plan of a site',
    load: async () => (await import('./cli/plan.ts')).runPlan,
  },
  status: { words: 'how a running gateway is', load: async () => (await import('./cli/status.ts')).runStatus },
  config: {
    words: 'the config as it holds, with sources',
    load: async () => (await import('./cli/config.ts')).runConfig,
  },
  tail: { words: 'messages on the wires', load: async () => (await import('./cli/tail.ts')).runTail },
  outbox: { words: 'messages kept for the CSMS', load: async () => (await import('./cli/outbox.ts')).runOutbox },
  transfers: {
    words: 'firmware and diagnostics under way',
    load: async () => (await import('./cli/transfers.ts')).runTransfers,
  },
  diagnostics: {
    words: 'diagnostics of a charger into a file',
    load: async () => (await import('./cli/diagnostics.ts')).runDiagnostics,
  },
  campaign: {
    words: 'firmware for many chargers',
    load: async () => (await import('./cli/campaign.ts')).runCampaign,
  },
  backup: { words: 'a copy of the database, now', load: async () => (await import('./cli/backup.ts')).runBackup },
  doctor: { words: 'a support bundle, without secrets', load: async () => (await import('./cli/doctor.ts')).runDoctor },
  restore: {
    words: 'a backup in the place of the database',
    load: async () => (await import('./cli/restore.ts')).runRestore,
  },
  chargers: { words: 'chargers seen', load: async () => (await import('./cli/chargers.ts')).runChargers },
};

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const io: Io = {
    stdin: process.stdin,
    out: (text) => process.stdout.write(text),
    terminal: process.stdout.isTTY ? process.stdout : undefined,
    err: (text) => process.stderr.write(text),
    env: process.env,
    now: Date.now,
  };
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const list = Object.entries(commands).map(([command, { words }]) => `  ${command.padEnd(11)} ${words}\n`);
    io.err(`usage: ocpp-edge COMMAND [OPTION…]\n${list.join('')}`);
    return exits.usage;
  }
  return (await command.load())(args, io);
}

process.exitCode = await main(process.argv.slice(2));
