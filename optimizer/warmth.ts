import type { Course, Engine } from './program-form.ts';

/** Runs something with the warmth of a site or, if there is none, with one that ends with it. */
export function warmly<T>(warmth: Warmth | undefined, run: (warmth: Warmth) => T): T {
  if (warmth !== undefined) return run(warmth);
  const own = new Warmth();
  try {
    return run(own);
  } finally {
    own.end();
  }
}

/** What the engines keep of a site's last programs, so that the next one, which is mostly the same, is solved from there. */
export class Warmth {
  readonly #courses = new Map<Engine, Course>();

  /** The course of programs that an engine has had from this site. */
  courseOf(engine: Engine): Course {
    const begun = this.#courses.get(engine) ?? engine.begin();
    this.#courses.set(engine, begun);
    return begun;
  }

  /** Lets the engines forget the site. */
  end(): void {
    for (const course of this.#courses.values()) course.end();
    this.#courses.clear();
  }
}
