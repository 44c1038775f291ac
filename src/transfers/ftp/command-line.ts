/** One line of a client. */
export type CommandLine = {
  /** Upper case. */
  readonly verb: string;
  /** All behind the first space: names may begin and end with spaces. */
  readonly argument: string;
};

/** Reads a line (RFC 959 §5.3); undefined for what is no command, or has a NUL or a CR in it. */
export function readCommand(line: string): CommandLine | undefined {
  const [, verb = '', argument = ''] = /^([A-Za-z]{3,4})(?: (.*))?$/s.exec(line.trimStart()) ?? [];
  if (verb === '' || /[\0\r]/.test(argument)) return undefined;
  return { verb: verb.toUpperCase(), argument };
}

/** A line as it may be shown: passwords are hidden. */
export function shownCommand({ verb, argument }: CommandLine): string {
  if (verb === 'PASS' || verb === 'ACCT') return `${verb} [hidden]`;
  return argument === '' ? verb : `${verb} ${argument.slice(0, 200)}`;
}
