/** Whether a text is as a pattern has it: `*` stands for any text, case does not count. */
export function wildcard(pattern: string): (text: string) => boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literal.join('.*')}$`, 'isu');
  return (text) => expression.test(text);
}
