import vm from 'node:vm';

it('The globals of a test belong to a context itself, and not to a sandbox that makes each look at them slow', () => {
  // Within a sandbox, the context is the object that Node made it of.
  expect(vm.isContext(globalThis)).toBe(true);
});
