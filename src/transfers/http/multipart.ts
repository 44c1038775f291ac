/** Where the bytes of the one file go that is taken out of a form. */
export type FilePart = {
  /** Called once, before the first byte; the name is the peer's. */
  begin(fileName: string | undefined): Promise<void>;
  write(chunk: Buffer): Promise<void>;
};

/** The form breaks RFC 7578, or is larger than a form with one file is. */
export class BrokenForm extends Error {
  override readonly name = 'BrokenForm';
}

const longestHead = 8 * 1024;
const mostParts = 32;
/** Of all that is not the file: text fields, and whatever stands around the parts. */
const mostOther = 256 * 1024;

/** The boundary of a multipart/form-data request (RFC 2046 §5.1.1); undefined for other content types and broken ones. */
export function formBoundary(contentType: string | undefined): string | undefined {
  const found = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType ?? '');
  return found?.[1] ?? found?.[2];
}

type State = 'between' | 'head' | 'field' | 'file' | 'over';

/**
 * Reads a multipart/form-data body as it comes, and passes on the first part that is a file.
 *
 * `between` is where a boundary was found and `--` or a line end follows it; a line end leads to the `head` of a part, an
 * empty line to its content: `file` for the first one with a file name, `field` for all others. Content ends at a line
 * end followed by the boundary. After the closing boundary everything is `over` and ignored. Of content that may be the
 * beginning of a boundary, only as much is held back as a boundary is long.
 */
export class FormReader {
  readonly #delimiter: Buffer;
  readonly #file: FilePart;
  #state: State = 'field';
  /** A form begins with a boundary without the line end before it: as if there had been one. */
  #held: Buffer = Buffer.from('\r\n');
  #parts = 0;
  #others = 0;
  #begun = false;

  constructor(boundary: string, file: FilePart) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#file = file;
  }

  /** Rejects with BrokenForm. */
  async write(chunk: Buffer): Promise<void> {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (await this.#step());
  }

  /** The body is over. Rejects with BrokenForm when the form is not, or when there was no file in it. */
  end(): void {
    if (this.#state !== 'over') throw new BrokenForm('the form ends before its last boundary');
    if (!this.#begun) throw new BrokenForm('there is no file in the form');
  }

  /** Does one thing with what is held; false when more bytes are needed. */
  async #step(): Promise<boolean> {
    switch (this.#state) {
      case 'between':
        return this.#readBoundaryEnd();
      case 'head':
        return this.#readHead();
      case 'field':
      case 'file':
        return this.#readContent();
      case 'over':
        this.#count(this.#held.length);
        this.#held = Buffer.alloc(0);
        return false;
    }
  }

  #readBoundaryEnd(): boolean {
    if (this.#held.length < 2) return false;
    const end = this.#held.toString('latin1', 0, 2);
    if (end === '--') {
      this.#state = 'over';
      return true;
    }
    // Space and tabs may stand behind a boundary (RFC 2046 §5.1.1).
    const lineEnd = this.#held.indexOf('\r\n');
    if (lineEnd === -1 && this.#held.length < 128) return false;
    if (lineEnd === -1 || /[^ \t]/.test(this.#held.toString('latin1', 0, lineEnd))) {
      throw new BrokenForm('no line end behind a boundary');
    }
    this.#parts += 1;
    if (this.#parts > mostParts) throw new BrokenForm(`more than ${mostParts} parts`);
    // Keeps the line end: a part without header fields begins with the empty line.
    this.#held = this.#held.subarray(lineEnd);
    this.#state = 'head';
    return true;
  }

  async #readHead(): Promise<boolean> {
    const end = this.#held.indexOf('\r\n\r\n');
    if (end > longestHead || (end === -1 && this.#held.length > longestHead)) {
      throw new BrokenForm('the head of a part is too long');
    }
    if (end === -1) return false;
    const head = this.#held.toString('utf8', 0, end);
    this.#held = this.#held.subarray(end + 4);
    const name = fileNameOf(head);
    this.#state = name !== undefined && !this.#begun ? 'file' : 'field';
    if (this.#state === 'file') {
      this.#begun = true;
      await this.#file.begin(name);
    }
    return true;
  }

  async #readContent(): Promise<boolean> {
    const end = this.#held.indexOf(this.#delimiter);
    if (end === -1) {
      await this.#pass(this.#held.length - this.#delimiter.length);
      return false;
    }
    await this.#pass(end);
    this.#held = this.#held.subarray(this.#delimiter.length);
    this.#state = 'between';
    return true;
  }

  async #pass(length: number): Promise<void> {
    if (length <= 0) return;
    const content = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    if (this.#state === 'file') await this.#file.write(content);
    else this.#count(length);
  }

  #count(bytes: number): void {
    this.#others += bytes;
    if (this.#others > mostOther) throw new BrokenForm('too much beside the file');
  }
}

function fileNameOf(head: string): string | undefined {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1];
  const found = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition ?? '');
  return found?.[1] ?? found?.[2];
}
