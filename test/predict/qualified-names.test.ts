import { expect, it } from 'vitest';
import { mapQualifiedNames } from '../../src/predict/names/qualified-names.ts';

const toPublic = (schema: string, name: string) => {
  if (name === 'citext') return null;
  return { tenant_42: 'public', 'Odd "one"': '"New"' }[schema] ?? null;
};

it.each([
  ['tenant_42.orders', 'public.orders'],
  [
    'CREATE INDEX tenant_42 ON ONLY tenant_42.orders USING btree (id)',
    'CREATE INDEX tenant_42 ON ONLY public.orders USING btree (id)',
  ],
  ['"Odd ""one"""."a.b"', '"New"."a.b"'],
  ['"tenant_42".x', 'public.x'],
  ['tenant_42.<(tenant_42.mood,tenant_42.mood)', 'public.<(public.mood,public.mood)'],
  ['tenant_42.mood[]', 'public.mood[]'],
  ['lower(name) OPERATOR(tenant_42.~~) x', 'lower(name) OPERATOR(public.~~) x'],
  [`state = 'tenant_42.x'::tenant_42.mood`, `state = 'tenant_42.x'::public.mood`],
  [`note = E'it\\'s tenant_42.x' AND tenant_42.f(a)`, `note = E'it\\'s tenant_42.x' AND public.f(a)`],
  [`note = 'it''s tenant_42.x' AND tenant_42.f(a)`, `note = 'it''s tenant_42.x' AND public.f(a)`],
  ['tenant_42.citext', 'tenant_42.citext'],
  ['"a tenant_42.b", tenant_42."c tenant_42.d"', '"a tenant_42.b", public."c tenant_42.d"'],
  ['other.tenant_42.x', 'other.tenant_42.x'],
  ['my_tenant_42.x', 'my_tenant_42.x'],
  ['étenant_42.x', 'étenant_42.x'],
  ['(tenant_42).x', '(tenant_42).x'],
  ['1.5', '1.5'],
])('%s', (sql, mapped) => {
  expect(mapQualifiedNames(sql, toPublic)).toBe(mapped);
});
