import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { programPath } from '../../files/index.ts';

interface RunningProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** The processes of this machine with an argument that is this path or a path below it. */
export async function processesNaming(path: string): Promise<RunningProcess[]> {
  const processes = await runningProcesses();
  return processes.filter(
    ({ pid, argv }) => pid !== process.pid && argv.some((word) => word === path || word.startsWith(`${path}/`)),
  );
}

/** Reads /proc, because not every machine has ps; uses ps if there is no /proc. */
async function runningProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0)
    return fromPs((await execa('ps', ['-A', '-o', 'pid=,args='], { env: { PATH: programPath() } })).stdout);
  return Promise.all(
    pids.map(async (pid) => {
      const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), argv: cmdline.split('\0') };
    }),
  );
}

function fromPs(lines: string): RunningProcess[] {
  return lines.split('\n').map((line) => {
    const [pid, ...argv] = line.trim().split(/\s+/);
    return { pid: Number(pid), argv };
  });
}

/** Whether a process with this id exists, of any user. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Sends a signal; ignores a process that is gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
