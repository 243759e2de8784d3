import {
  attribute,
  branchStatusOf,
  type CauseFacts,
  causeOfFinding,
  changedBy,
  type Stage,
  snapshotGrowth,
  summarizeCauses,
  type TableSize,
  unknownCause,
  withCause,
} from '../../compare/index.ts';
import type { Config } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { Cause, Finding } from '../../model/finding.ts';
import type { CheckReport, PlanResult } from '../../model/result.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Planned, PlanningOptions, Plans, RunContext } from '../../planning/index.ts';
import type { Terms } from '../judge-plans.ts';
import type { Reference } from '../reference.ts';
import { findOldSnapshot, type OldSnapshot } from './old-snapshot.ts';
import { type Replanning, withReplanning } from './replanning.ts';
import { type Question, replayChanges, type SettingsThen } from './stages.ts';

/** What the search for causes needs: the earlier plans, and how to plan again. */
export interface CauseSearch {
  readonly reference: Reference;
  readonly judges: Terms;
  readonly config: Config;
  readonly options: PlanningOptions & { readonly baselineSnapshot?: string };
  readonly context: RunContext;
}

interface Answer {
  readonly result: PlanResult;
  readonly facts: CauseFacts;
}

/**
 * Finds the causes of findings by undoing one change at a time and planning again. Only for queries with findings where
 * more than the schema changed. If regress cannot plan again, the finding says so and the check goes on.
 */
export async function findCauses(
  results: readonly PlanResult[],
  plans: Plans,
  search: CauseSearch,
): Promise<Pick<CheckReport, 'results' | 'causes'>> {
  const answers = new Map<number, Answer>();
  const groups = new Map<string, Question[]>();
  for (const [at, result] of results.entries()) {
    const question = await questionOf(at, result, plans.planned[at] as Planned, search);
    if (question === null) continue;
    const key = question.changed.snapshot ? question.block.provenance.snapshot : '';
    groups.set(key, [...(groups.get(key) ?? []), question]);
  }
  for (const [digest, questions] of groups) {
    for (const [at, answer] of await answerAll(digest, questions, plans, search)) answers.set(at, answer);
  }
  const explained = results.map((result, at) => {
    const isChanged = result.findings.some(({ cause }) => cause !== undefined);
    if (!isChanged) return answers.get(at)?.result ?? result;
    const answer = answers.get(at) ?? { result, facts: guessed(result, search) };
    return { ...answer.result, changedBy: changedBy(answer.facts) };
  });
  return { results: explained, causes: summarizeCauses(explained) };
}

/** The causes that the digests show, if nothing can be tried: the branch changed the schema, or the query, or both. */
function guessed({ findings }: PlanResult, { reference }: CauseSearch): CauseFacts {
  const causes = [...new Set(findings.flatMap(({ cause }) => cause ?? []))];
  return { causes, known: true, settingsByBranch: reference.settings !== null, growth: null };
}

async function questionOf(
  at: number,
  result: PlanResult,
  item: Planned,
  { reference, judges: terms }: CauseSearch,
): Promise<Question | null> {
  const earlier = reference.earlier(item);
  const { accepted } = earlier;
  const isWorth = result.findings.some(({ cause, severity }) => cause !== undefined || severity === 'fail');
  if (accepted === null || result.current === null || !isWorth) return null;
  const [then, now] = [accepted.block.provenance, item.provenance];
  const otherMajor = accepted.major !== terms.target;
  const changed = {
    query: then.query !== now.query,
    snapshot: then.snapshot !== now.snapshot && earlier.against === undefined,
    settings: then.settings !== now.settings && !otherMajor,
  };
  const oldQuery = changed.query ? await reference.oldQuery(item) : null;
  if (!changed.snapshot && !changed.settings && oldQuery === null) return null;
  return {
    at,
    item,
    result,
    earlier,
    block: accepted.block,
    changed,
    oldQuery,
    otherwise: otherMajor ? 'version' : 'schema',
  };
}

/** Answers all questions about one old snapshot in one database. An empty digest means today's snapshot. */
async function answerAll(
  digest: string,
  questions: readonly Question[],
  plans: Plans,
  search: CauseSearch,
): Promise<ReadonlyMap<number, Answer>> {
  const { config, options, context, reference } = search;
  const unanswered = (why: string) =>
    new Map(questions.map((question) => [question.at, unknownAnswer(question, reference.name, why)]));
  const today: OldSnapshot = { snapshot: plans.snapshot, close: async () => undefined };
  const { snapshot, baselineSnapshot } = options;
  const old = digest === '' ? today : await findOldSnapshot(digest, { config, snapshot, baselineSnapshot });
  if ('lacks' in old) return unanswered(old.lacks);
  const plansAgain = `${questions.length} ${questions.length === 1 ? 'plan' : 'plans'}`;
  context.say(`making ${plansAgain} again as of ${reference.name}, to find the cause of the change`);
  try {
    const sizes = digest === '' ? new Map<string, TableSize>() : await sizesOf(old.snapshot, plans.snapshot);
    return await withReplanning(old.snapshot, { config, options, context }, async (replanning) => {
      const answers = new Map<number, Answer>();
      for (const question of questions) {
        answers.set(question.at, await answer(question, { replanning, old: old.snapshot, sizes }, plans, search));
      }
      return answers;
    });
  } catch (error) {
    if (!(error instanceof RegressError)) throw error;
    return unanswered(error.message);
  } finally {
    await old.close();
  }
}

/** The database with the old snapshot, and the rows of tables in both snapshots. */
interface EarlierRun {
  readonly replanning: Replanning;
  readonly old: Snapshot;
  readonly sizes: ReadonlyMap<string, TableSize>;
}

async function answer(
  question: Question,
  { replanning, old, sizes }: EarlierRun,
  plans: Plans,
  { reference, judges: terms }: CauseSearch,
): Promise<Answer> {
  const then = settingsThen(question, replanning, old, plans, reference);
  if (then === null) return unknownAnswer(question, reference.name, 'its settings differ from those of its snapshot');
  const stages = await replayChanges(question, then, replanning, plans, terms);
  if (stages === null)
    return unknownAnswer(question, reference.name, 'the query cannot be planned with the changes undone');
  const { result, block, changed } = question;
  const plansRead = [block.plan, ...(result.current === null ? [] : [result.current.plan])];
  const growth = changed.snapshot ? snapshotGrowth(plansRead, sizes) : null;
  const story = {
    name: reference.name,
    tried: triedOf(question),
    growth,
    settings: changed.settings ? settingChanges(then.settings, plans.settings) : [],
  };
  const findings = result.findings.map((finding) => explain(finding, stages, (cause) => causeOfFinding(cause, story)));
  const causes = [...new Set(findings.flatMap(({ cause }) => cause ?? []))];
  return {
    result: { ...result, findings, branchStatus: branchStatusOf(stages) },
    facts: { causes, known: true, settingsByBranch: then.byBranch, growth },
  };
}

/** A finding that needs no earlier plan gets a cause only if the branch did not cause it. */
function explain(finding: Finding, stages: readonly Stage[], sentenceOf: (cause: readonly Cause[]) => string): Finding {
  if (finding.standing) return finding;
  const cause = attribute(finding, stages);
  const isOthers = cause.length > 0 && cause.every((each) => each === 'snapshot' || each === 'settings');
  return finding.cause !== undefined || isOthers ? withCause(finding, cause, sentenceOf(cause)) : finding;
}

function triedOf({ changed, oldQuery }: Question): Cause[] {
  return [
    ...(changed.query && oldQuery !== null ? (['query'] as const) : []),
    ...(changed.settings ? (['settings'] as const) : []),
    ...(changed.snapshot ? (['snapshot'] as const) : []),
  ];
}

function settingsThen(
  { changed, block }: Question,
  replanning: Replanning,
  old: Snapshot,
  plans: Plans,
  reference: Reference,
): SettingsThen | null {
  if (!changed.settings) return { settings: plans.settings, byBranch: false };
  const settings = reference.settings ?? replanning.settingsOf(block.provenance.settings);
  if (settings === null) return null;
  const [before, after] = [old.manifest.settings, plans.snapshot.manifest.settings];
  const names = Object.keys(plans.settings).filter((name) => plans.settings[name] !== settings[name]);
  return { settings, byBranch: names.some((name) => before[name] === after[name]) };
}

function settingChanges(then: SettingsThen['settings'], now: SettingsThen['settings']): string[] {
  return Object.keys(now)
    .sort()
    .flatMap((name) =>
      then[name] === now[name] ? [] : [`${name} went from ${then[name] ?? 'no value'} to ${now[name]}`],
    );
}

/** Keeps the causes that the digests suggest, and says why they are uncertain. If the branch may be a cause, it counts as one. */
function unknownAnswer({ result }: Question, name: string, why: string): Answer {
  const findings = result.findings.map((finding) =>
    finding.cause === undefined
      ? finding
      : { ...finding, detail: [finding.detail, unknownCause(name, why)].filter(Boolean).join('\n') },
  );
  const causes = [...new Set(findings.flatMap(({ cause }) => cause ?? []))];
  return { result: { ...result, findings }, facts: { causes, known: false, settingsByBranch: false, growth: null } };
}

async function sizesOf(old: Snapshot, today: Snapshot): Promise<Map<string, TableSize>> {
  const before = new Map<string, number>();
  for await (const { schemaname, relname, reltuples } of old.relations())
    before.set(`${schemaname}.${relname}`, reltuples);
  const sizes = new Map<string, TableSize>();
  for await (const { schemaname, relname, reltuples } of today.relations()) {
    const name = `${schemaname}.${relname}`;
    const rows = before.get(name);
    if (rows !== undefined) sizes.set(name, { name, before: rows, after: reltuples });
  }
  return sizes;
}
