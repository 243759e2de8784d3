import type { Progress } from '../../model/progress.ts';

/** What planning needs of whoever asks for plans. */
export interface RunContext {
  readonly env: NodeJS.ProcessEnv;
  readonly verbose: boolean;
  readonly progress: Progress;
  /** Tells a remark, which is no result. */
  say(text: string): void;
}
