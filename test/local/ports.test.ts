import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findFreePort } from '../../local/ports.ts';

it('A port that is found is never one that a server on any port may get in the meantime', async () => {
  const found = await Promise.all(Array.from({ length: 30 }, findFreePort));
  const servers = found.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const given = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  expect(Math.max(...found)).toBeLessThan(Math.min(...given));
});
