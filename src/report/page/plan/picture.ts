import type { PlanNode } from '../../../model/plan.ts';
import { carried, h } from '../dom.ts';
import { isDark } from '../theme.ts';
import { explainJson } from './explain-json.ts';

interface Viewer {
  readonly script: string;
  readonly style: string;
  readonly policy: string;
}

/** A plan that can be drawn. */
export interface Drawable {
  readonly title: string;
  readonly plan: PlanNode;
}

/** Buttons that draw plans with pev2, each in its own frame without access to this page. */
export function pictures(drawables: readonly Drawable[], sql: string): HTMLElement {
  const frames = h('div', { class: 'pictures' });
  const buttons = drawables.map((drawable) => {
    let frame: HTMLElement | null = null;
    const close = () => {
      frame?.remove();
      frame = null;
      button.setAttribute('aria-pressed', 'false');
      button.focus();
    };
    const button = h(
      'button',
      {
        type: 'button',
        'aria-pressed': 'false',
        click: () => {
          if (frame !== null) return close();
          frame = picture(drawable, sql, close);
          frames.append(frame);
          button.setAttribute('aria-pressed', 'true');
        },
      },
      `Draw ${drawable.title}`,
    );
    return button;
  });
  const head = h('div', { class: 'section-head' }, h('h4', {}, 'Picture'), h('div', { class: 'buttons' }, ...buttons));
  return h('section', { 'aria-label': 'Picture' }, head, frames);
}

function picture({ title, plan }: Drawable, sql: string, close: () => void): HTMLElement {
  const frame = h('iframe', {
    title: `${title}, drawn by pev2`,
    // Without allow-same-origin the frame has its own origin: no storage, and no access to this page.
    sandbox: 'allow-scripts',
    referrerpolicy: 'no-referrer',
    srcdoc: frameText(plan, sql),
  });
  const listen = ({ source, data }: MessageEvent) => {
    if (!frame.isConnected) removeEventListener('message', listen);
    else if (source === frame.contentWindow && data === 'close') close();
  };
  addEventListener('message', listen);
  return h(
    'figure',
    {},
    h('figcaption', {}, title, h('button', { type: 'button', class: 'quiet', click: close }, 'Close')),
    frame,
  );
}

/** The frame's HTML. Data from the report has `<` escaped, and the policy allows only one script. */
function frameText(plan: PlanNode, sql: string): string {
  const { script, style, policy } = carried<Viewer>('viewer');
  const source = JSON.stringify({ plan: explainJson(plan), query: sql }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en" data-bs-theme="${isDark() ? 'dark' : 'light'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style>${style}</style>
</head>
<body>
<div id="plan"></div>
<script type="application/json" id="source">${source}</script>
<script>${script}</script>
</body>
</html>`;
}
