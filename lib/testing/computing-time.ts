/**
 * The milliseconds of processor time that `work` takes on this thread. Other processes do not count, so that a bound on
 * it says something about the code and not about the machine.
 */
export function computingMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
