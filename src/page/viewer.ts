/** Runs inside the frame of one plan: pev2 draws what the frame carries as JSON. */
import './viewer-storage.ts';
import { Plan } from 'pev2';
import { createApp, h } from 'vue';

const carried = document.getElementById('source')?.textContent ?? 'null';
const { plan, query } = JSON.parse(carried) as { plan: string; query: string };

createApp({ render: () => h(Plan, { planSource: plan, planQuery: query }) }).mount('#plan');

// The page cannot see keys that are pressed in here.
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') parent.postMessage('close', '*');
});
