import { it } from 'vitest';
import { testServer, type TestServer } from '../support/servers.ts';
import { factor, geometricMean, measure, sqlFile } from './measure.ts';
it('probe', async () => {
  const server = (await testServer()) as TestServer;
  const lab = (name: string) => sqlFile(`../fidelity/lab/${name}`);
  const sets = [
    { name: 'fid', data: [await lab('schema.sql'), await lab('data.sql'), await lab('indexes.sql')] },
    { name: 'shop', data: [await sqlFile('../../docs/storefront/schema.sql'), await sqlFile('../../docs/storefront/fill.sql')] },
  ];
  for (const set of sets) {
    const t = Date.now();
    const { indexes: measured } = await measure(server, set.data);
    console.log(set.name, Date.now() - t, 'ms');
    for (const am of new Set(measured.map((m) => m.am))) {
      const of = measured.filter((m) => m.am === am);
      const lines = of.map((m) => {
        const f = m.modelled ? m.modelled.pages / m.pages : NaN;
        return `${f.toFixed(3)} ${m.name.padEnd(26)} real ${m.pages}/${m.height} model ${m.modelled?.pages}/${m.modelled?.height} hypo ${m.hypopg} ${m.gin ? JSON.stringify(Object.values(m.gin)) + JSON.stringify(Object.values(m.modelled?.gin ?? {})) : ''}`;
      });
      const fs = of.filter((m) => m.modelled).map((m) => factor(m.modelled!.pages, m.pages));
      const hs = of.filter((m) => m.hypopg !== null).map((m) => factor(m.hypopg as number, m.pages));
      const hm = of.filter((m) => m.hypopg !== null && m.modelled).map((m) => factor(m.modelled!.pages, m.pages));
      console.log(`${am}: ${of.length}\n${lines.join('\n')}\n  gm ${geometricMean(fs).toFixed(3)} max ${Math.max(...fs).toFixed(2)} heights wrong ${of.filter((m) => m.modelled && m.modelled.height !== m.height).map((m) => m.name)} hypo ${geometricMean(hs).toFixed(3)} max ${Math.max(...hs).toFixed(2)} on ${hs.length} ours on these ${geometricMean(hm).toFixed(3)}`);
    }
  }
}, 580000);
