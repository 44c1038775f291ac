/** The data folder cannot be used: held by another process, broken, or of a newer release. The message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}
