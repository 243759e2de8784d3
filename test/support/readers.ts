/** Readers of reports: each text as those read it that it is written for. */
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv, type ValidateFunction } from 'ajv';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { Parser } from 'tap-parser';
import { memoryPages, validateXML } from 'xmllint-wasm';

/**
 * What Jenkins and GitLab take: the elements, their order and the attributes that are in both schemas of Jenkins, junit-4 and
 * the junit-10 of its xUnit plugin, without what is of no use here.
 */
const JUNIT_SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>
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

/** What libxml2 and the schema have against a JUnit report. */
export async function junitErrors(contents: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents }],
    schema: [JUNIT_SCHEMA],
    initialMemoryPages: 16 * memoryPages.MiB,
    maxMemoryPages: 512 * memoryPages.MiB,
  });
  return errors.map(({ message }) => message);
}

/** A validator by the published schema, which is of draft 4; what it uses means the same in the draft that ajv reads. */
export function sarifValidator(): ValidateFunction {
  const { $schema: _, id: __, ...schema } = sarifSchema;
  if (JSON.stringify(schema).includes('exclusiveM')) throw new Error('the schema uses what draft 7 reads otherwise');
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
}

/** As GitHub renders a comment before it takes out what it does not allow: HTML in the text is HTML. */
export function renderedMarkdown(text: string): string {
  return micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

/** Elements of HTML that a Markdown report has none of, with those attributes that none of its elements has. */
export function foreignElements(html: string): readonly string[] {
  const ours = 'h3 ul li strong table thead tbody tr th td code details summary p pre'.split(' ');
  const elements = [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name);
  const attributes = html.match(/<[a-z0-9]+ (?!align=|class="language-)[^>]*>/gi) ?? [];
  return [...new Set([...elements.filter((name) => !ours.includes(name)), ...attributes])];
}

interface TapPoint {
  readonly ok: boolean;
  readonly name: string;
  readonly diag: Readonly<Record<string, unknown>> | null;
  readonly skip?: unknown;
  readonly todo?: unknown;
}

/** What a reader of TAP makes of a text, and the lines it did not understand. */
export function readTap(text: string) {
  const parser = new Parser({ strict: true });
  const points: TapPoint[] = [];
  const extra: string[] = [];
  parser.on('assert', (point) => points.push(point));
  parser.on('extra', (line: string) => extra.push(line));
  parser.end(text);
  const mistakes = parser.results?.failures.filter((failure) => 'tapError' in failure && failure.tapError) ?? [];
  return { points, extra, mistakes, results: parser.results };
}

/** An annotation as the runner of GitHub takes it. */
interface Command {
  readonly kind: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads lines as the runner does: a command, properties up to the next two colons, and what both escape. */
export function githubCommands(text: string): readonly Command[] {
  return text.split('\n').slice(0, -1).map(commandOf);
}

function commandOf(line: string): Command {
  const [, kind = '', written = '', message = ''] = /^::([a-z-]+) (.*?)::(.*)$/s.exec(line) ?? [];
  const read = (escaped: string) => escaped.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  const properties = written.split(',').map((each): [string, string] => {
    const [name = '', ...value] = each.split('=');
    return [name, read(value.join('=')).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')];
  });
  return { kind, properties: Object.fromEntries(properties), message: read(message).replaceAll('%25', '%') };
}
