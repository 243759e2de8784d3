import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWriter } from '../../src/snapshot/writer.ts';
import { temporaryFolder } from '../support/temp.ts';

const MANIFEST = '{"formatVersion": 1}';

async function writeSnapshot(directory: string, marker: string): Promise<void> {
  const writer = await openWriter(directory);
  await writer.write('relations/public/a.json', marker);
  await writer.write('manifest.json', MANIFEST);
  await writer.commit();
  await writer.discard();
}

/** A process that is certainly over. */
async function deadPid(): Promise<number> {
  const finished = execa('true');
  await finished;
  return finished.pid as number;
}

describe('openWriter', () => {
  it('makes the folders above and shows nothing at the place before commit', async () => {
    const parent = await temporaryFolder();
    const directory = join(parent, 'deep', 'production');
    const writer = await openWriter(directory);
    await writer.write('relations/public/a.json', 'x');
    expect(await readdir(join(parent, 'deep'))).not.toContain('production');
    await writer.commit();
    expect(await readFile(join(directory, 'relations/public/a.json'), 'utf8')).toBe('x');
    expect(await readdir(join(parent, 'deep'))).toEqual(['production']);
  });

  it('is for its owner alone, while it is written and when it replaces one that was not', async () => {
    const parent = await temporaryFolder();
    const directory = join(parent, 'production');
    await mkdir(join(directory, 'relations/public'), { recursive: true });
    await writeFile(join(directory, 'manifest.json'), MANIFEST);
    await writeFile(join(directory, 'README.md'), 'ours');
    for (const path of ['.', 'relations', 'relations/public']) await chmod(join(directory, path), 0o755);
    for (const path of ['manifest.json', 'README.md']) await chmod(join(directory, path), 0o644);
    const modes = async (folder: string) => {
      const entries = await readdir(folder, { recursive: true });
      const found = entries.sort().map(async (path) => [path, (await stat(join(folder, path))).mode & 0o777]);
      return [['.', (await stat(folder)).mode & 0o777], ...(await Promise.all(found))];
    };
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const writer = await openWriter(directory);
    await writer.write('relations/public/b.json', 'new');
    await writer.write('plans.json', '[]');
    await writer.write('manifest.json', MANIFEST);
    const own = [
      ['manifest.json', 0o600],
      ['plans.json', 0o600],
      ['relations', 0o700],
      ['relations/public', 0o700],
      ['relations/public/b.json', 0o600],
    ];
    expect(await modes(join(parent, `.production.partial-${process.pid}`))).toEqual([['.', 0o700], ...own]);
    await writer.commit();
    expect(await modes(directory)).toEqual([['.', 0o700], ['README.md', 0o644], ...own]);
  });

  it('takes back a file it wrote', async () => {
    const directory = join(await temporaryFolder(), 'production');
    const writer = await openWriter(directory);
    await writer.write('relations/public/a.json', 'x');
    await writer.write('relations/public/b.json', 'x');
    await writer.remove('relations/public/a.json');
    await writer.commit();
    expect(await readdir(join(directory, 'relations/public'))).toEqual(['b.json']);
  });

  it('leaves the old snapshot whole, and nothing else, when it is discarded', async () => {
    const parent = await temporaryFolder();
    const directory = join(parent, 'production');
    await writeSnapshot(directory, 'old');
    const writer = await openWriter(directory);
    await writer.write('relations/public/b.json', 'new');
    await writer.discard();
    expect(await readdir(parent)).toEqual(['production']);
    expect(await readdir(join(directory, 'relations/public'))).toEqual(['a.json']);
  });

  it('replaces a snapshot as a whole, but for files that are not its own', async () => {
    const directory = join(await temporaryFolder(), 'production');
    await writeSnapshot(directory, 'old');
    await writeFile(join(directory, 'README.md'), 'ours');
    const writer = await openWriter(directory);
    await writer.write('relations/public/b.json', 'new');
    await writer.write('manifest.json', MANIFEST);
    await writer.commit();
    expect((await readdir(directory)).sort()).toEqual(['README.md', 'manifest.json', 'relations']);
    expect(await readdir(join(directory, 'relations/public'))).toEqual(['b.json']);
  });

  it('takes an empty directory, and follows a link to a snapshot', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, 'real'));
    await symlink(join(parent, 'real'), join(parent, 'link'));
    await writeSnapshot(join(parent, 'link'), 'x');
    expect(await readdir(join(parent, 'real', 'relations/public'))).toEqual(['a.json']);
    expect((await readdir(parent)).sort()).toEqual(['link', 'real']);
  });

  it('refuses a directory that holds something else', async () => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'thesis.txt'), 'precious');
    await expect(openWriter(directory)).rejects.toMatchObject({
      code: 'snapshot',
      message: `${directory} is not a snapshot, so it is not overwritten`,
      detail: 'It holds thesis.txt.',
    });
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  it('refuses a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, 'x');
    await expect(openWriter(file)).rejects.toMatchObject({
      code: 'snapshot',
      detail: 'It is a file, and a snapshot is a directory.',
    });
  });

  it('sweeps up after a killed run, and puts back what that had moved aside', async () => {
    const parent = await temporaryFolder();
    const pid = await deadPid();
    await mkdir(join(parent, `.production.partial-${pid}`));
    await writeSnapshot(join(parent, `.production.old-${pid}`), 'old');
    await mkdir(join(parent, `.other.partial-${pid}`));
    const writer = await openWriter(join(parent, 'production'));
    await writer.discard();
    expect((await readdir(parent)).sort()).toEqual([`.other.partial-${pid}`, 'production']);
    expect(await readFile(join(parent, 'production/relations/public/a.json'), 'utf8')).toBe('old');
  });

  it('leaves alone what a run that goes on is writing', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, `.production.partial-${process.ppid}`));
    const writer = await openWriter(join(parent, 'production'));
    await writer.discard();
    expect(await readdir(parent)).toEqual([`.production.partial-${process.ppid}`]);
  });
});
