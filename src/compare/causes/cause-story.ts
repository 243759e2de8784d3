import type { Cause } from '../../model/finding.ts';

/** The facts for a sentence about a cause that was found by planning again. */
export interface CauseStory {
  /** The owner of the earlier plans, such as `the baseline`. */
  readonly name: string;
  /** The changes besides the schema's that were undone for a try. */
  readonly tried: readonly Cause[];
  /** As `CauseFacts.growth`. */
  readonly growth: string | null;
  /** Changed settings, such as `work_mem went from 4096 to 65536`. */
  readonly settings: readonly string[];
}

const MAX_SETTINGS = 3;

/** The sentence that names the cause of a finding, and the changes that are not its cause. */
export function tellCause(cause: readonly Cause[], story: CauseStory): string {
  const reasons = cause.map((each) => reasonOf(each, story));
  const innocent = story.tried.filter((each) => !cause.includes(each));
  const besides =
    innocent.length === 0 ? '' : `; the finding is the same with the ${listed(innocent)} of ${story.name}`;
  const alone = cause.every((each) => each === 'snapshot' || each === 'settings')
    ? '; this branch did not cause it'
    : '';
  return `Cause: ${listed(reasons)}${besides}${alone}.`;
}

/** The sentence for a cause that could not be found. `why` is the end of a sentence. */
export function tellUnknownCause(name: string, why: string): string {
  return `The branch may be a cause too: regress cannot plan as of ${name} again, because ${why}.`;
}

function reasonOf(cause: Cause, { name, growth, settings }: CauseStory): string {
  switch (cause) {
    case 'schema':
      return 'the branch changed the schema';
    case 'query':
      return 'the branch changed the query';
    case 'version':
      return 'the version of PostgreSQL changed';
    case 'snapshot':
      return `${growth ?? 'the statistics of the snapshot changed'} since ${name}`;
    case 'settings':
      return settings.length === 0 ? 'the settings changed' : settingsReason(settings);
  }
}

function settingsReason(settings: readonly string[]): string {
  const more = settings.length - MAX_SETTINGS;
  return [...settings.slice(0, MAX_SETTINGS), ...(more > 0 ? [`${more} more settings changed`] : [])].join(', ');
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
