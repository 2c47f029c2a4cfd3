import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Writes what the programs are made of (CycloneDX, without the packages of tests) and prints its licences:
 *
 *   npx tsx test/structure/sbom.ts [FILE]
 *
 * Fails where a licence is not among those that a product under MIT may carry along.
 */

/** SPDX names: nothing that is asked for in return reaches beyond the package itself. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'ISC',
    'MIT',
    'Unlicense',
  ],
]);

const ROOT = new URL('../../', import.meta.url);

interface Component {
  name: string;
  version: string;
  'bom-ref'?: string;
  properties?: { name: string; value: string }[];
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
}

export interface Sbom {
  components: Component[];
  /** What each needs: `bom-ref`s. */
  dependencies?: { ref: string; dependsOn: string[] }[];
}

/**
 * The bill of materials of what is installed for the product, made by npm, with the licences that npm does not find.
 * All is asked for: `--omit=dev` of npm 11 leaves out what a package of the tests needs too.
 */
export function readSbom(): Sbom {
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application'];
  const text = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const sbom = JSON.parse(text) as Required<Sbom>;
  const components = sbom.components.filter(({ properties = [] }) =>
    properties.every(({ name }) => name !== 'cdx:npm:package:development'),
  );
  for (const component of components) component.licenses ??= olderForm(component.name);
  const left = new Set(components.map((component) => component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }, index) => index === 0 || left.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((it) => left.has(it)) }));
  return { ...sbom, components, dependencies };
}

/** Packages of old have a list of `licenses` in their package.json. */
function olderForm(name: string): { license: { id: string } }[] {
  const text = readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8');
  const { licenses = [] } = JSON.parse(text) as { licenses?: { type: string }[] };
  return licenses.map(({ type }) => ({ license: { id: type } }));
}

/** Names of the packages by licence; those that say nothing under "none". */
export function byLicence({ components }: Sbom): Map<string, string[]> {
  const packages = new Map<string, string[]>();
  for (const { name, version, licenses = [] } of components) {
    const said = licenses.map(
      ({ license, expression }) => license?.id ?? license?.name ?? expression,
    );
    const licence = said.join(' AND ') || 'none';
    packages.set(licence, [...(packages.get(licence) ?? []), `${name}@${version}`]);
  }
  return packages;
}

/** Packages whose licence nobody has allowed, one line each. */
export function refused(packages: ReadonlyMap<string, string[]>): string[] {
  return [...packages].flatMap(([licence, names]) =>
    ALLOWED.has(licence) ? [] : names.map((name) => `${name}: licence ${licence} is not allowed`),
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const file = process.argv[2] ?? 'dist/sbom.cdx.json';
  const sbom = readSbom();
  writeFileSync(file, `${JSON.stringify(sbom, undefined, 2)}\n`);
  const packages = byLicence(sbom);
  for (const [licence, names] of packages) {
    process.stdout.write(`${String(names.length).padStart(4)}  ${licence}\n`);
  }
  process.stdout.write(`${file}: ${sbom.components.length} packages\n`);
  for (const line of refused(packages)) {
    process.stderr.write(`${line}: replace the package, or allow it in test/structure/sbom.ts\n`);
    process.exitCode = 1;
  }
}
