import type { Cause } from '../../model/finding.ts';

/** What is told of a cause that was found by planning again. */
export interface CauseStory {
  /** What the earlier plans are of, such as `the baseline`. */
  readonly name: string;
  /** What changed besides the schema, and was put back. */
  readonly tried: readonly Cause[];
  /** As `CauseFacts.growth`. */
  readonly growth: string | null;
  /** Settings that went from one value to another, as `work_mem went from 4096 to 65536`. */
  readonly settings: readonly string[];
}

const MAX_SETTINGS = 3;

/** The sentence that names the cause of a finding, and what is not it though it changed. */
export function tellCause(cause: readonly Cause[], story: CauseStory): string {
  const reasons = cause.map((each) => reasonOf(each, story));
  const innocent = story.tried.filter((each) => !cause.includes(each));
  const besides = innocent.length === 0 ? '' : `; it is so with the ${listed(innocent)} of ${story.name} too`;
  const alone = cause.every((each) => each === 'snapshot' || each === 'settings') ? '; not by this branch' : '';
  return `Cause: ${listed(reasons)}${besides}${alone}.`;
}

/** What is said where the cause could not be found. */
export function tellUnknownCause(name: string, why: string): string {
  return `Whether that or the branch did this is not known: ${name} cannot be planned again, because ${why}.`;
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
