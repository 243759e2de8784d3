import type { PlanResult } from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { createPaint } from './paint.ts';
import { resultBlock } from './result-block.ts';
import { visibleCopy } from './visible-text.ts';

/** The report on one planned query, for an error message. */
export function resultText(result: PlanResult, options: ReportOptions): string {
  const [shown] = visibleCopy([result]) as [PlanResult];
  return resultBlock([shown], new Set(), options, createPaint(options.color)).join('\n');
}
