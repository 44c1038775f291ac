import type { XmlCursor, XmlElement } from './decoder.ts';

/** Walks a document that has been read as a whole. */
export function walkTree(root: XmlElement): XmlCursor {
  return new TreeCursor(root);
}

type Step = { readonly element: XmlElement; nextChild: number };

class TreeCursor implements XmlCursor {
  readonly #open: Step[] = [];
  #element: XmlElement;
  text = '';

  constructor(root: XmlElement) {
    this.#element = root;
    this.#enter(root);
  }

  get depth(): number {
    return this.#open.length;
  }

  get namespace(): string {
    return this.#element.namespace;
  }

  get local(): string {
    return this.#element.local;
  }

  get attributes(): XmlElement['attributes'] {
    return this.#element.attributes;
  }

  next(): boolean {
    const step = this.#open.at(-1);
    const child = step?.element.children[step.nextChild];
    if (step === undefined || child === undefined) return this.#leave();
    step.nextChild += 1;
    this.#enter(child);
    return true;
  }

  #enter(element: XmlElement): void {
    this.#open.push({ element, nextChild: 0 });
    this.#element = element;
  }

  #leave(): false {
    this.text = this.#element.text;
    this.#open.pop();
    this.#element = this.#open.at(-1)?.element ?? this.#element;
    return false;
  }
}
