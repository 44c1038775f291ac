/** How long the bench looks at each thing. */
export type Scale = {
  readonly rounds: number;
  readonly roundMs: number;
  /** Before the first round: V8 compiles what is hot. */
  readonly warmUpMessages: number;
  readonly openLoopMs: number;
  /** Of the measures with thousands of chargers and of the slow disk. */
  readonly longRounds: number;
  readonly coldStarts: number;
  /** Of a moment in which a site is planned each second. */
  readonly solvingMs: number;
  /** Chargers of the measure with many. */
  readonly crowd: number;
};

/** At most a minute: for a look while working. */
export const quick: Scale = {
  rounds: 5,
  roundMs: 200,
  warmUpMessages: 2_000,
  openLoopMs: 800,
  longRounds: 1,
  coldStarts: 2,
  solvingMs: 4_000,
  crowd: 500,
};

/** Some minutes: for the table in the README. */
export const full: Scale = {
  rounds: 9,
  roundMs: 1_000,
  warmUpMessages: 20_000,
  openLoopMs: 4_000,
  longRounds: 5,
  coldStarts: 9,
  solvingMs: 8_000,
  crowd: 2_000,
};
