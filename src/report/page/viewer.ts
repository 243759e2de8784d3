/** Runs inside the frame of one plan: pev2 draws what the frame carries as JSON. */
import './viewer-storage.ts';
import { Plan } from 'pev2';
import { createApp, h } from 'vue';

const carried = document.getElementById('source')?.textContent ?? 'null';
const { plan, query } = JSON.parse(carried) as { plan: string; query: string };

type Drawn = ReturnType<typeof draw>;

// Before the frame is loaded its styles may not be applied; pev2 would find no width, and place the plan nowhere.
let app: Drawn | undefined;
addEventListener('load', () => {
  app = draw();
});

// pev2 places a plan once, so that it is drawn again when the frame becomes narrower or wider, until somebody moved it.
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
  // Some pixels come and go with a scroll bar.
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

// Links within pev2 would be of the page's address, which is the base of a frame without one; all others lead nowhere.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const address = link?.getAttribute('href') ?? '';
  if (link !== null) event.preventDefault();
  if (address.startsWith('#')) location.hash = address;
});

// The page cannot see keys that are pressed in here.
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') parent.postMessage('close', '*');
});
