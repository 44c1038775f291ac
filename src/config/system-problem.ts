const words: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'lies in something that is not a folder',
  EISDIR: 'is a folder',
  EACCES: 'may not be accessed by this user',
  EPERM: 'may not be accessed by this user',
  EROFS: 'lies on a read-only disk',
  EADDRINUSE: 'is taken by another program; is the gateway running already?',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is a name that nobody knows',
};

/** What the operating system's refusal means, as the end of a sentence; anything but its error is thrown on. */
export function systemProblem(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  return words[error.code] ?? `cannot be used (${error.code})`;
}
