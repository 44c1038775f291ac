import type { Config } from './load.ts';
import type { Settings } from './schema.ts';
import type { Secret } from './secret.ts';
import type { Finding } from './validation.ts';

export type OperatorToken = {
  readonly name: string;
  readonly scope: 'read' | 'operate' | 'admin';
  readonly token: Secret;
};

/** Who may use the operator API over TCP, references read. */
export function operatorTokens({ operator, contents }: Config): readonly OperatorToken[] {
  return Object.entries(operator.tokens).flatMap(([name, { scope, tokenFrom }]) => {
    const token = contents.get(tokenFrom);
    return token === undefined ? [] : [{ name, scope, token }];
  });
}

/** What an Authorization header can carry (b64token, RFC 6750 §2.1), and nobody guesses. */
const usable = /^[A-Za-z0-9._~+/-]{16,}=*$/;

/** Tokens that could not be sent or would be guessed, and those that two names share: nobody could tell who acted. */
export function findUnusableTokens(
  { tokens }: Settings['operator'],
  contents: ReadonlyMap<string, Secret>,
): readonly Finding[] {
  const first = new Map<string, string>();
  return Object.entries(tokens).flatMap(([name, { tokenFrom }]): readonly Finding[] => {
    const text = contents.get(tokenFrom)?.revealText();
    if (text === undefined) return [];
    const twin = first.get(text);
    first.set(text, twin ?? name);
    const problem = usable.test(text) ? twin && `leads to the token of ${twin} already` : tooWeak;
    return problem === undefined
      ? []
      : [{ path: ['operator', 'tokens', name, 'tokenFrom'], at: 'value', message: problem }];
  });
}

const tooWeak = 'must lead to at least 16 letters, digits or -._~+/= (`openssl rand -base64 32` makes such a token)';
