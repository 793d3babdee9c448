const answer = (body) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

exports.health = async () => answer({ status: 'ok' });
let calls = 0;
exports.fine = async (event) => answer({ calls: ++calls, body: event.body });
exports.throwsError = async () => {
  throw new TypeError('jane@example.com is not a function');
};
exports.throwsText = async () => {
  throw 'a text';
};
exports.throwsNothing = async () => {
  throw undefined;
};
/** What looks like a response is thrown, not returned. */
exports.throwsStatus = async () => {
  throw { statusCode: 200, body: 'thrown' };
};
exports.hang = () => new Promise(() => {});
exports.exit = async () => process.exit(1);
exports.crash = () =>
  new Promise(() => {
    setImmediate(() => {
      throw new Error('outside of every promise');
    });
  });
exports.reject = () =>
  new Promise(() => {
    void Promise.reject(new Error('nobody catches it'));
  });
/** Answers, and then its process ends. */
exports.crashLater = async () => {
  setTimeout(() => process.exit(1), 50);
  return answer({ status: 'ok' });
};
exports.throwsUncloneable = async () => {
  throw Object.assign(new Error('no clone'), { cause: () => {} });
};
