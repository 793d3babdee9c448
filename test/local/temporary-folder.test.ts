import { existsSync } from 'node:fs';
import { inTemporaryFolder } from '../../local/temporary-folder.ts';

it('A temporary folder is there while it is used, and gone after that, also after an error', async () => {
  const used: string[] = [];
  const use = async (folder: string) => {
    used.push(folder);
    if (!existsSync(folder)) throw new Error('it is not there');
    if (used.length === 2) throw new Error('any');
    return 'result';
  };

  await expect(inTemporaryFolder('any-', use)).resolves.toBe('result');
  await expect(inTemporaryFolder('any-', use)).rejects.toThrow('any');
  expect(used.map((folder) => existsSync(folder))).toEqual([false, false]);
});

it.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
  'A temporary folder is removed when %s stops the command, which then ends by that signal',
  async (signal) => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    await inTemporaryFolder('any-', async (folder) => {
      process.emit(signal, signal);
      expect(existsSync(folder)).toBe(false);
    });
    expect(kill.mock.calls).toEqual([[process.pid, signal]]);
    expect(process.listenerCount(signal)).toBe(0);
    kill.mockRestore();
  },
);
