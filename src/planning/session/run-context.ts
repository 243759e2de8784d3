import type { Progress } from '../../model/progress.ts';

/** Everything planning needs from its caller. */
export interface RunContext {
  readonly env: NodeJS.ProcessEnv;
  readonly verbose: boolean;
  readonly progress: Progress;
  /** Prints a remark that is not part of the result. */
  say(text: string): void;
}
