/** Runs inside the frame of one plan: pev2 draws the plan that the frame contains as JSON. */
import './pev2-frame-storage.ts';
import { Plan } from 'pev2';
import { createApp, h } from 'vue';

const carried = document.getElementById('source')?.textContent ?? 'null';
const { plan, query } = JSON.parse(carried) as { plan: string; query: string };

type Drawn = ReturnType<typeof draw>;

// Before the load event the styles may not apply. Then pev2 would find no width and draw the plan nowhere.
let app: Drawn | undefined;
addEventListener('load', () => {
  app = draw();
});

// pev2 places a plan once. So it is drawn again when the frame's width changes, until the reader touches it.
let width = innerWidth;
let isTouched = false;
let settled: ReturnType<typeof setTimeout> | undefined;
document.addEventListener('pointerdown', () => {
  isTouched = true;
});
addEventListener('resize', () => {
  clearTimeout(settled);
  settled = setTimeout(drawAnew, 150);
});

function drawAnew(): void {
  // A scroll bar changes the width by some pixels.
  if (isTouched || Math.abs(innerWidth - width) < 40) return;
  width = innerWidth;
  app?.unmount();
  app = draw();
}

function draw() {
  const drawn = createApp({ render: () => h(Plan, { planSource: plan, planQuery: query }) });
  drawn.mount('#plan');
  return drawn;
}

// A frame without an address resolves links against the page's address, so links within pev2 need help. Others lead nowhere.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const address = link?.getAttribute('href') ?? '';
  if (link !== null) event.preventDefault();
  if (address.startsWith('#')) location.hash = address;
});

// The page does not see keys pressed inside the frame.
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') parent.postMessage('close', '*');
});
