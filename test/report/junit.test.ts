import { expect, it } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { reporters } from '../../src/report/index.ts';
import { indexScan, seqScan } from '../support/plan-builders.ts';
import { checkReport, judgedResult, OPTIONS } from '../support/report-builders.ts';
import { HOSTILE, hostileReport, unplannable } from '../support/reports.ts';

/**
 * What Jenkins and GitLab take: elements, their order and attributes as in the schema of Jenkins' xUnit plugin, without
 * what is of no use here.
 */
const SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="seconds"><xs:restriction base="xs:string"><xs:pattern value="[0-9]+\\.[0-9]{3}"/></xs:restriction></xs:simpleType>
  <xs:complexType name="problem"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="type" type="xs:string" use="required"/>
    <xs:attribute name="message" type="xs:string" use="required"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:attributeGroup name="counts">
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="seconds"/>
  </xs:attributeGroup>
  <xs:element name="testsuites"><xs:complexType>
    <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attributeGroup ref="counts"/>
  </xs:complexType></xs:element>
  <xs:element name="testsuite"><xs:complexType>
    <xs:sequence><xs:element ref="testcase" maxOccurs="unbounded"/></xs:sequence>
    <xs:attributeGroup ref="counts"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
    <xs:attribute name="timestamp" type="xs:dateTime"/>
    <xs:attribute name="file" type="xs:string"/>
  </xs:complexType></xs:element>
  <xs:element name="testcase"><xs:complexType>
    <xs:choice minOccurs="0">
      <xs:element name="failure" type="problem"/>
      <xs:element name="error" type="problem"/>
      <xs:element name="system-out" type="xs:string"/>
    </xs:choice>
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="classname" type="xs:string" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>`;

const junit = (report = hostileReport(), options = {}) => reporters.junit(report, { ...OPTIONS, ...options });

/** Errors of a real parser and the schema. */
async function errorsOf(contents: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents }],
    schema: [SCHEMA],
    initialMemoryPages: 16 * memoryPages.MiB,
    maxMemoryPages: 512 * memoryPages.MiB,
  });
  return errors.map(({ message }) => message);
}

const before = indexScan('orders', 'a');
const worse = judgedResult('recent <1>', before, seqScan('orders', { totalCost: 250 }), { case: 'big' });
const broken = unplannable(judgedResult('broken', null, before), 'x]]>');

it('has a failure for a regression and an error for what could not be planned', () => {
  const fine = judgedResult('fine', before, before);
  expect(
    junit(checkReport([worse, broken, fine], { suites: { path: 'db/suites', digest: '' } })),
  ).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="regress" tests="3" failures="1" errors="1" time="2.345">
      <testsuite name="suites/orders.yaml" tests="3" failures="1" errors="1" skipped="0" timestamp="2026-11-22T10:00:00Z" file="db/suites/orders.yaml">
        <testcase classname="suites/orders.yaml" name="recent &lt;1&gt; [big]">
          <failure type="cost-increased" message="cost rose from 100.00 to 250.00 (x2.50)"> FAIL  suites/orders.yaml:12  recent &lt;1&gt; [big]  cost 100.00 → 250.00 (x2.50)
      fail  cost rose from 100.00 to 250.00 (x2.50) [cost-increased]
            · The query, the snapshot and the settings are those the baseline was accepted under: the schema changed.
      warn  Index Scan using a on public.orders became Seq Scan on public.orders [plan-shape-changed]

      │ SELECT id
      │ FROM orders

        baseline                               cost  rows
      ~ Index Scan using a on public.orders  100.00    10

        now                          cost         rows
      ~ Seq Scan on public.orders  250.00  x2.50    10

      hint: regress update 'recent &lt;1&gt;' --reason '…'</failure>
        </testcase>
        <testcase classname="suites/orders.yaml" name="broken">
          <error type="query-failed" message="column &quot;x]]&gt;&quot; does not exist">ERROR  suites/orders.yaml:12  broken
      error column "x]]&gt;" does not exist [query-failed]
            · Line 1 of the query: SELECT id
            · SQLSTATE 42703.

      │ SELECT id
      │ FROM orders

      hint: x]]&gt;</error>
        </testcase>
        <testcase classname="suites/orders.yaml" name="fine"/>
      </testsuite>
    </testsuites>
    "
  `);
});

it('is valid with hostile texts', async () => {
  expect(await errorsOf(junit())).toEqual([]);
});

it('is judged by a schema that can refuse', async () => {
  expect(await errorsOf(junit(checkReport([worse])).replace(' classname=', ' class='))).not.toEqual([]);
  expect(await errorsOf(junit(checkReport([worse])).replace('&lt;1&gt;', '<1>'))).not.toEqual([]);
});

it('is valid without a query and without a time', async () => {
  const text = junit(checkReport([]), { elapsedMs: null });
  expect(text).not.toContain('time=');
  expect(await errorsOf(text)).toEqual([]);
});

it('holds no control character, and cuts SQL of 200 kB', () => {
  expect(junit().replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\ufffe\uffff]/);
  expect(HOSTILE.join('').length).toBeGreaterThan(400);
  expect(junit().length).toBeLessThan(200_000);
});

it('counts no failure that does not fail the build', () => {
  const innocent = { ...worse, branchStatus: 'ok' as const };
  const text = junit(checkReport([innocent], { failOn: 'branch' }));
  expect(text).toContain('failures="0"');
  expect(text).not.toContain('<failure');
  expect(text).toContain('<system-out>');
  expect(junit(checkReport([innocent]))).toContain('<failure');
});
