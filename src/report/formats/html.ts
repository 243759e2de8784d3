import { createHash } from 'node:crypto';
import { type CheckReport, countedAs, uncheckedProjects } from '../../model/result.ts';
import type { PageParts, ReportOptions } from '../options.ts';
import { worstFirst } from '../text/groups.ts';
import { visibleCopy } from '../text/visible-text.ts';
import { pageData } from './html-data.ts';

/**
 * The report as one self-contained HTML file: results as JSON, which the page's script turns into text nodes, and pev2,
 * which runs in frames of its own. The policy allows only the scripts whose hashes it names, and fetches nothing.
 */
export function htmlReport(report: CheckReport, options: ReportOptions): string {
  const { page } = options;
  if (page === undefined) throw new Error('the html reporter was not given the parts of its page');
  const shown = visibleCopy(report);
  const { data, plans } = pageData(shown, worstFirst(shown.results), options);
  const viewer = { script: page.viewerScript, style: page.viewerStyle, policy: viewerPolicy(page) };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(page)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="regress">
<title>${title(report)}</title>
<style>${page.style}</style>
</head>
<body>
<noscript>This report needs JavaScript, which is switched off. The console and json reporters show the same results.</noscript>
${jsonElement('report', data)}
${plans.map((one, at) => jsonElement(`plans-${at}`, one)).join('\n')}
${jsonElement('viewer', viewer)}
${jsonElement('licences', page.licences)}
<script>${page.script}</script>
</body>
</html>
`;
}

function title(report: CheckReport): string {
  const [failed, errored, warned] = [countedAs('fail', report), countedAs('error', report), countedAs('warn', report)];
  const unchecked = uncheckedProjects(report).length;
  const bad = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(errored > 0 ? [`${errored} could not be planned`] : []),
    ...(warned > 0 ? [`${warned} warned`] : []),
  ];
  const before = unchecked === 0 ? '' : `${unchecked} ${unchecked === 1 ? 'project' : 'projects'} not checked; `;
  return `regress: ${before}${bad.length === 0 ? `${report.results.length} ok` : `${bad.join(', ')} (${report.results.length})`}`;
}

/** Data that no browser runs. It contains no `<`, so neither `</script` nor `<!--` can occur. */
function jsonElement(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`;
}

/** The page's policy also applies to frames with srcdoc, so it names their script. */
function pagePolicy({ script, viewerScript }: PageParts): string {
  return policy([script, viewerScript]);
}

function viewerPolicy({ viewerScript }: PageParts): string {
  return policy([viewerScript]);
}

/** Styles may be inline, because pev2 writes such. With `default-src 'none'` they cannot fetch anything. */
function policy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
