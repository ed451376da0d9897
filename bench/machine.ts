/** What a table has to say of where it was measured. */
import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, type } from 'node:os';

/** `2 × Intel Xeon, Linux 6.18, Node 20.20.2, load 0.40` */
export function machine(): string {
  const all = cpus();
  const model = (all[0]?.model ?? 'unknown processor').replace(/\s+/g, ' ').trim();
  const load = (loadavg()[0] ?? 0).toFixed(2);
  return `${all.length} × ${model}, ${type()} ${release()}, Node ${process.versions.node}, load ${load}`;
}

/** milliseconds of processor time of a process so far, in steps of ten; undefined where the system does not tell */
export async function processorTime(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Behind the name, which may hold anything: user and system time are fields 14 and 15, in hundredths of a second.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** of a process, in MB; undefined where the system does not tell */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
